/* Waiting on an idle kept-alive connection without keeping others waiting. */
#include "agent.h"
#include "real.h"
#include "settings.h"
#include "worker.h"

#include <errno.h>
#include <sys/epoll.h>

#define SETTLE_MS 1
#define LOOK_AWAY_MS 3
#define SEEN_ALONE 1
#define SEEN_WITH_PROGRESS 8
#define SEEN_WITH_IDLE_WORKERS 40
#define YIELD_INTERVAL_NS 1000000u

static bool readable_within(int fd, int ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return real()->poll(&one, 1, ms) > 0;
}

/* Of all workers in this position one per millisecond may give its connection up. */
static bool may_yield(void)
{
    _Atomic uint64_t *field = &shared_pages()->last_yield_ns;
    uint64_t last = atomic_load_explicit(field, memory_order_relaxed);
    uint64_t now = now_ns();
    return (last > now || now - last >= YIELD_INTERVAL_NS) && atomic_compare_exchange_strong(field, &last, now);
}

static int idle_epoll(int connection, bool *registered)
{
    int epoll = agent.fds[FD_IDLE_EPOLL];
    if (epoll < 0) {
        epoll = worker_new_epoll(FD_IDLE_EPOLL, EPOLLIN);
    }
    if (epoll >= 0 && !*registered) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = connection};
        if (real()->epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event) != 0) {
            return -1;
        }
        *registered = true;
    }
    return epoll;
}

/*
 * How many times, a millisecond apart, the queue must be seen not empty before it counts: often while a worker is in
 * accept() and perhaps only waits for a processor, less often while others accept connections now and then, for each
 * time it may be another one on its way. A hint, no more: each slot is another process's memory, and a wrong one only
 * moves the moment of giving up.
 */
static int patience(uint64_t *accepted_before)
{
    const char *slots = (const char *)agent.header + HEADER_BYTES;
    uint64_t accepted = 0;
    bool accepting = false;
    for (uint32_t i = 0; i < agent.slots; i++) {
        struct scoreboard_slot *slot = (struct scoreboard_slot *)(uintptr_t)(slots + (size_t)i * SLOT_BYTES);
        accepting |= atomic_load_explicit(&slot->stage, memory_order_relaxed) == STAGE_ACCEPTING;
        accepted += atomic_load_explicit(&slot->connections, memory_order_relaxed);
    }
    bool progress = accepted != *accepted_before;
    *accepted_before = accepted;
    return accepting ? SEEN_WITH_IDLE_WORKERS : progress ? SEEN_WITH_PROGRESS : SEEN_ALONE;
}

/*
 * Somebody connected and every worker idling like this one was woken. The connection's own client and the other workers
 * get a chance first. Returns IDLE_PLAIN for "go on waiting".
 */
static enum idle_end settle(int connection)
{
    uint64_t accepted = 0;
    patience(&accepted);
    for (int seen = 1;; seen++) {
        if (readable_within(connection, SETTLE_MS)) {
            return IDLE_READABLE;
        }
        if (!readable_within(agent.fds[FD_LISTENING], 0)) {
            /* look away for a while instead of waking for each of their connections */
            return readable_within(connection, LOOK_AWAY_MS) ? IDLE_READABLE : IDLE_PLAIN;
        }
        if (seen >= patience(&accepted) && may_yield()) {
            return IDLE_GIVE_UP;
        }
    }
}

enum idle_end worker_wait_idle(int connection, bool *registered)
{
    if (worker_leaves()) {
        return IDLE_GIVE_UP;
    }
    if (readable_within(connection, SETTLE_MS)) { /* a busy front end is back by then: one call instead of three */
        return IDLE_READABLE;
    }
    int epoll = idle_epoll(connection, registered);
    if (epoll < 0) {
        return IDLE_PLAIN;
    }
    uint64_t since = now_ns();
    for (;;) {
        uint32_t limit_ms = settings_now()->keep_idle_ms;
        uint64_t idle_ms = (now_ns() - since) / 1000000u;
        if (worker_leaves() || (limit_ms != 0 && idle_ms >= limit_ms)) {
            return IDLE_GIVE_UP;
        }
        struct epoll_event events[3];
        int ready = epoll_wait(epoll, events, 3, limit_ms == 0 ? -1 : (int)(limit_ms - idle_ms));
        bool somebody_connected = false;
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == connection) {
                return IDLE_READABLE;
            }
            somebody_connected |= events[i].data.fd == agent.fds[FD_LISTENING];
        }
        if (somebody_connected) {
            enum idle_end end = settle(connection);
            if (end != IDLE_PLAIN) {
                return end;
            }
        }
    }
}

void worker_forget_idle(int connection)
{
    if (agent.fds[FD_IDLE_EPOLL] >= 0) {
        real()->epoll_ctl(agent.fds[FD_IDLE_EPOLL], EPOLL_CTL_DEL, connection, NULL);
    }
}
