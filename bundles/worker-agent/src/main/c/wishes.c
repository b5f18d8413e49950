#include "wishes.h"

#include <string.h>

void wishes_reset(struct wishes *wishes)
{
    wishes->used = 0;
    for (unsigned i = 0; i < wishes->count; i++) {
        wishes->wish[i].found = false;
        wishes->wish[i].length = 0;
    }
}

struct wish *wishes_find(struct wishes *wishes, const char *name, size_t length)
{
    for (unsigned i = 0; i < wishes->count; i++) {
        if (wishes->wish[i].name_length == length && memcmp(wishes->wish[i].name, name, length) == 0) {
            return &wishes->wish[i];
        }
    }
    return NULL;
}

void wish_begin(struct wishes *wishes, struct wish *wish)
{
    wish->found = true;
    wish->at = (uint16_t)wishes->used;
    wish->length = 0;
}

void wish_add(struct wishes *wishes, struct wish *wish, const void *bytes, size_t length)
{
    size_t room = sizeof(wishes->values) - wishes->used;
    size_t step = length < room ? length : room;
    memcpy(wishes->values + wishes->used, bytes, step);
    wishes->used += step;
    wish->length += (uint16_t)step;
}
