#include "answer.h"

#include <string.h>
#include <strings.h>

#define STDOUT_RECORD 6

void answer_reset(struct answer *answer, struct wishes *wishes)
{
    answer->begun = false;
    answer->complete = false;
    answer->status = 0;
    answer->seen = 0;
    answer->head_bytes = 0;
    answer->padding_left = 0;
    answer->content_left = 0;
    answer->line_length = 0;
    answer->wishes = wishes;
    wishes_reset(wishes);
}

static void take_status(struct answer *answer, const char *value, size_t length)
{
    uint32_t status = 0;
    for (size_t i = 0; i < length && i < 3 && value[i] >= '0' && value[i] <= '9'; i++) {
        status = status * 10 + (uint32_t)(value[i] - '0');
    }
    answer->status = status != 0 ? status : answer->status;
}

/* A header's first line counts, and its name must be spelt as wished, as in php-fpm. */
static void take_line(struct answer *answer)
{
    size_t length = answer->line_length;
    if (length > 0 && answer->line[length - 1] == '\r') {
        length--;
    }
    answer->line_length = 0;
    if (length == 0) {
        answer->complete = true;
        return;
    }
    const char *colon = memchr(answer->line, ':', length);
    if (colon == NULL) {
        return;
    }
    size_t name = (size_t)(colon - answer->line), value = name + 1;
    bool blank = value < length && answer->line[value] == ' ';
    value += blank;
    if (name == 6 && strncasecmp(answer->line, "Status", 6) == 0) {
        take_status(answer, answer->line + value, length - value);
    }
    struct wish *wish = blank ? wishes_find(answer->wishes, answer->line, name) : NULL;
    if (wish != NULL && !wish->found) {
        wish_begin(answer->wishes, wish);
        wish_add(answer->wishes, wish, answer->line + value, length - value);
    }
}

static void take_output(struct answer *answer, const uint8_t *bytes, size_t length)
{
    if (!answer->begun) {
        answer->begun = true;
        answer->status = 200;
    }
    for (size_t at = 0; at < length && !answer->complete;) {
        const uint8_t *end = memchr(bytes + at, '\n', length - at);
        size_t step = (end == NULL ? length : (size_t)(end - bytes)) - at;
        size_t room = sizeof(answer->line) - answer->line_length;
        size_t kept = step < room ? step : room;
        memcpy(answer->line + answer->line_length, bytes + at, kept);
        answer->line_length += kept;
        answer->seen += (uint32_t)step + 1;
        at += step + 1;
        if (end != NULL) {
            take_line(answer);
        }
        answer->complete |= answer->seen > ANSWER_HEADERS_MAX;
    }
}

void answer_feed(struct answer *answer, const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length && !answer->complete;) {
        size_t left = length - at, step;
        if (answer->head_bytes < sizeof(answer->head)) {
            step = sizeof(answer->head) - answer->head_bytes;
            step = step < left ? step : left;
            memcpy(answer->head + answer->head_bytes, bytes + at, step);
            answer->head_bytes += (uint8_t)step;
            answer->content_left = (uint32_t)(answer->head[4] << 8 | answer->head[5]);
            answer->padding_left = answer->head[6];
        } else if (answer->content_left > 0) {
            step = answer->content_left < left ? answer->content_left : left;
            if (answer->head[1] == STDOUT_RECORD) {
                take_output(answer, bytes + at, step);
            }
            answer->content_left -= (uint32_t)step;
        } else {
            step = answer->padding_left < left ? answer->padding_left : left;
            answer->padding_left -= (uint8_t)step;
        }
        at += step;
        if (answer->head_bytes == sizeof(answer->head) && answer->content_left == 0 && answer->padding_left == 0) {
            answer->head_bytes = 0;
        }
    }
}
