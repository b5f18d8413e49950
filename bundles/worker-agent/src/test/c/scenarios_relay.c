/* Status requests on connections that live on. Clients ask for /test.php. */
#include "harness.h"
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char script[160];
static int channel;

static void publish(struct pool *pool, const char *status_path)
{
    atomic_fetch_add(&pool->header->settings_seq, 1);
    strcpy(pool->header->status_path, status_path);
    atomic_fetch_add(&pool->header->settings_seq, 1);
}

static void start(struct pool *pool, bool tcp)
{
    pool_boot_php(pool, tcp);
    pool_fork(pool, 0, false);
    strcpy(script, pool_script(pool, "hello.php", "<?php echo 'hello ', strlen(file_get_contents('php://input'));"));
    channel = pool_channel(pool);
    publish(pool, "/test.php");
}

/* Returns the descriptor to answer the next request on. */
static int take_request(void)
{
    uint8_t bytes[65536];
    size_t length;
    return channel_receive(channel, bytes, sizeof(bytes), &length);
}

static void expect_answer(int fd, const char *part)
{
    char text[4096] = "";
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, part) != NULL, "%s, got \"%s\"", part, text);
}

static void expect_end(int fd)
{
    char byte;
    struct pollfd set = {fd, POLLIN, 0};
    EXPECT(poll(&set, 1, PATIENCE_MS) == 1 && recv(fd, &byte, 1, 0) <= 0, "the end");
}

/* Another request on the same connection is the program's. */
static void expect_hello(struct pool *pool, int fd)
{
    publish(pool, "");
    client_request(fd, script, "", "123", true);
    expect_answer(fd, "hello 3");
    publish(pool, "/test.php");
}

static const uint8_t page[] = {1, 6, 0, 1, 0, 12, 3, 0, '\r', '\n', '\r', '\n', 't', 'h', 'e', ' ', 'p', 'a', 'g', 'e',
                               0, 0, 0, 1, 3, 0,  1, 0, 8,    0,    0,    0,    0,   0,   0,   0,   0,   0,   0};

static void send_part(int fd, const uint8_t *bytes, size_t length)
{
    EXPECT(send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length, "%zu bytes: %s", length, strerror(errno));
}

static void keeps_connection_behind_a_status(void)
{
    struct pool pool;
    uint8_t bytes[65536];
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp);
        struct scoreboard_slot *slot = pool_slot(&pool, 0);
        int client = client_connect(&pool);
        for (size_t cut = 0; cut < sizeof(page); cut++) {
            size_t length;
            client_request(client, script, "json&full", "", true);
            int handed = channel_receive(channel, bytes, sizeof(bytes), &length);
            EXPECT(bytes[1] == 1 && bytes[9] == 1 && bytes[10] == 0, "BEGIN_REQUEST of a responder, no keep-conn");
            EXPECT(memmem(bytes, length, "SCRIPT_NAME/test.php", 20) != NULL, "the path");
            EXPECT(memmem(bytes, length, "QUERY_STRINGjson&full", 21) != NULL, "the query");
            EXPECT(atomic_load(&slot->stage) == STAGE_INFO && slot->script[0] == '\0', "a worker that is asked");
            send_part(handed, page, cut);
            pause_ms(cut % 8 == 3 ? 2 : 0);
            send_part(handed, page + cut, sizeof(page) - cut);
            expect_answer(client, "the page");
            uint64_t seen = 2 * cut + 1;
            EXPECT(atomic_load(&slot->requests) == seen, "%lu requests counted before the answer ends",
                   (unsigned long)seen);
            char byte;
            EXPECT(recv(handed, &byte, 1, 0) == 0, "the worker's end");
            close(handed);
            expect_hello(&pool, client);
        }
        EXPECT(atomic_load(&slot->connections) == 1, "one connection");
        EXPECT(atomic_load(&slot->accepted) == 2 * sizeof(page), "each request counted once");
        close(client);
        AWAIT(atomic_load(&slot->stage) == STAGE_ACCEPTING);
        close(channel);
        pool_end(&pool);
    }
}

