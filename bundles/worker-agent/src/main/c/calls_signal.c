/*
 * Interposed calls that set or ask what a signal does.
 *
 * What a program installs in its start-up for the signals that end a worker at once is left out. Resetting it in the
 * worker is not enough: PHP notes the handlers it finds at its start and puts them back at each further request, and
 * php-cgi's own only asks for an end after the request.
 *
 * What a worker is told by the kernel is remembered: PHP asks about seven signals in each request and sets an eighth to
 * what it is. Whatever changes one by these calls makes all of it forgotten. A change made past them, as by an extension
 * (PHP binds those to libc itself), is seen with the first connection after a second.
 */
#include "calls.h"
#include "signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SIGNALS 64
#define REMEMBERED_NS 1000000000u
#define SA_RESTORER 0x04000000 /* added by libc where the kernel needs it */

static struct told {
    uint32_t change; /* valid while this is the number of changes */
    struct sigaction action;
} told[SIGNALS];

static _Atomic uint32_t changes = 1;

static bool is_left_out(int signo)
{
    return agent.role == ROLE_STARTING
           && (signo == SIGTERM || signo == SIGINT || signo == SIGUSR1 || signo == SIGUSR2 || signo == SIGHUP
               || signo == SIGQUIT);
}

/* What the kernel has of a mask: 64 signals, without the two that cannot be masked. */
static uint64_t mask_of(const struct sigaction *action)
{
    uint64_t mask;
    memcpy(&mask, &action->sa_mask, sizeof(mask));
    return mask & ~(1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1));
}

static bool is_same(const struct sigaction *one, const struct sigaction *other)
{
    return one->sa_handler == other->sa_handler && ((one->sa_flags ^ other->sa_flags) & ~SA_RESTORER) == 0
           && mask_of(one) == mask_of(other);
}

/* NULL if it must be asked for. A child of vfork() has our memory, so it reads what is ours and says nothing. */
static const struct sigaction *remembered(int signo)
{
    return agent_thread && agent.role == ROLE_WORKER && signo > 0 && signo <= SIGNALS
                   && told[signo - 1].change == atomic_load_explicit(&changes, memory_order_acquire)
               ? &told[signo - 1].action
               : NULL;
}

/* A handler that removes itself does so without a call. One that runs while this is written finds nothing valid. */
static void remember(int signo, const struct sigaction *action, uint32_t change)
{
    if (agent_thread && agent.role == ROLE_WORKER && (action->sa_flags & (int)SA_RESETHAND) == 0
        && getpid() == agent.pid) {
        told[signo - 1].change = 0;
        atomic_signal_fence(memory_order_seq_cst);
        told[signo - 1].action = *action;
        atomic_signal_fence(memory_order_seq_cst);
        told[signo - 1].change = change;
    }
}

/* After the change: who asked before it has the number of before it. */
static void changed(void)
{
    atomic_fetch_add_explicit(&changes, 1, memory_order_release);
}

void signals_forget_old(uint64_t now)
{
    static _Thread_local uint64_t since __attribute__((tls_model("initial-exec")));
    if (now - since >= REMEMBERED_NS) {
        since = now;
        changed();
    }
}

EXPORT int sigaction(int signo, const struct sigaction *action, struct sigaction *old)
{
    const struct sigaction *now = remembered(signo);
    if (now != NULL && (action == NULL || is_same(action, now))) {
        if (old != NULL) {
            *old = *now;
        }
        return 0;
    }
    uint32_t change = atomic_load_explicit(&changes, memory_order_acquire);
    const struct sigaction *wanted = is_left_out(signo) ? NULL : action;
    int result = real()->sigaction(signo, wanted, old);
    if (wanted != NULL) {
        changed();
    } else if (result == 0 && old != NULL) {
        remember(signo, old, change);
    }
    return result;
}

EXPORT signal_handler *signal(int signo, signal_handler *handler)
{
    if (!is_left_out(signo)) {
        signal_handler *before = real()->signal(signo, handler);
        changed();
        return before;
    }
    struct sigaction found;
    return real()->sigaction(signo, NULL, &found) == 0 ? found.sa_handler : SIG_ERR;
}

/* The older ways, each as libc has it. */
#define SETTING(name)                                                                                                  \
    EXPORT signal_handler *name(int signo, signal_handler *handler)                                                    \
    {                                                                                                                  \
        signal_handler *before = real()->name(signo, handler);                                                         \
        changed();                                                                                                     \
        return before;                                                                                                 \
    }

SETTING(bsd_signal)
SETTING(ssignal)
SETTING(sysv_signal)
SETTING(__sysv_signal)
SETTING(sigset)

EXPORT int sigignore(int signo)
{
    int result = real()->sigignore(signo);
    changed();
    return result;
}

EXPORT int siginterrupt(int signo, int interrupt)
{
    int result = real()->siginterrupt(signo, interrupt);
    changed();
    return result;
}
