/* Answers the agent gives itself, to requests the program does not see: php-fpm's bytes where it has such an answer. */
#ifndef FPM4J_REPLY_H
#define FPM4J_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLY_BYTES 1024

struct reply {
    size_t length;
    uint8_t bytes[REPLY_BYTES];
};

/* An answer with the header lines, each with its line end, and the body. */
void reply_build(struct reply *reply, uint16_t request_id, const char *header, const char *body);

/* To who asks for the status while nobody is there to give it. */
void reply_unavailable(struct reply *reply, uint16_t request_id);

/* Writes it; as much as fits at once if the connection must not be waited for. False if not all of it went out. */
bool reply_send(const struct reply *reply, int fd, bool wait);

/* The same for bytes of an answer from elsewhere. */
bool reply_write(const uint8_t *bytes, size_t length, int fd, bool wait);

#endif
