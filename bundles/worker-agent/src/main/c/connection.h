/*
 * The connection whose request the worker is serving: its read-ahead buffer and where its requests begin and end.
 *
 * One at a time, on the thread that called accept() first. A second accept() before the close means a program that
 * serves several at once: the older one is then no longer followed, only its buffered bytes are still handed out.
 * No byte is lost or reordered: what was read ahead is counted by every call that looks at the descriptor.
 */
#ifndef FPM4J_CONNECTION_H
#define FPM4J_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Begins to follow a connection. */
void connection_open(int fd, bool blocking, bool unix_socket, uint64_t now);

/* The descriptor of the connection being followed on this thread, -1 without one. */
int connection_descriptor(void);

/* Whether a descriptor is the connection, to be asked before any of the following. */
bool connection_is(int fd);

/* read(), recv(): as these, with the flags of recv(). */
ssize_t connection_read(int fd, void *bytes, size_t length, int flags);

ssize_t connection_readv(int fd, const struct iovec *parts, int count, int flags);

/* What FIONREAD is to say when the kernel has so many bytes. */
int connection_count(int in_kernel);

/* Bytes that can be read without a system call. */
size_t connection_buffered(void);

/* Whether a read would return at once for a reason the kernel does not know. */
bool connection_is_readable(void);

/* Fills the buffer if that needs no waiting; then whether a read would return at once. errno is kept. */
bool connection_look_ahead(void);

/* To be called before output with the bytes to be written, and after it with how many were. */
void connection_writing(const void *bytes, size_t length);
void connection_written(size_t length, ssize_t written);

/* True if the shutdown of the sending side is left to the close that follows. */
bool connection_shutdown(int how);

/* The program closes the descriptor: call before the real one. */
void connection_close(int fd);

/* The descriptor is copied, shared or made non-blocking: nothing is read ahead any more. */
void connection_duplicated(int copy);
void connection_shared(void);
void connection_not_blocking(void);

/* Ends the following before the next accept(), and learns whether the program closes at once after a shutdown. */
void connection_left(uint64_t now);

#endif
