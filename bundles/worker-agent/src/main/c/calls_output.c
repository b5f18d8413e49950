/* Interposed calls that write to a connection or shut it down: they show where a request ends. */
#include "access.h"
#include "calls.h"

static void writing(const void *bytes, size_t length)
{
    if (access_on) {
        access_answering(bytes, length);
    }
    connection_writing(bytes, length);
}

static void written_of(size_t length, ssize_t written)
{
    if (access_on) {
        access_answered(length, written);
    }
    connection_written(length, written);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length)
{
    if (!connection_is(fd)) {
        return real()->write(fd, bytes, length);
    }
    writing(bytes, length);
    ssize_t written = real()->write(fd, bytes, length);
    written_of(length, written);
    return written;
}

EXPORT ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    if (!connection_is(fd)) {
        return real()->send(fd, bytes, length, flags);
    }
    writing(bytes, length);
    ssize_t written = real()->send(fd, bytes, length, flags);
    written_of(length, written);
    return written;
}

EXPORT ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *address,
                      socklen_t address_length)
{
    if (!connection_is(fd)) {
        return real()->sendto(fd, bytes, length, flags, address, address_length);
    }
    writing(bytes, length);
    ssize_t written = real()->sendto(fd, bytes, length, flags, address, address_length);
    written_of(length, written);
    return written;
}

/* The last part decides: an END_REQUEST record is never torn into parts by the libraries there are. */
static size_t writing_parts(const struct iovec *parts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += parts[i].iov_len;
        if (access_on) {
            access_answering(parts[i].iov_base, parts[i].iov_len);
        }
    }
    connection_writing(count > 0 ? parts[count - 1].iov_base : NULL, count > 0 ? parts[count - 1].iov_len : 0);
    return total;
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (!connection_is(fd) || count <= 0) {
        return real()->writev(fd, parts, count);
    }
    size_t total = writing_parts(parts, (size_t)count);
    ssize_t written = real()->writev(fd, parts, count);
    written_of(total, written);
    return written;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (!connection_is(fd)) {
        return real()->sendmsg(fd, message, flags);
    }
    size_t total = writing_parts(message->msg_iov, message->msg_iovlen);
    ssize_t written = real()->sendmsg(fd, message, flags);
    written_of(total, written);
    return written;
}

EXPORT int shutdown(int fd, int how)
{
    return connection_is(fd) && connection_shutdown(how) ? 0 : real()->shutdown(fd, how);
}
