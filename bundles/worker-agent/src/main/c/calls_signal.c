/*
 * Interposed sigaction() and signal(): what a program installs in its start-up for the signals that end a worker at
 * once is left out. Resetting it in the worker is not enough: PHP notes the handlers it finds at its start and puts
 * them back at each further request, and php-cgi's own only asks for an end after the request.
 */
#include "calls.h"

#include <signal.h>

static bool is_left_out(int signo)
{
    return agent.role == ROLE_STARTING
           && (signo == SIGTERM || signo == SIGINT || signo == SIGUSR1 || signo == SIGUSR2 || signo == SIGHUP
               || signo == SIGQUIT);
}

EXPORT int sigaction(int signo, const struct sigaction *action, struct sigaction *old)
{
    return real()->sigaction(signo, is_left_out(signo) ? NULL : action, old);
}

EXPORT void (*signal(int signo, void (*handler)(int)))(int)
{
    if (!is_left_out(signo)) {
        return real()->signal(signo, handler);
    }
    struct sigaction found;
    return real()->sigaction(signo, NULL, &found) == 0 ? found.sa_handler : SIG_ERR;
}
