/*
 * One packet of a SOCK_SEQPACKET pair per request: the descriptor to answer on, and the bytes of a FastCGI stream that
 * asks for the same page again, without keep-conn because the master serves no script. The zygote holds the master's
 * end too. So a packet is never lost: a master reads it, or the next one, or the zygote answers while there is none.
 */
#include "handover.h"

#include "agent.h"
#include "real.h"
#include "record.h"
#include "reply.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define REFUSED_AT_ONCE 64
#define STREAM_BYTES 2048

static bool shut; /* somebody with the pool's rights has shut the pair down; an end that stays readable is not watched */

bool handover_create(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0
           && descriptor_keep(FD_HANDOVER, ends[0]) >= 0 && descriptor_keep(FD_HANDOVER_MASTER, ends[1]) >= 0;
}

struct stream {
    size_t length;
    uint8_t bytes[STREAM_BYTES];
};

static void put(struct stream *stream, const void *bytes, size_t length)
{
    memcpy(stream->bytes + stream->length, bytes, length);
    stream->length += length;
}

static void put_head(struct stream *stream, enum record_type type, uint16_t id, size_t length)
{
    struct record_head head = record_head(type, id, length, 0);
    put(stream, &head, sizeof(head));
}

static void put_param(struct stream *stream, const char *name, const char *value)
{
    size_t length = strlen(value);
    uint8_t lengths[5] = {(uint8_t)strlen(name), 0x80, 0, (uint8_t)(length >> 8), (uint8_t)length};
    put(stream, lengths, sizeof(lengths));
    put(stream, name, strlen(name));
    put(stream, value, length);
}

/* The texts are those of the scoreboard, so the longest stream fits: 688 bytes and the names. */
static void put_request(struct stream *stream, uint16_t id, const char *uri, const struct params *params)
{
    static const uint8_t responder[8] = {0, 1};
    struct stream pairs = {0};
    if (params_sent(params, SENT_METHOD)) {
        put_param(&pairs, "REQUEST_METHOD", params->text.method);
    }
    put_param(&pairs, "SCRIPT_NAME", uri);
    put_param(&pairs, "SCRIPT_FILENAME", ""); /* that it was sent counts, not what it says */
    put_param(&pairs, "QUERY_STRING", params->text.query);
    put_head(stream, BEGIN_REQUEST, id, sizeof(responder));
    put(stream, responder, sizeof(responder));
    put_head(stream, PARAMS, id, pairs.length);
    put(stream, pairs.bytes, pairs.length);
    put_head(stream, PARAMS, id, 0);
}

static bool send_packet(int fd, const struct stream *stream, const uint8_t *rest, size_t rest_length)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec parts[2] = {{(void *)(uintptr_t)stream->bytes, stream->length},
                             {(void *)(uintptr_t)rest, rest_length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = rest_length > 0 ? 2 : 1, .msg_control = &control,
                             .msg_controllen = sizeof(control.space)};
    memset(&control, 0, sizeof(control));
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
    ssize_t sent;
    do {
        sent = real()->sendmsg(agent.fds[FD_HANDOVER], &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

bool handover_send(int fd, uint16_t request_id, const char *uri, const struct params *params, const uint8_t *rest,
                   size_t rest_length)
{
    struct stream stream = {0};
    int dead[2];
    if (agent.fds[FD_HANDOVER] < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, dead) != 0) {
        return false;
    }
    real()->close(dead[1]);
    put_request(&stream, request_id, uri, params);
    bool sent = send_packet(fd, &stream, rest, rest_length);
    if (sent) {
        worker_forget_idle(fd); /* by the number, which goes on meaning the client's connection there */
        real()->dup3(dead[0], fd, O_CLOEXEC);
    }
    real()->close(dead[0]);
    return sent;
}

int handover_ask(uint16_t request_id, const char *uri, const struct params *params)
{
    struct stream stream = {0};
    int ends[2];
    if (agent.fds[FD_HANDOVER] < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return -1;
    }
    put_request(&stream, request_id, uri, params);
    bool sent = send_packet(ends[1], &stream, NULL, 0);
    real()->close(ends[1]);
    if (!sent) {
        real()->close(ends[0]);
        return -1;
    }
    return ends[0];
}

/* The one descriptor of a packet. More than one come from nobody honest, and would stay open. */
static int descriptor_of(struct msghdr *message)
{
    int first = -1;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= head->cmsg_len; at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + at, sizeof(int));
            if (first < 0) {
                first = fd;
            } else {
                real()->close(fd);
            }
        }
    }
    return first;
}

bool handover_is_open(void)
{
    return !shut;
}

void handover_refuse_all(void)
{
    static struct reply reply;
    for (int i = 0; i < REFUSED_AT_ONCE; i++) {
        union {
            struct cmsghdr head;
            char space[CMSG_SPACE(sizeof(int))];
        } control;
        uint8_t head[8] = {0};
        struct iovec part = {head, sizeof(head)};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                                 .msg_controllen = sizeof(control.space)};
        ssize_t received =
            real()->recvmsg(agent.fds[FD_HANDOVER_MASTER], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (received < 0) {
            return;
        }
        int fd = descriptor_of(&message);
        if (fd >= 0) {
            reply_unavailable(&reply, (uint16_t)(head[2] << 8 | head[3]));
            reply_send(&reply, fd, false);
            real()->close(fd);
        } else if (received == 0) {
            shut = true;
            return;
        }
    }
}
