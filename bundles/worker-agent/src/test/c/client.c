/* A FastCGI front end, as small as it gets. */
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int client_connect(const struct pool *pool)
{
    if (pool->tcp_port != 0) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons(pool->tcp_port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect: %s", strerror(errno));
        return fd;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, pool->listen_path);
    EXPECT(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect: %s", strerror(errno));
    return fd;
}

static uint8_t *record(uint8_t *p, int type, size_t length)
{
    const uint8_t head[8] = {1, (uint8_t)type, 0, 1, (uint8_t)(length >> 8), (uint8_t)length, 0, 0};
    memcpy(p, head, sizeof(head));
    return p + sizeof(head);
}

static uint8_t *length_of(uint8_t *p, size_t length)
{
    if (length >= 128) {
        *p++ = (uint8_t)(length >> 24 | 0x80);
        *p++ = (uint8_t)(length >> 16);
        *p++ = (uint8_t)(length >> 8);
    }
    *p++ = (uint8_t)length;
    return p;
}

static uint8_t *param(uint8_t *p, const char *name, const char *value)
{
    p = length_of(p, strlen(name));
    p = length_of(p, strlen(value));
    memcpy(p, name, strlen(name));
    memcpy(p + strlen(name), value, strlen(value));
    return p + strlen(name) + strlen(value);
}

size_t request_bytes(uint8_t *into, const char *script, const char *query, const char *body, bool keep)
{
    char length[24];
    uint8_t *p = record(into, 1, 8);
    const uint8_t begin[8] = {0, 1, keep};
    memcpy(p, begin, sizeof(begin));
    p += sizeof(begin);
    uint8_t *params = p;
    p += 8;
    snprintf(length, sizeof(length), "%zu", strlen(body));
    p = param(p, "SCRIPT_FILENAME", script);
    p = param(p, "REQUEST_METHOD", body[0] != '\0' ? "POST" : "GET");
    p = param(p, "SCRIPT_NAME", "/test.php");
    p = param(p, "QUERY_STRING", query);
    p = param(p, "REQUEST_URI", "/test.php?from=client");
    p = param(p, "CONTENT_LENGTH", length);
    p = param(p, "CONTENT_TYPE", "application/octet-stream");
    p = param(p, "HTTP_AUTHORIZATION", "Basic YWxpY2U6c2VjcmV0");
    p = param(p, "REDIRECT_STATUS", "200");
    record(params, 4, (size_t)(p - params - 8));
    p = record(p, 4, 0);
    for (size_t left = strlen(body); left > 0;) {
        size_t step = left < 60000 ? left : 60000;
        p = record(p, 5, step);
        memcpy(p, body, step);
        p += step;
        body += step;
        left -= step;
    }
    p = record(p, 5, 0);
    return (size_t)(p - into);
}

void client_request(int fd, const char *script, const char *query, const char *body, bool keep)
{
    uint8_t *bytes = malloc(4096 + strlen(body) * 2);
    size_t length = request_bytes(bytes, script, query, body, keep);
    for (size_t at = 0; at < length;) {
        ssize_t sent = send(fd, bytes + at, length - at, MSG_NOSIGNAL);
        EXPECT(sent > 0, "send: %s", strerror(errno));
        at += (size_t)sent;
    }
    free(bytes);
}

static bool read_fully(int fd, uint8_t *into, size_t length)
{
    for (size_t at = 0; at < length;) {
        struct pollfd set = {fd, POLLIN, 0};
        EXPECT(poll(&set, 1, PATIENCE_MS) == 1, "an answer in time");
        ssize_t received = recv(fd, into + at, length - at, 0);
        if (received <= 0) {
            return false;
        }
        at += (size_t)received;
    }
    return true;
}

bool client_response(int fd, char *text, size_t size)
{
    size_t have = 0;
    for (;;) {
        uint8_t head[8];
        static uint8_t content[65536 + 256];
        if (!read_fully(fd, head, sizeof(head))) {
            return false;
        }
        size_t length = (size_t)(head[4] << 8 | head[5]);
        if (!read_fully(fd, content, length + head[6])) {
            return false;
        }
        if (head[1] == 6 && have + length < size) {
            memcpy(text + have, content, length);
            have += length;
        }
        text[have] = '\0';
        if (head[1] == 3) {
            return true;
        }
    }
}

void client_expect(const struct pool *pool, const char *script, const char *query, const char *body, const char *part)
{
    char text[65536];
    int fd = client_connect(pool);
    client_request(fd, script, query, body, false);
    EXPECT(client_response(fd, text, sizeof(text)), "an answer of %s", script);
    EXPECT(strstr(text, part) != NULL, "\"%s\", got \"%s\"", part, text);
    char rest;
    EXPECT(recv(fd, &rest, 1, 0) == 0, "the end of the connection");
    close(fd);
}
