/*
 * Reads what the master put into the environment, and takes it out again before the program can see it. Puts it back
 * for a program that executes another one before its first accept(): "#!/usr/bin/env perl", a shell around php-cgi.
 */
#include "agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum when { ALWAYS, WITH_CHROOT, ONCE };

/* When a variable is put back for a further program: what has taken effect already lives on without it. */
static const struct {
    const char *name;
    enum when when;
} variables[] = {{"FPM4J_AGENT", ALWAYS},          {"FPM4J_POOL", ALWAYS},
                 {"FPM4J_GENERATION", ALWAYS},     {"FPM4J_UID", WITH_CHROOT},
                 {"FPM4J_GID", WITH_CHROOT},       {"FPM4J_GROUPS", WITH_CHROOT},
                 {"FPM4J_CHROOT", ALWAYS},         {"FPM4J_CHDIR", WITH_CHROOT},
                 {"FPM4J_NICE", ONCE},             {"FPM4J_UMASK", ONCE},
                 {"FPM4J_OOM_SCORE_ADJ", ONCE},    {"FPM4J_DUMPABLE", ALWAYS},
                 {"FPM4J_RLIMIT_FILES", ALWAYS},   {"FPM4J_RLIMIT_CORE", ALWAYS},
                 {"FPM4J_APPARMOR_HAT", ALWAYS},   {"FPM4J_ZYGOTE_TITLE", ALWAYS},   {"FPM4J_WORKER_TITLE", ALWAYS},
                 {"FPM4J_PHP_VALUES", ALWAYS},     {"FPM4J_PHP_ADMIN", ALWAYS},
                 {"FPM4J_PHP_DISABLE_FUNCTIONS", ALWAYS}, {"FPM4J_PHP_DISABLE_CLASSES", ALWAYS},
                 {"FPM4J_PHP_EXTENSIONS", ALWAYS},
                 {"FPM4J_SPARE_PRELOAD", ALWAYS},  {"LD_PRELOAD", ALWAYS},
                 {AGENT_DESCRIPTORS, ONCE}};

#define VARIABLES (sizeof(variables) / sizeof(variables[0]))

_Static_assert(VARIABLES < SETUP_VARIABLES_MAX, "room for the list of descriptors");

static char *taken[VARIABLES]; /* NAME=VALUE as it was, NULL if absent */

/* Returns a variable's value, NULL if absent. */
static const char *variable(const char *name)
{
    return getenv(name);
}

static bool number(const char *name, int base, int64_t low, int64_t high, int64_t *value)
{
    const char *text = variable(name);
    if (text == NULL || *text == '\0') {
        return true;
    }
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, base);
    if (errno != 0 || *end != '\0' || parsed < low || parsed > high) {
        return false;
    }
    *value = parsed;
    return true;
}

static bool text(const char *name, char *into, size_t size)
{
    const char *value = variable(name);
    if (value == NULL) {
        return true;
    }
    if (strlen(value) >= size) {
        return false;
    }
    strcpy(into, value);
    return true;
}

/* A text of any length, kept for the life of the process. */
static bool long_text(const char *name, char **into)
{
    const char *value = variable(name);
    *into = value == NULL || *value == '\0' ? NULL : strdup(value);
    return value == NULL || *value == '\0' || *into != NULL;
}

static bool limit(const char *name, bool *set, uint64_t *value)
{
    const char *given = variable(name);
    *set = given != NULL && *given != '\0';
    if (!*set) {
        return true;
    }
    if (strcmp(given, "unlimited") == 0) {
        *value = UINT64_MAX;
        return true;
    }
    int64_t parsed = 0;
    bool good = number(name, 10, 0, INT64_MAX, &parsed);
    *value = (uint64_t)parsed;
    return good;
}

