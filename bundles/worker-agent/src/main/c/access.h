/*
 * The access log's share of a worker: one record per finished request, into the generation's pipe, which the master
 * reads. Nothing of it costs anything but a look at a flag while the pool has no access log.
 */
#ifndef FPM4J_ACCESS_H
#define FPM4J_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ACCESS_VERSION 1u
#define ACCESS_RECORD_BYTES 4096 /* PIPE_BUF: a record is written whole or not at all */

/*
 * What a record begins with. Behind it, without terminators: method, URI, query, script, user; then each value as
 * struct access_value, its name, its value.
 */
struct access_record {
    uint32_t length; /* of the whole record */
    uint32_t version;
    int32_t pid;
    uint32_t status;    /* of the answer; 0: there was none */
    uint64_t finish_us; /* wall clock, since the epoch */
    uint64_t duration_ns;
    uint64_t user_us; /* CPU time of the request, that of reaped children included */
    uint64_t system_us;
    uint64_t memory_bytes;
    uint64_t content_length;
    uint8_t client[16]; /* IPv6 or v4-mapped; zero: a Unix socket */
    uint16_t method_bytes;
    uint16_t uri_bytes;
    uint16_t query_bytes;
    uint16_t script_bytes;
    uint16_t user_bytes;
    uint16_t values;
    uint32_t pad;
};

struct access_value {
    uint8_t kind; /* 'e': a parameter of the request, 'o': a header of the answer */
    uint8_t name_bytes;
    uint16_t value_bytes;
};

_Static_assert(sizeof(struct access_record) == 96 && offsetof(struct access_record, method_bytes) == 80, "record");
_Static_assert(sizeof(struct access_value) == 4, "value");

/* In the zygote, before the first fork. False with errno. */
bool access_create_pipe(void);

/* Whether the request being served is to be logged. */
extern bool access_on;

/* The connection about to be followed came from here. */
void access_note_peer(const struct sockaddr_storage *peer);

/* A request begins: looks whether it is to be logged, and what of it. */
void access_begin(void);

/* The program is about to write to the connection; and has: of length bytes, written went out. */
void access_answering(const void *bytes, size_t length);
void access_answered(size_t length, ssize_t written);

/* Somebody else answers the request, so. */
void access_answered_elsewhere(uint32_t status);

/* The request is over, and the slot says so. */
void access_finish(void);

#endif
