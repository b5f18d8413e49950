/* Interposed calls that ask whether a connection is readable: bytes read ahead count. */
#include "calls.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>

static const struct timespec no_time;

/* The entry of a poll set that a read would answer at once, NULL if none is. */
static struct pollfd *ready_entry(struct pollfd *set, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if ((set[i].events & (POLLIN | POLLRDNORM)) != 0 && connection_is(set[i].fd) && connection_look_ahead()) {
            return &set[i];
        }
    }
    return NULL;
}

static int add_entry(struct pollfd *entry, int ready)
{
    if (ready < 0) {
        return ready;
    }
    short before = entry->revents;
    entry->revents |= entry->events & (POLLIN | POLLRDNORM);
    return before == 0 ? ready + 1 : ready;
}

static bool asks_for_input_only(const struct pollfd *set, nfds_t count)
{
    return count == 1 && (set->events & ~(POLLIN | POLLRDNORM)) == 0;
}

EXPORT int poll(struct pollfd *set, nfds_t count, int timeout)
{
    struct pollfd *ready = connection_descriptor() < 0 ? NULL : ready_entry(set, count);
    if (ready == NULL) {
        return real()->poll(set, count, timeout);
    }
    if (asks_for_input_only(set, count)) {
        ready->revents = ready->events;
        return 1;
    }
    return add_entry(ready, real()->poll(set, count, 0));
}

EXPORT int __poll_chk(struct pollfd *set, nfds_t count, int timeout, size_t available)
{
    CHECK_SIZE(count, available / sizeof(*set));
    return poll(set, count, timeout);
}

EXPORT int ppoll(struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    struct pollfd *ready = connection_descriptor() < 0 ? NULL : ready_entry(set, count);
    return ready == NULL ? real()->ppoll(set, count, timeout, mask)
                         : add_entry(ready, real()->ppoll(set, count, &no_time, mask));
}

EXPORT int __ppoll_chk(struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                       size_t available)
{
    CHECK_SIZE(count, available / sizeof(*set));
    return ppoll(set, count, timeout, mask);
}

static bool in_set(int count, const fd_set *readable)
{
    int fd = connection_descriptor();
    return fd >= 0 && fd < count && fd < FD_SETSIZE && readable != NULL && FD_ISSET(fd, readable)
           && connection_is(fd) && connection_look_ahead();
}

static int add_to_set(fd_set *readable, int ready)
{
    if (ready < 0 || FD_ISSET(connection_descriptor(), readable)) {
        return ready;
    }
    FD_SET(connection_descriptor(), readable);
    return ready + 1;
}

EXPORT int select(int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict except,
                  struct timeval *restrict timeout)
{
    if (!in_set(count, readable)) {
        return real()->select(count, readable, writable, except, timeout);
    }
    struct timeval none = {0, 0}; /* the caller's is left as if no time had passed */
    return add_to_set(readable, real()->select(count, readable, writable, except, &none));
}

EXPORT int pselect(int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict except,
                   const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    if (!in_set(count, readable)) {
        return real()->pselect(count, readable, writable, except, timeout, mask);
    }
    return add_to_set(readable, real()->pselect(count, readable, writable, except, &no_time, mask));
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int result = real()->ioctl(fd, request, argument);
    if (result == 0 && (request == FIONREAD || request == FIONBIO) && connection_is(fd)) {
        if (request == FIONREAD) {
            *(int *)argument = connection_count(*(int *)argument);
        } else if (*(int *)argument != 0) {
            connection_not_blocking();
        }
    }
    return result;
}
