/* Interposed calls that accept connections and read from them. */
#include "calls.h"
#include "php.h"
#include "script.h"
#include "worker.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_socket(int one, int other)
{
    struct stat a, b;
    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The first accept(), on descriptor 0 or a copy of it: only workers come back from here. */
static void first_accept(int fd)
{
    int kept = errno;
    agent.listening = fd;
    php_prepare();
    script_prepare();
    zygote_run();
    errno = kept;
}

static int accept_with(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    if (agent.role == ROLE_STARTING && getpid() == agent.pid && (fd == 0 || same_socket(fd, 0))) {
        first_accept(fd);
    }
    if (agent.role == ROLE_WORKER && fd == agent.listening) {
        return worker_accept(address, length, flags);
    }
    return real()->accept4(fd, address, length, flags);
}

EXPORT int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    return agent.role == ROLE_NONE ? real()->accept(fd, address, length) : accept_with(fd, address, length, 0);
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    return agent.role == ROLE_NONE ? real()->accept4(fd, address, length, flags)
                                   : accept_with(fd, address, length, flags);
}

EXPORT ssize_t read(int fd, void *bytes, size_t length)
{
    return connection_is(fd) ? connection_read(fd, bytes, length, 0) : real()->read(fd, bytes, length);
}

EXPORT ssize_t __read_chk(int fd, void *bytes, size_t length, size_t available)
{
    CHECK_SIZE(length, available);
    return read(fd, bytes, length);
}

EXPORT ssize_t readv(int fd, const struct iovec *parts, int count)
{
    return connection_is(fd) ? connection_readv(fd, parts, count, 0) : real()->readv(fd, parts, count);
}

EXPORT ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    return connection_is(fd) ? connection_read(fd, bytes, length, flags) : real()->recv(fd, bytes, length, flags);
}

EXPORT ssize_t __recv_chk(int fd, void *bytes, size_t length, size_t available, int flags)
{
    CHECK_SIZE(length, available);
    return recv(fd, bytes, length, flags);
}

/* A stream's bytes come with no address. */
EXPORT ssize_t recvfrom(int fd, void *restrict bytes, size_t length, int flags, struct sockaddr *restrict address,
                        socklen_t *restrict address_length)
{
    if (!connection_is(fd)) {
        return real()->recvfrom(fd, bytes, length, flags, address, address_length);
    }
    if (address != NULL && address_length != NULL) {
        *address_length = 0;
    }
    return connection_read(fd, bytes, length, flags);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *restrict bytes, size_t length, size_t available, int flags,
                              struct sockaddr *restrict address, socklen_t *restrict address_length)
{
    CHECK_SIZE(length, available);
    return recvfrom(fd, bytes, length, flags, address, address_length);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (!connection_is(fd)) {
        return real()->recvmsg(fd, message, flags);
    }
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
    return connection_readv(fd, message->msg_iov, (int)message->msg_iovlen, flags);
}
