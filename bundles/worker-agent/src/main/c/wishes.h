/* Named values somebody wants to see in the access log: parameters of a request, headers of an answer. Pure. */
#ifndef FPM4J_WISHES_H
#define FPM4J_WISHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WISHES_MAX 32
#define WISH_VALUE_BYTES 1024

struct wish {
    const char *name;
    uint8_t name_length;
    bool found;
    uint16_t at, length; /* of its value, in values */
};

struct wishes {
    unsigned count;
    struct wish wish[WISHES_MAX];
    size_t used;
    char values[WISH_VALUE_BYTES]; /* of all wishes; what does not fit is cut */
};

/* Forgets the values; the names stay. */
void wishes_reset(struct wishes *wishes);

/* The wish of exactly this name, NULL if nobody has it. */
struct wish *wishes_find(struct wishes *wishes, const char *name, size_t length);

/* Starts a value, in place of one it has. */
void wish_begin(struct wishes *wishes, struct wish *wish);

/* Adds to the value begun last. */
void wish_add(struct wishes *wishes, struct wish *wish, const void *bytes, size_t length);

#endif