/* A client may send the next request with this one: the master must not get a byte of it, nor it be lost. */
static void leaves_requests_sent_behind_a_status_to_the_program(void)
{
    struct pool pool;
    uint8_t bytes[65536];
    size_t length;
    start(&pool, false);
    int client = client_connect(&pool);
    size_t both = request_bytes(bytes, script, "", "", true);
    both += request_bytes(bytes + both, script, "", "second", true);
    send_part(client, bytes, both);
    int handed = channel_receive(channel, bytes, sizeof(bytes), &length);
    EXPECT(memmem(bytes, length, "second", 6) == NULL, "nothing of the second request");
    publish(&pool, "");
    send_part(handed, page, sizeof(page));
    close(handed);
    expect_answer(client, "the page");
    expect_answer(client, "hello 6");
    expect_hello(&pool, client);
    EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 3, "each counted");
    close(client);
    close(channel);
    pool_end(&pool);
}

static void passes_on_pages_that_no_buffer_holds(void)
{
    static uint8_t bytes[16 + 40 * (8 + 65528)], got[sizeof(bytes)];
    struct pool pool;
    uint8_t *p = bytes;
    for (int i = 0; i < 40; i++) {
        const uint8_t head[8] = {1, 6, 0, 1, 65528 >> 8, 65528 & 0xff, 0, 0};
        memcpy(p, head, sizeof(head));
        memset(p + 8, 3, 65528); /* whatever the page says, it is not taken for the end */
        p += 8 + 65528;
    }
    memcpy(p, page + sizeof(page) - 16, 16);
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp);
        int client = client_connect(&pool);
        client_request(client, script, "", "", true);
        int handed = take_request();
        size_t sent = 0, received = 0;
        while (received < sizeof(bytes)) {
            struct pollfd set[2] = {{client, POLLIN, 0}, {handed, sent < sizeof(bytes) ? POLLOUT : 0, 0}};
            EXPECT(poll(set, 2, PATIENCE_MS) > 0, "progress, at %zu of %zu", received, sizeof(bytes));
            ssize_t step = send(handed, bytes + sent, sizeof(bytes) - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            sent += step > 0 ? (size_t)step : 0;
            step = recv(client, got + received, sizeof(got) - received, MSG_DONTWAIT);
            EXPECT(step != 0, "no end, at %zu", received);
            received += step > 0 ? (size_t)step : 0;
        }
        EXPECT(memcmp(bytes, got, sizeof(bytes)) == 0, "every byte");
        close(handed);
        expect_hello(&pool, client);
        close(client);
        close(channel);
        pool_end(&pool);
    }
}

static void keeps_connection_when_nobody_answers(void)
{
    struct pool pool;
    start(&pool, false);
    int client = client_connect(&pool);
    client_request(client, script, "", "", true);
    close(take_request()); /* a master that dies has closed it */
    expect_answer(client, "Status: 503 ");
    expect_hello(&pool, client);

    client_request(client, script, "", "", true);
    int silent = take_request();
    expect_answer(client, "Status: 503 ");
    expect_hello(&pool, client);
    EXPECT(send(silent, page, sizeof(page), MSG_NOSIGNAL) < 0 && errno == EPIPE, "nobody to answer any more");
    close(silent);

    close(channel);
    close(pool.master); /* now the zygote has the channel alone */
    for (int i = 0; i < 20; i++) {
        client_request(client, script, "", "", true);
        expect_answer(client, "Status: 503 ");
        expect_hello(&pool, client);
    }
    EXPECT(atomic_load(&pool_slot(&pool, 0)->connections) == 1, "one connection");
    union message message;
    pool_connect(&pool);
    pool_receive(&pool, CONTROL_HELLO, &message);
    pool_receive(&pool, CONTROL_WORKER, &message);
    close(client);
    pool_end(&pool);
}

