/* Receiving that does not wait for ever. */
#ifndef FPM4J_RECEIVE_H
#define FPM4J_RECEIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As recv(), whatever mode the socket is in; EAGAIN when nothing has come by then, a time of now_ns(). */
ssize_t receive_until(int fd, void *bytes, size_t length, uint64_t end);

#endif
