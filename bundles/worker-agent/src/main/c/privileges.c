/* What php-fpm's children do between fork and service, done before the program's main() wherever that is possible. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_oom_score(int value)
{
    char text[16];
    int length = snprintf(text, sizeof(text), "%d\n", value);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool good = write(fd, text, (size_t)length) == length;
    int error = errno;
    close(fd);
    errno = error;
    return good;
}

/* Groups before gid before uid: each needs the right that the next one gives away. */
static const char *drop_ids(const struct agent_config *config)
{
    if (config->group_count >= 0 && setgroups((size_t)config->group_count, config->groups) != 0) {
        return "setgroups";
    }
    if (config->gid >= 0 && setresgid((gid_t)config->gid, (gid_t)config->gid, (gid_t)config->gid) != 0) {
        return "setgid";
    }
    if (config->uid >= 0 && setresuid((uid_t)config->uid, (uid_t)config->uid, (uid_t)config->uid) != 0) {
        return "setuid";
    }
    if (config->dumpable >= 0 && prctl(PR_SET_DUMPABLE, config->dumpable, 0, 0, 0) != 0) {
        return "dumpable";
    }
    return NULL;
}

/* The worker sets its limits after the change of user; it may lower them then, but only root can raise a ceiling. */
static void raise_ceiling(int resource, uint64_t value)
{
    struct rlimit limit;
    rlim_t number = value == UINT64_MAX ? RLIM_INFINITY : (rlim_t)value;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_max < number) {
        limit.rlim_max = number;
        setrlimit(resource, &limit); /* if this fails, so does set_limit(), and warns */
    }
}

/*
 * Whoever has a terminal can put characters into its input (TIOCSTI, ioctl_tty(2)): not for a worker whose master root
 * started in one. The session stays the master's. The kernel shares processors out among sessions (sched(7), autogroup),
 * and workers in one of their own would be told apart from the rest of the service.
 */
static void leave_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) {
        ioctl(terminal, TIOCNOTTY);
        close(terminal);
    }
}

const char *privileges_before_main(void)
{
    const struct agent_config *config = &agent.config;
    leave_terminal();
    if (config->limit_files) {
        raise_ceiling(RLIMIT_NOFILE, config->rlimit_files);
    }
    if (config->limit_core) {
        raise_ceiling(RLIMIT_CORE, config->rlimit_core);
    }
    if (config->set_nice && setpriority(PRIO_PROCESS, 0, config->nice) != 0) {
        return "nice";
    }
    if (config->umask >= 0) {
        umask((mode_t)config->umask);
    }
    if (config->set_oom_score_adj && !write_oom_score(config->oom_score_adj)) {
        return "oom_score_adj";
    }
    if (config->chroot[0] != '\0') {
        return NULL; /* chroot needs root, and the program's start-up needs its files: both wait for the worker */
    }
    if (config->chdir[0] != '\0' && chdir(config->chdir) != 0) {
        return "chdir";
    }
    return drop_ids(config);
}

/* A limit that cannot be set is no reason not to serve: php-fpm warns too. */
static void set_limit(int resource, uint64_t value, const char *name)
{
    rlim_t number = value == UINT64_MAX ? RLIM_INFINITY : (rlim_t)value;
    struct rlimit limit = {number, number};
    if (setrlimit(resource, &limit) != 0) {
        char line[256];
        int length = snprintf(line, sizeof(line), "WARNING: [pool %s] failed to set %s for this worker: %s (%d)\n",
                              agent.config.pool, name, strerror(errno), errno);
        if (write(STDERR_FILENO, line, (size_t)length) < 0) {
            return;
        }
    }
}

static const char *enter_root(const struct agent_config *config)
{
    if (chroot(config->chroot) != 0) {
        return "chroot";
    }
    if (chdir(config->chdir[0] != '\0' ? config->chdir : "/") != 0) {
        return "chdir";
    }
    return drop_ids(config);
}

const char *privileges_in_worker(void)
{
    const struct agent_config *config = &agent.config;
    if (config->limit_files) {
        set_limit(RLIMIT_NOFILE, config->rlimit_files, "rlimit_files");
    }
    if (config->limit_core) {
        set_limit(RLIMIT_CORE, config->rlimit_core, "rlimit_core");
    }
    const char *step = config->chroot[0] == '\0' ? NULL : enter_root(config);
    return step != NULL || config->apparmor_hat[0] == '\0' ? step : apparmor_enter(config->apparmor_hat);
}
