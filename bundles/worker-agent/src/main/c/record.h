/* FastCGI records (specification, sections 3.3 and 8). */
#ifndef FPM4J_RECORD_H
#define FPM4J_RECORD_H

#include <stddef.h>
#include <stdint.h>

enum record_type { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, DATA = 8 };

struct record_head {
    uint8_t bytes[8];
};

static inline struct record_head record_head(enum record_type type, uint16_t id, size_t length, size_t padding)
{
    return (struct record_head){{1, (uint8_t)type, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(length >> 8),
                                 (uint8_t)length, (uint8_t)padding}};
}

#endif
