#include "reply.h"

#include "real.h"
#include "record.h"

#include <errno.h>
#include <string.h>

static void put(struct reply *reply, const void *bytes, size_t length)
{
    size_t room = sizeof(reply->bytes) - reply->length;
    length = length < room ? length : room;
    memcpy(reply->bytes + reply->length, bytes, length);
    reply->length += length;
}

/* One record, padded to a multiple of eight. */
static void put_record(struct reply *reply, enum record_type type, uint16_t id, const char *first, const char *second)
{
    static const uint8_t padding[8];
    size_t length = strlen(first) + strlen(second);
    struct record_head head = record_head(type, id, length, -length & 7);
    put(reply, &head, sizeof(head));
    put(reply, first, strlen(first));
    put(reply, second, strlen(second));
    put(reply, padding, -length & 7);
}

void reply_build(struct reply *reply, uint16_t request_id, const char *header, const char *body)
{
    static const uint8_t complete[8];
    struct record_head end = record_head(END_REQUEST, request_id, sizeof(complete), 0);
    reply->length = 0;
    put_record(reply, STDOUT, request_id, header, body);
    put(reply, &end, sizeof(end));
    put(reply, complete, sizeof(complete));
}

void reply_unavailable(struct reply *reply, uint16_t request_id)
{
    reply_build(reply, request_id,
                "Status: 503 Service Unavailable\r\n"
                "Content-type: text/plain;charset=UTF-8\r\n"
                "Cache-Control: no-cache, no-store, must-revalidate, max-age=0\r\n\r\n",
                "No status: the master is not there or too busy.\n");
}

bool reply_send(const struct reply *reply, int fd, bool wait)
{
    return reply_write(reply->bytes, reply->length, fd, wait);
}

bool reply_write(const uint8_t *bytes, size_t length, int fd, bool wait)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t step = real()->send(fd, bytes + sent, length - sent, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
        if (step < 0 && errno != EINTR) {
            return false;
        }
        sent += step > 0 ? (size_t)step : 0;
    }
    return true;
}
