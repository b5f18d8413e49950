/*
 * Interposed exec calls, for a program that before its first accept() becomes another one: the agent goes with it. A
 * worker or a child that executes something gets no agent, as for every other program.
 */
#include "calls.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static const enum private_fd handed_on[] = {FD_CONTROL, FD_SCOREBOARD, FD_KICK, FD_LIBRARY};

static void set_close_on_exec(bool on)
{
    for (size_t i = 0; i < sizeof(handed_on) / sizeof(handed_on[0]); i++) {
        real()->fcntl(agent.fds[handed_on[i]], F_SETFD, on ? FD_CLOEXEC : 0);
    }
}

static bool is_preload(const char *variable)
{
    return strncmp(variable, "LD_PRELOAD=", 11) == 0;
}

typedef int exec_call(const char *, char *const[], char *const[]);

static int exec_with_agent(exec_call *call, const char *path, char *const argv[], char *const environment[])
{
    size_t count = 0;
    while (environment != NULL && environment[count] != NULL) {
        count++;
    }
    char list[sizeof(AGENT_DESCRIPTORS) + 64];
    char *extended[count + SETUP_VARIABLES_MAX + 2];
    char preload[sizeof("LD_PRELOAD=/proc/self/fd/") + 16];
    size_t at = setup_put_back(extended);
    snprintf(preload, sizeof(preload), "LD_PRELOAD=/proc/self/fd/%d", agent.fds[FD_LIBRARY]);
    for (size_t i = 0; i < at && agent.fds[FD_LIBRARY] >= 0; i++) {
        if (is_preload(extended[i])) {
            extended[i] = preload;
        }
    }
    snprintf(list, sizeof(list), "%s=%d,%d,%d,%d,%u", AGENT_DESCRIPTORS, agent.fds[FD_CONTROL],
             agent.fds[FD_SCOREBOARD], agent.fds[FD_KICK], agent.fds[FD_LIBRARY], (unsigned)agent.start_uid);
    extended[at++] = list;
    for (size_t i = 0; i < count; i++) {
        if (!is_preload(environment[i])) { /* FPM4J_SPARE_PRELOAD has it */
            extended[at++] = environment[i];
        }
    }
    extended[at] = NULL;
    set_close_on_exec(false);
    int result = call(path, argv, extended);
    set_close_on_exec(true);
    return result;
}

static int exec(exec_call *call, const char *path, char *const argv[], char *const environment[])
{
    return agent.role == ROLE_STARTING && getpid() == agent.pid ? exec_with_agent(call, path, argv, environment)
                                                                : call(path, argv, environment);
}

EXPORT int execve(const char *path, char *const argv[], char *const environment[])
{
    return exec(real()->execve, path, argv, environment);
}

EXPORT int execv(const char *path, char *const argv[])
{
    return exec(real()->execve, path, argv, environ);
}

EXPORT int execvpe(const char *file, char *const argv[], char *const environment[])
{
    return exec(real()->execvpe, file, argv, environment);
}

EXPORT int execvp(const char *file, char *const argv[])
{
    return exec(real()->execvpe, file, argv, environ);
}
