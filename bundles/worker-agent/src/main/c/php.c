/*
 * Uses nothing but functions that PHP exports for its extensions, found by name, so that one library serves every PHP
 * from 7.2 on: php-fpm writes into the ini entries instead, whose place in memory is another in each version. The price
 * is that PHP takes a change back when the request ends, so it is made anew for each one, which takes about a microsecond
 * per entry. It is made where php-fpm applies PHP_VALUE: the parameters are known and nothing of the request has begun.
 *
 * Of PHP's memory only the strings are known here; their layout is the same in 7.0 to 8.5.
 */
#include "php.h"

#include "agent.h"
#include "params.h"
#include "real.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INI_USER 1   /* who may change an entry: scripts */
#define INI_SYSTEM 4 /* php.ini alone */
#define STAGE_ACTIVATE 4
#define PARSED_ENTRY 1
#define TYPE_MASK 0xff
#define TYPE_STRING 6

struct php_string {
    uint32_t references, type;
    uint64_t hash; /* 0: not known yet */
    size_t length;
    char text[];
};

struct php_value {
    struct php_string *string;
    uint32_t type, extra;
};

typedef void parsed(struct php_value *, struct php_value *, struct php_value *, int, void *);

static struct {
    int (*alter)(struct php_string *name, const char *value, size_t length, int who, int stage, int force);
    int (*restore)(struct php_string *name, int stage);
    char *(*value_of)(const char *name, size_t length, int original, bool *exists);
    int (*parse)(const char *text, bool unbuffered_errors, int mode, parsed *each, void *context);
    void (*disable_functions)(const char *list);            /* since 8.0 */
    int (*disable_function)(const char *name, size_t length); /* until 7.4 */
    int (*disable_class)(const char *name, size_t length);
} php;

/* An entry no script may change, with the value it is to keep. */
struct lock {
    struct php_string *name;
    char *value;
};

static struct lock *locks;
static size_t lock_count;
static struct php_string *error_reporting;

static void say(const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(line)) {
        length = sizeof(line) - 1;
        line[length - 1] = '\n';
    }
    ssize_t ignored = real()->write(STDERR_FILENO, line, (size_t)length);
    (void)ignored;
}

static void look_up(void)
{
    *(void **)&php.alter = dlsym(RTLD_DEFAULT, "zend_alter_ini_entry_chars_ex");
    *(void **)&php.restore = dlsym(RTLD_DEFAULT, "zend_restore_ini_entry");
    *(void **)&php.value_of = dlsym(RTLD_DEFAULT, "zend_ini_string_ex");
    *(void **)&php.parse = dlsym(RTLD_DEFAULT, "zend_parse_ini_string");
    *(void **)&php.disable_functions = dlsym(RTLD_DEFAULT, "zend_disable_functions");
    *(void **)&php.disable_function = dlsym(RTLD_DEFAULT, "zend_disable_function");
    *(void **)&php.disable_class = dlsym(RTLD_DEFAULT, "zend_disable_class");
}

static bool is_php(void)
{
    return php.alter != NULL && php.restore != NULL && php.value_of != NULL && php.parse != NULL;
}

/* Kept for the life of the process, as PHP never gets more than a loan of it. */
static struct php_string *string_of(const char *text)
{
    size_t length = strlen(text);
    struct php_string *string = calloc(1, sizeof(*string) + length + 1);
    if (string != NULL) {
        string->references = 1;
        string->type = TYPE_STRING;
        string->length = length;
        memcpy(string->text, text, length);
    }
    return string;
}

/* NULL if PHP has no such entry. */
static const char *value_of(const char *name)
{
    bool exists = false;
    const char *value = php.value_of(name, strlen(name), 0, &exists);
    return !exists ? NULL : value == NULL ? "" : value;
}

/* php_dl() and the like take these from php.ini's parser: they are orders, not entries. */
static bool is_order(const char *name)
{
    return strcmp(name, "extension") == 0 || strcmp(name, "zend_extension") == 0;
}

static void each_name(const char *separators, const char *list, void (*take)(char *name))
{
    char *copy = list == NULL ? NULL : strdup(list);
    char *rest = NULL;
    for (char *name = copy == NULL ? NULL : strtok_r(copy, separators, &rest); name != NULL;
         name = strtok_r(NULL, separators, &rest)) {
        take(name);
    }
    free(copy);
}

static void check_value(char *name)
{
    if (!is_order(name) && value_of(name) == NULL) {
        say("ERROR: Unable to set php_value '%s'\n", name);
    }
}

static const char *configured_value(const char *name)
{
    const char *list = strcmp(name, "disable_functions") == 0 ? agent.config.php_disable_functions
                       : strcmp(name, "disable_classes") == 0 ? agent.config.php_disable_classes
                                                              : NULL;
    return list != NULL ? list : value_of(name);
}

