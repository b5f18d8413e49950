#include "worker.h"

#include "access.h"
#include "agent.h"
#include "connection.h"
#include "real.h"
#include "settings.h"
#include "signals.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define AT_ONCE_NS 5000u /* sleeping and waking takes longer */

static volatile sig_atomic_t quit;
static uint32_t served;       /* requests of this worker */
static uint32_t jitter_draw;  /* drawn once, so that siblings do not recycle together */
static _Thread_local bool left __attribute__((tls_model("initial-exec"))); /* accept() has said so once */
static bool leaving;
static _Thread_local bool found_queued __attribute__((tls_model("initial-exec"))); /* the last accept() did not wait */

static void on_quit(int signo)
{
    (void)signo;
    int kept = errno;
    quit = 1;
    if (agent.role == ROLE_WORKER) {
        uint64_t one = 1;
        ssize_t ignored = real()->write(agent.fds[FD_KICK], &one, sizeof(one)); /* full: the edge is there already */
        (void)ignored;
    }
    errno = kept;
}

void worker_install_quit(void)
{
    struct sigaction action = {.sa_handler = on_quit, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    real()->sigaction(SIGQUIT, &action, NULL); /* sigaction() itself leaves it out during the start-up */
}

/* php-fpm's children die of these at once; the program may have installed handlers in its start-up. */
static void reset_signals(void)
{
    static const int fatal[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGCHLD};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        sigaction(fatal[i], &action, NULL);
    }
    worker_install_quit();
}

static bool watch(int epoll, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    return real()->epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

int worker_new_epoll(enum private_fd which, uint32_t listening_events)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll = epoll < 0 ? -1 : descriptor_keep(which, epoll);
    if (epoll >= 0
        && (!watch(epoll, agent.fds[FD_LISTENING], listening_events)
            || !watch(epoll, agent.fds[FD_KICK], EPOLLIN | EPOLLET))) {
        descriptor_drop(which);
        return -1;
    }
    return epoll;
}

static _Noreturn void fail(const char *step, int error)
{
    char line[256];
    int length = snprintf(line, sizeof(line), "ERROR: [pool %s] worker failed to %s: %s (%d)\n", agent.config.pool,
                          step, strerror(error), error);
    ssize_t ignored = real()->write(STDERR_FILENO, line, (size_t)length);
    (void)ignored;
    _exit(EXIT_SETUP_FAILED);
}

/*
 * Of the scoreboard a worker can write its slot and the pages all workers share, so that no script that writes into
 * memory changes the pool's settings or another worker's slot. Code of the program's own could undo it.
 */
static bool protect_scoreboard(void)
{
    if (sysconf(_SC_PAGESIZE) > (long)SLOT_BYTES) { /* not to be told apart */
        return true;
    }
    return mprotect(agent.header, agent.mapped_bytes, PROT_READ) == 0
           && mprotect(shared_pages(), HEADER_BYTES - SHARED_OFFSET, PROT_READ | PROT_WRITE) == 0
           && mprotect(agent.slot, SLOT_BYTES, PROT_READ | PROT_WRITE) == 0;
}

void worker_start(uint32_t slot, uint64_t start_ns)
{
    agent.role = ROLE_WORKER;
    agent.pid = getpid();
    agent.slot = (struct scoreboard_slot *)((char *)agent.header + HEADER_BYTES + (size_t)slot * SLOT_BYTES);
    quit = 0;
    served = 0;
    jitter_draw = (uint32_t)(start_ns / 1000) * 2654435761u ^ (uint32_t)agent.pid * 40503u;
    reset_signals();
    if (!protect_scoreboard()) {
        fail("protect the scoreboard", errno);
    }
    if (worker_new_epoll(FD_ACCEPT_EPOLL, EPOLLIN | EPOLLEXCLUSIVE) < 0) {
        fail("epoll", errno);
    }
    const char *step = privileges_in_worker();
    if (step != NULL) {
        fail(step, errno);
    }
    slot_start(start_ns);
    title_set(agent.config.worker_title);
}

void worker_served_one(void)
{
    served++;
}

static bool has_grown(const struct settings *settings)
{
    return settings->max_worker_memory != 0
           && atomic_load_explicit(&agent.slot->last_memory_bytes, memory_order_relaxed) > settings->max_worker_memory;
}

