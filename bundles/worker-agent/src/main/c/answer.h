/*
 * A scanner of the outbound FastCGI stream: it finds the status and the headers wanted in the STDOUT records (CGI
 * specification, RFC 3875, section 6) and stops looking at the end of the header block. Pure; any split of the stream.
 */
#ifndef FPM4J_ANSWER_H
#define FPM4J_ANSWER_H

#include "wishes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_LINE_BYTES 1024
#define ANSWER_HEADERS_MAX 65536u

struct answer {
    bool begun;      /* a byte of the program's output has come */
    bool complete;   /* the header block is over, or was given up */
    uint32_t status; /* of the Status header; 200 without one; 0 before any output */
    uint32_t seen;   /* bytes of the header block */
    uint8_t head[8];
    uint8_t head_bytes;
    uint8_t padding_left;
    uint32_t content_left;
    size_t line_length;
    char line[ANSWER_LINE_BYTES]; /* the line being read, cut */
    struct wishes *wishes;
};

/* Starts with the answer to another request. */
void answer_reset(struct answer *answer, struct wishes *wishes);

void answer_feed(struct answer *answer, const uint8_t *bytes, size_t length);

#endif
