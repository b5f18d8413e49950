/*
 * Interposed calls on descriptors as such. The agent's own do not exist for the program: a loop that closes everything
 * from 3 up passes them by. And the connection is followed through close() and dup().
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

static int no_such_descriptor(void)
{
    errno = EBADF;
    return -1;
}

/* A child of vfork() runs on our memory: what it closes is still open here. */
static bool is_closed_by_us(int fd)
{
    return connection_is(fd) && getpid() == agent.pid;
}

EXPORT int close(int fd)
{
    if (descriptor_is_private(fd)) {
        return no_such_descriptor();
    }
    if (is_closed_by_us(fd)) {
        connection_close(fd);
    }
    return real()->close(fd);
}

static int close_range_around(unsigned first, unsigned last, int flags)
{
    int fd = connection_descriptor();
    if (flags == 0 && fd >= 0 && (unsigned)fd >= first && (unsigned)fd <= last && is_closed_by_us(fd)) {
        connection_close(fd);
    }
    return flags == 0 && first <= last ? descriptors_close_range(first, last, flags)
                                       : real()->close_range(first, last, flags);
}

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
    return close_range_around(first, last, flags);
}

EXPORT void closefrom(int first)
{
    close_range_around(first < 0 ? 0 : (unsigned)first, ~0u, 0);
}

/* After a copy: the program has another name for the connection. */
static int copied(int from, int to)
{
    if (to >= 0 && from != to && is_closed_by_us(from)) {
        connection_duplicated(to);
    }
    return to;
}

EXPORT int dup(int fd)
{
    return descriptor_is_private(fd) ? no_such_descriptor() : copied(fd, real()->dup(fd));
}

static int copy_to(int from, int to, int flags, bool with_flags)
{
    if (descriptor_is_private(from) || descriptor_is_private(to)) {
        return no_such_descriptor();
    }
    bool replaces = from != to && is_closed_by_us(to);
    int result = with_flags ? real()->dup3(from, to, flags) : real()->dup2(from, to);
    if (replaces && result >= 0) {
        connection_close(to);
    }
    return copied(from, result);
}

EXPORT int dup2(int from, int to)
{
    return copy_to(from, to, 0, false);
}

EXPORT int dup3(int from, int to, int flags)
{
    return copy_to(from, to, flags, true);
}

static int control(int (*call)(int, int, ...), int fd, int command, void *argument)
{
    if (descriptor_is_private(fd)) {
        return no_such_descriptor();
    }
    int result = call(fd, command, argument);
    if (result >= 0 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC)) {
        return copied(fd, result);
    }
    if (result == 0 && command == F_SETFL && ((long)argument & O_NONBLOCK) != 0 && connection_is(fd)) {
        connection_not_blocking();
    }
    return result;
}

EXPORT int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return control(real()->fcntl, fd, command, argument);
}

EXPORT int fcntl64(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return control(real()->fcntl64, fd, command, argument);
}

/* A program that waits for the connection in its own way gets it as the kernel has it. */
EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    if (connection_is(fd)) {
        connection_not_blocking();
    }
    return real()->epoll_ctl(epoll, operation, fd, event);
}

EXPORT int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    if (level == SOL_SOCKET && name == SO_RCVTIMEO && connection_is(fd)) {
        connection_not_blocking();
    }
    return real()->setsockopt(fd, level, name, value, length);
}

/* stdio reads by itself, past every interposed call. */
EXPORT FILE *fdopen(int fd, const char *mode)
{
    if (connection_is(fd)) {
        connection_not_blocking();
    }
    return real()->fdopen(fd, mode);
}

/* Where the program knows the listening socket it may ask about it: libfcgi tells FastCGI from CGI that way. */
static int listening_or(int fd)
{
    return agent.role == ROLE_WORKER && fd == 0 && agent.fds[FD_LISTENING] >= 0 ? agent.fds[FD_LISTENING] : fd;
}

EXPORT int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
    return real()->getsockopt(listening_or(fd), level, name, value, length);
}

EXPORT int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return real()->getsockname(listening_or(fd), address, length);
}

EXPORT int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return real()->getpeername(listening_or(fd), address, length);
}