static void lock(char *name)
{
    if (is_order(name)) {
        return;
    }
    const char *value = value_of(name) == NULL ? NULL : configured_value(name);
    if (value == NULL) {
        say("ERROR: Unable to set php_admin_value '%s'\n", name);
        return;
    }
    struct lock *more = realloc(locks, (lock_count + 1) * sizeof(*locks));
    struct lock made = {.name = string_of(name), .value = strdup(value)};
    if (more == NULL || made.name == NULL || made.value == NULL) {
        zygote_fail("allocate php_admin_value", 0);
    }
    locks = more;
    locks[lock_count++] = made;
}

static void disable_function(char *name)
{
    php.disable_function(name, strlen(name));
}

static void disable_class(char *name)
{
    php.disable_class(name, strlen(name));
}

/* Added to what php.ini disables, as php-fpm does. */
static void disable(const char *functions, const char *classes)
{
    if (functions != NULL && php.disable_functions != NULL) {
        php.disable_functions(functions);
    } else if (functions != NULL && php.disable_function != NULL) {
        each_name(", ", functions, disable_function);
    }
    if (php.disable_class != NULL) {
        each_name(", ", classes, disable_class);
    }
}

void php_prepare(void)
{
    const struct agent_config *config = &agent.config;
    look_up();
    if (!is_php()) {
        if (config->php_admin != NULL) {
            say("WARNING: scripts can change what php_admin_value sets: the program does not export PHP's functions\n");
        }
        return;
    }
    unsetenv("PHP_FCGI_MAX_REQUESTS"); /* php-cgi has read it; scripts would find it among their variables */
    disable(config->php_disable_functions, config->php_disable_classes);
    each_name("\n", config->php_values, check_value);
    each_name("\n", config->php_admin, lock);
    error_reporting = string_of("error_reporting");
    php_script_prepare();
}

/*
 * For this request only php.ini may change the entries. Some say at each change, even to the same value, that they are
 * deprecated or come too late: PHP has said so once in its start-up.
 */
static void close_locks(void)
{
    php.alter(error_reporting, "0", 1, INI_USER, STAGE_ACTIVATE, 1);
    for (size_t i = 0; i < lock_count; i++) {
        if (strcmp(locks[i].name->text, error_reporting->text) != 0) {
            php.alter(locks[i].name, locks[i].value, strlen(locks[i].value), INI_SYSTEM, STAGE_ACTIVATE, 1);
        }
    }
    php.restore(error_reporting, STAGE_ACTIVATE);
    for (size_t i = 0; i < lock_count; i++) {
        if (strcmp(locks[i].name->text, error_reporting->text) == 0) {
            php.alter(locks[i].name, locks[i].value, strlen(locks[i].value), INI_SYSTEM, STAGE_ACTIVATE, 1);
        }
    }
}

#define PASSING "ERROR: Passing INI directive through FastCGI: "

/* One line of PHP_VALUE or PHP_ADMIN_VALUE; the messages are php-fpm's. */
static void apply(struct php_value *key, struct php_value *value, struct php_value *unused, int kind, void *who)
{
    (void)unused;
    if (key == NULL) {
        return;
    }
    if (kind != PARSED_ENTRY) {
        say(PASSING "only classic entries are allowed\n");
    } else if ((key->type & TYPE_MASK) != TYPE_STRING || key->string->length == 0) {
        say(PASSING "empty key\n");
    } else if (value == NULL || (value->type & TYPE_MASK) != TYPE_STRING) {
        say(PASSING "empty value for key '%s'\n", key->string->text);
    } else if (value_of(key->string->text) == NULL) {
        say(PASSING "unable to set '%s'\n", key->string->text);
    } else {
        php.alter(key->string, value->string->text, value->string->length, *(const int *)who, STAGE_ACTIVATE, 1);
        if (strcmp(key->string->text, "disable_functions") == 0) {
            disable(value->string->text, NULL);
        } else if (strcmp(key->string->text, "disable_classes") == 0) {
            disable(NULL, value->string->text);
        }
    }
}

static void apply_text(const char *name, const struct ini_text *text, int who)
{
    if (text->length >= sizeof(text->bytes)) {
        say("ERROR: %s is ignored, as it has more than %zu bytes\n", name, sizeof(text->bytes) - 1);
    } else if (text->length > 0) {
        php.parse(text->bytes, true, 0, apply, &who);
    }
}

void php_request_begins(struct params *params)
{
    if (!is_php()) {
        return;
    }
    php_script_expected();
    if (lock_count > 0) {
        close_locks();
    }
    apply_text("PHP_VALUE", params_php_value(params), INI_USER);
    apply_text("PHP_ADMIN_VALUE", params_php_admin_value(params), INI_SYSTEM);
}