static void ends_connection_behind_a_page_that_was_cut(void)
{
    struct pool pool;
    char part[sizeof(page)];
    start(&pool, false);
    for (size_t cut = 1; cut < sizeof(page); cut += 5) {
        int client = client_connect(&pool);
        client_request(client, script, "", "", true);
        int handed = take_request();
        send_part(handed, page, cut);
        close(handed);
        EXPECT(recv(client, part, cut, MSG_WAITALL) == (ssize_t)cut, "what there was");
        expect_end(client);
        close(client);
    }
    publish(&pool, "");
    client_expect(&pool, script, "", "", "hello 0");
    close(channel);
    pool_end(&pool);
}

static void outlives_clients_that_leave_before_the_answer(void)
{
    struct pool pool;
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp);
        int client = client_connect(&pool);
        client_request(client, script, "", "", true);
        int handed = take_request();
        close(client);
        send_part(handed, page, sizeof(page));
        close(handed);
        AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_ACCEPTING);
        EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 1, "counted");
        close(channel);
        pool_end(&pool);
    }
}

static void leaves_after_the_status_when_told_before(void)
{
    struct pool pool;
    union message message;
    start(&pool, false);
    pid_t worker = atomic_load(&pool_slot(&pool, 0)->pid);
    int client = client_connect(&pool);
    client_request(client, script, "", "", true);
    int handed = take_request();
    pool_retire(&pool, 0, worker);
    send_part(handed, page, sizeof(page));
    close(handed);
    expect_answer(client, "the page");
    expect_end(client);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.wait_status == 0, "an orderly end, got %x", message.exited.wait_status);
    close(client);
    close(channel);
    pool_end(&pool);
}

/* Also in pieces: what the program has a part of cannot be answered by another. */
static void keeps_connection_however_the_request_is_cut(void)
{
    struct pool pool;
    uint8_t bytes[4096];
    start(&pool, false);
    int client = client_connect(&pool);
    size_t length = request_bytes(bytes, script, "", "12345", true), rounds = 0;
    for (size_t cut = 1; cut < length; cut += 5, rounds++) {
        send_part(client, bytes, cut);
        pause_ms(2);
        send_part(client, bytes + cut, length - cut);
        int handed = take_request();
        send_part(handed, page, sizeof(page));
        close(handed);
        expect_answer(client, "the page");
        publish(&pool, "/other");
        send_part(client, bytes, cut);
        pause_ms(2);
        send_part(client, bytes + cut, length - cut);
        expect_answer(client, "hello 5");
        publish(&pool, "/test.php");
    }
    EXPECT(atomic_load(&pool_slot(&pool, 0)->connections) == 1, "one connection");
    EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 2 * rounds, "each counted");
    close(client);
    close(channel);
    pool_end(&pool);
}

/* One that does not come in time cannot be waited for: such a connection is the master's. */
static void hands_connection_over_whose_request_is_still_coming(void)
{
    struct pool pool;
    uint8_t bytes[4096];
    start(&pool, false);
    int client = client_connect(&pool);
    size_t length = request_bytes(bytes, script, "", "12345", true);
    send_part(client, bytes, length - 12);
    int handed = take_request();
    AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_ACCEPTING);
    send_part(handed, page, sizeof(page));
    expect_answer(client, "the page");
    close(handed);
    expect_end(client);
    close(client);
    close(channel);
    pool_end(&pool);
}

const struct scenario relay_scenarios[] = {
    {"keeps_connection_behind_a_status", keeps_connection_behind_a_status},
    {"leaves_requests_sent_behind_a_status_to_the_program", leaves_requests_sent_behind_a_status_to_the_program},
    {"passes_on_pages_that_no_buffer_holds", passes_on_pages_that_no_buffer_holds},
    {"keeps_connection_when_nobody_answers", keeps_connection_when_nobody_answers},
    {"ends_connection_behind_a_page_that_was_cut", ends_connection_behind_a_page_that_was_cut},
    {"outlives_clients_that_leave_before_the_answer", outlives_clients_that_leave_before_the_answer},
    {"leaves_after_the_status_when_told_before", leaves_after_the_status_when_told_before},
    {"keeps_connection_however_the_request_is_cut", keeps_connection_however_the_request_is_cut},
    {"hands_connection_over_whose_request_is_still_coming", hands_connection_over_whose_request_is_still_coming},
    {0}};