bool worker_leaves(void)
{
    if (quit || atomic_load_explicit(&agent.slot->retire, memory_order_acquire) == agent.pid) {
        return true;
    }
    const struct settings *settings = settings_now();
    uint32_t jitter = settings->max_requests_jitter;
    uint32_t extra = jitter == 0 || jitter == UINT32_MAX ? 0 : jitter_draw % (jitter + 1);
    return has_grown(settings) || (settings->max_requests != 0 && served >= (uint64_t)settings->max_requests + extra);
}

/* Makes accept() fail for good. The program then ends by itself; one that asks again is ended. */
static int leave(void)
{
    if (left) {
        fflush(NULL);
        _exit(0);
    }
    left = true;
    leaving = true;
    slot_retiring();
    if (!agent_thread) { /* one kick wakes one of several threads that wait on the same instance: pass it on */
        eventfd_write(agent.fds[FD_KICK], 1);
    }
    errno = EINVAL;
    return -1;
}

/* Called on exit: an orderly end has status 0, whatever the last script did to the program's own status. */
__attribute__((destructor)) static void on_exit_after_leaving(void)
{
    if (leaving && agent.role == ROLE_WORKER && getpid() == agent.pid) {
        fflush(NULL);
        _exit(0);
    }
}

/* The address goes to the caller as accept() would have put it. */
static int accept_from(struct sockaddr *address, socklen_t *length, int flags, sa_family_t *family)
{
    struct sockaddr_storage peer;
    socklen_t peer_length = sizeof(peer);
    int fd = real()->accept4(agent.fds[FD_LISTENING], (struct sockaddr *)&peer, &peer_length, flags | SOCK_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (!settings_allow_peer(&peer)) {
        real()->close(fd);
        errno = EAGAIN;
        return -1;
    }
    *family = peer.ss_family;
    if (agent_thread && connection_descriptor() < 0) {
        access_note_peer(&peer);
    }
    if (address != NULL && length != NULL) {
        memcpy(address, &peer, *length < peer_length ? *length : peer_length);
        *length = peer_length;
    }
    return fd;
}

/*
 * epoll_wait() is interrupted where accept() would have gone on: by a debugger, SIGCONT, a handler with SA_RESTART. The
 * program is told only if it has a handler that asks for it.
 */
static bool expects_interruption(void)
{
    for (int signo = 1; signo < SIGRTMIN; signo++) {
        struct sigaction action;
        if (sigaction(signo, NULL, &action) == 0 && action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN
            && (action.sa_flags & SA_RESTART) == 0) {
            return true;
        }
    }
    return false;
}

enum wait_end { WAIT_CONNECTION, WAIT_LEAVE, WAIT_FAILED };

static enum wait_end await_connection(void)
{
    for (;;) {
        struct epoll_event events[2];
        int ready = epoll_wait(agent.fds[FD_ACCEPT_EPOLL], events, 2, -1);
        if (ready < 0) {
            int error = errno;
            if (error != EINTR || (!quit && expects_interruption())) {
                errno = error;
                return WAIT_FAILED;
            }
        }
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == agent.fds[FD_LISTENING]) {
                return WAIT_CONNECTION; /* before the order to leave: nobody else was woken for it */
            }
        }
        if (worker_leaves()) {
            return WAIT_LEAVE;
        }
    }
}

/*
 * accept4() in vain costs as much as one that finds somebody, so whoever had to wait last time waits first. Under load
 * the queue is not empty, and the wait is left out.
 */
int worker_accept(struct sockaddr *address, socklen_t *length, int flags)
{
    uint64_t now = now_ns();
    if (agent_thread) {
        connection_left(now);
        slot_accepting(now);
    }
    if (worker_leaves()) {
        return leave();
    }
    for (bool wait = !found_queued;; wait = true) {
        enum wait_end end = wait ? await_connection() : WAIT_CONNECTION;
        if (end != WAIT_CONNECTION) {
            return end == WAIT_LEAVE ? leave() : -1;
        }
        sa_family_t family = AF_UNSPEC;
        int fd = accept_from(address, length, flags, &family);
        if (fd >= 0) {
            uint64_t accepted = now_ns();
            found_queued = accepted - now < AT_ONCE_NS;
            signals_forget_old(accepted);
            if (agent_thread && connection_descriptor() < 0) {
                connection_open(fd, !(flags & SOCK_NONBLOCK), family == AF_UNIX, accepted);
            }
            return fd;
        }
        if (errno == EINVAL && worker_leaves()) { /* the master has shut the socket down after retiring us */
            return leave();
        }
        if (errno != EAGAIN && errno != ECONNABORTED) {
            return -1;
        }
        /* One kick is one edge: if it came together with a connection that another took, it does not come again. */
        if (worker_leaves()) {
            return leave();
        }
    }
}
