/*
 * The worker writes to its client as it does with the program's output, and waits for it as long; the master meanwhile
 * ends its side when its own limit is reached. A master that says nothing must not keep the worker from its requests:
 * the longest pause of one that lives is a fraction of the silence allowed.
 */
#include "relay.h"

#include "access.h"
#include "agent.h"
#include "followed.h"
#include "receive.h"
#include "record.h"
#include "reply.h"

#define SILENCE_NS 3000000000u

/* Where in the stream of records the answer is. */
struct position {
    uint8_t head[8];
    size_t head_bytes;
    size_t rest; /* of content and padding */
    bool ended;
};

/* Returns how many bytes belong to the answer: all of them, unless it ends among them. */
static size_t step_over(struct position *position, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && !position->ended) {
        uint8_t *head = position->head;
        if (position->head_bytes < sizeof(position->head)) {
            head[position->head_bytes++] = bytes[at++];
            position->rest = (size_t)(head[4] << 8 | head[5]) + head[6];
        } else {
            size_t step = position->rest < length - at ? position->rest : length - at;
            position->rest -= step;
            at += step;
        }
        if (position->head_bytes == sizeof(position->head) && position->rest == 0) {
            position->ended = head[1] == END_REQUEST;
            position->head_bytes = 0;
        }
    }
    return at;
}

enum relayed relay_answer(int master, int client)
{
    static uint8_t bytes[16384];
    struct position position = {0};
    enum relayed so_far = RELAYED_NOTHING;
    while (!position.ended) {
        ssize_t received = receive_until(master, bytes, sizeof(bytes), now_ns() + SILENCE_NS);
        if (received <= 0) {
            return so_far;
        }
        size_t length = step_over(&position, bytes, (size_t)received);
        if (access_on) {
            access_answering(bytes, length);
        }
        if (position.ended) {
            followed_finish(now_ns());
        }
        so_far = RELAYED_PART;
        if (!reply_write(bytes, length, client, true)) {
            return so_far;
        }
    }
    return RELAYED_WHOLE;
}