static bool groups(struct agent_config *config)
{
    const char *list = variable("FPM4J_GROUPS");
    config->group_count = list == NULL ? -1 : 0;
    while (list != NULL && *list != '\0') {
        char *end;
        errno = 0;
        unsigned long id = strtoul(list, &end, 10);
        if (errno != 0 || end == list || id >= UINT32_MAX || (*end != ',' && *end != '\0')
            || config->group_count == GROUPS_MAX) {
            return false;
        }
        config->groups[config->group_count++] = (gid_t)id;
        list = *end == ',' ? end + 1 : end;
    }
    return true;
}

/* Two ranges must not be mistaken for "not set": nice and the oom score have flags of their own. */
static bool small_number(const char *name, int low, int high, bool *set, int *value)
{
    const char *given = variable(name);
    *set = given != NULL && *given != '\0';
    int64_t parsed = 0;
    bool good = number(name, 10, low, high, &parsed);
    *value = (int)parsed;
    return good;
}

static bool read_all(struct agent_config *config)
{
    int64_t generation = 0, umask = -1, dumpable = -1;
    config->uid = -1;
    config->gid = -1;
    bool good = text("FPM4J_POOL", config->pool, sizeof(config->pool))
                && number("FPM4J_GENERATION", 10, 0, UINT32_MAX, &generation)
                && number("FPM4J_UID", 10, 0, UINT32_MAX - 1, &config->uid)
                && number("FPM4J_GID", 10, 0, UINT32_MAX - 1, &config->gid) && groups(config)
                && text("FPM4J_CHROOT", config->chroot, sizeof(config->chroot))
                && text("FPM4J_CHDIR", config->chdir, sizeof(config->chdir))
                && text("FPM4J_APPARMOR_HAT", config->apparmor_hat, sizeof(config->apparmor_hat))
                && limit("FPM4J_RLIMIT_FILES", &config->limit_files, &config->rlimit_files)
                && limit("FPM4J_RLIMIT_CORE", &config->limit_core, &config->rlimit_core)
                && small_number("FPM4J_NICE", -20, 19, &config->set_nice, &config->nice)
                && small_number("FPM4J_OOM_SCORE_ADJ", -1000, 1000, &config->set_oom_score_adj, &config->oom_score_adj)
                && number("FPM4J_UMASK", 8, 0, 0777, &umask) && number("FPM4J_DUMPABLE", 10, 0, 1, &dumpable)
                && text("FPM4J_ZYGOTE_TITLE", config->zygote_title, sizeof(config->zygote_title))
                && text("FPM4J_WORKER_TITLE", config->worker_title, sizeof(config->worker_title))
                && long_text("FPM4J_PHP_VALUES", &config->php_values)
                && long_text("FPM4J_PHP_ADMIN", &config->php_admin)
                && long_text("FPM4J_PHP_DISABLE_FUNCTIONS", &config->php_disable_functions)
                && long_text("FPM4J_PHP_DISABLE_CLASSES", &config->php_disable_classes)
                && long_text("FPM4J_PHP_EXTENSIONS", &config->php_extensions);
    config->generation = (uint32_t)generation;
    config->umask = (int)umask;
    config->dumpable = (int)dumpable;
    return good;
}

static void take_all(void)
{
    const char *spare = variable("FPM4J_SPARE_PRELOAD");
    for (size_t i = 0; i < VARIABLES; i++) {
        char *value = getenv(variables[i].name);
        taken[i] = value == NULL ? NULL : value - strlen(variables[i].name) - 1;
        unsetenv(variables[i].name);
    }
    if (spare != NULL && *spare != '\0') {
        setenv("LD_PRELOAD", spare, 1);
    }
}

size_t setup_put_back(char **environment)
{
    size_t count = 0;
    for (size_t i = 0; i < VARIABLES; i++) {
        bool wanted = variables[i].when == ALWAYS
                      || (variables[i].when == WITH_CHROOT && agent.config.chroot[0] != '\0');
        if (wanted && taken[i] != NULL) {
            environment[count++] = taken[i];
        }
    }
    return count;
}

bool setup_read(void)
{
    const char *version = variable("FPM4J_AGENT");
    if (version == NULL || strcmp(version, "1") != 0) {
        return false;
    }
    bool good = read_all(&agent.config);
    take_all();
    return good;
}
