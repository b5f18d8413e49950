/* libc's own versions of the interposed calls. */
#ifndef FPM4J_REAL_H
#define FPM4J_REAL_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef void signal_handler(int);

#define REAL_CALLS(X)                                                                                                  \
    X(int, accept, (int, struct sockaddr *, socklen_t *))                                                              \
    X(int, accept4, (int, struct sockaddr *, socklen_t *, int))                                                        \
    X(ssize_t, read, (int, void *, size_t))                                                                            \
    X(ssize_t, readv, (int, const struct iovec *, int))                                                                \
    X(ssize_t, recv, (int, void *, size_t, int))                                                                       \
    X(ssize_t, recvfrom, (int, void *, size_t, int, struct sockaddr *, socklen_t *))                                   \
    X(ssize_t, recvmsg, (int, struct msghdr *, int))                                                                   \
    X(ssize_t, write, (int, const void *, size_t))                                                                     \
    X(ssize_t, writev, (int, const struct iovec *, int))                                                               \
    X(ssize_t, send, (int, const void *, size_t, int))                                                                 \
    X(ssize_t, sendto, (int, const void *, size_t, int, const struct sockaddr *, socklen_t))                           \
    X(ssize_t, sendmsg, (int, const struct msghdr *, int))                                                             \
    X(int, poll, (struct pollfd *, nfds_t, int))                                                                       \
    X(int, ppoll, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))                                \
    X(int, select, (int, fd_set *, fd_set *, fd_set *, struct timeval *))                                              \
    X(int, pselect, (int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *))                    \
    X(int, ioctl, (int, unsigned long, ...))                                                                           \
    X(int, fcntl, (int, int, ...))                                                                                     \
    X(int, fcntl64, (int, int, ...))                                                                                   \
    X(int, close, (int))                                                                                               \
    X(int, shutdown, (int, int))                                                                                       \
    X(int, dup, (int))                                                                                                 \
    X(int, dup2, (int, int))                                                                                           \
    X(int, dup3, (int, int, int))                                                                                      \
    X(int, close_range, (unsigned, unsigned, int))                                                                     \
    X(int, setsockopt, (int, int, int, const void *, socklen_t))                                                       \
    X(int, getsockopt, (int, int, int, void *, socklen_t *))                                                           \
    X(int, getsockname, (int, struct sockaddr *, socklen_t *))                                                         \
    X(int, epoll_ctl, (int, int, int, struct epoll_event *))                                                           \
    X(int, sigaction, (int, const struct sigaction *, struct sigaction *))                                             \
    X(signal_handler *, signal, (int, signal_handler *))                                                               \
    X(signal_handler *, bsd_signal, (int, signal_handler *))                                                           \
    X(signal_handler *, ssignal, (int, signal_handler *))                                                              \
    X(signal_handler *, sysv_signal, (int, signal_handler *))                                                          \
    X(signal_handler *, __sysv_signal, (int, signal_handler *))                                                        \
    X(signal_handler *, sigset, (int, signal_handler *))                                                               \
    X(int, sigignore, (int))                                                                                           \
    X(int, siginterrupt, (int, int))                                                                                   \
    X(int, execve, (const char *, char *const[], char *const[]))                                                       \
    X(int, execvpe, (const char *, char *const[], char *const[]))                                                      \
    X(FILE *, fdopen, (int, const char *))                                                                             \
    X(int, getpeername, (int, struct sockaddr *, socklen_t *))

struct real_calls {
#define REAL_POINTER(result, name, arguments) result(*name) arguments;
    REAL_CALLS(REAL_POINTER)
#undef REAL_POINTER
    bool resolved;
};

extern struct real_calls real_calls;

/* Finds them all; every symbol a libc lacks falls back to one that does the same. */
void real_resolve(void);

/* The table, usable even in the constructors of other libraries, which run before ours. */
static inline const struct real_calls *real(void)
{
    if (__builtin_expect(!real_calls.resolved, 0)) {
        real_resolve();
    }
    return &real_calls;
}

#endif
