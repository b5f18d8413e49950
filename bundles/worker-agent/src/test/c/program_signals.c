/* What a signal does, asked through libc and of the kernel itself after each way there is to change it. */
#include "program_signals.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

void (*bsd_signal(int signo, void (*handler)(int)))(int); /* POSIX has dropped it, glibc has not */

struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

static void nothing(int signo)
{
    (void)signo;
}

static void expect(bool good, const char *after)
{
    if (!good) {
        fprintf(stderr, "program: sigaction() after %s is not what the kernel has\n", after);
        abort();
    }
}

static bool agrees(int signo)
{
    struct kernel_action kernel;
    struct sigaction found;
    uint64_t mask;
    if (syscall(SYS_rt_sigaction, signo, NULL, &kernel, sizeof(kernel.mask)) != 0
        || sigaction(signo, NULL, &found) != 0) {
        return false;
    }
    memcpy(&mask, &found.sa_mask, sizeof(mask));
    return *(void **)&found.sa_handler == kernel.handler && (unsigned)found.sa_flags == (unsigned)kernel.flags
           && mask == kernel.mask;
}

/* Twice, as the second answer may come from memory. */
static void check(const char *after)
{
    expect(agrees(SIGUSR2) && agrees(SIGUSR2), after);
}

static void set(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigfillset(&action.sa_mask);
    expect(sigaction(SIGUSR2, &action, NULL) == 0, "sigaction()");
}

static void check_ways_to_set(void)
{
    set(nothing, SA_RESTART);
    check("sigaction()");
    set(nothing, SA_RESTART);
    check("sigaction() to what it was");
    set(nothing, 0);
    check("sigaction() with other flags");
    signal(SIGUSR2, SIG_IGN);
    check("signal()");
    bsd_signal(SIGUSR2, nothing);
    check("bsd_signal()");
    siginterrupt(SIGUSR2, 1);
    check("siginterrupt()");
    ssignal(SIGUSR2, SIG_DFL);
    check("ssignal()");
    sigset(SIGUSR2, nothing);
    check("sigset()");
    sigignore(SIGUSR2);
    check("sigignore()");
    sysv_signal(SIGUSR2, nothing);
    check("sysv_signal()");
    raise(SIGUSR2);
    check("a handler that removed itself");
}

static void check_other_processes(void)
{
    set(nothing, 0);
    check("sigaction()");
    pid_t child = vfork();
    if (child == 0) {
        struct sigaction ignored = {.sa_handler = SIG_IGN}, found;
        sigaction(SIGUSR2, &ignored, NULL);
        sigaction(SIGUSR2, NULL, &found);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    check("a change in a child of vfork()");
    child = fork();
    if (child == 0) {
        signal(SIGUSR2, SIG_IGN);
        _exit(agrees(SIGUSR2) ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    expect(status == 0, "a change in a child of fork(), asked there");
    check("a change in a child of fork()");
}

/* The one thing that tells memory from the kernel: a change made past libc. */
static bool answers_from_memory(void)
{
    struct kernel_action ignored = {.handler = (void *)SIG_IGN};
    struct sigaction found;
    set(nothing, 0);
    expect(agrees(SIGUSR2), "sigaction()");
    syscall(SYS_rt_sigaction, SIGUSR2, &ignored, NULL, sizeof(ignored.mask));
    return sigaction(SIGUSR2, NULL, &found) == 0 && found.sa_handler == nothing;
}

bool signals_are_remembered(void)
{
    check_ways_to_set();
    check_other_processes();
    return answers_from_memory();
}
