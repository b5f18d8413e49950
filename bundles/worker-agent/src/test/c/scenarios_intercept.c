/* Requests the program does not see: ping and status. Clients ask for /test.php. */
#include "harness.h"
#include "scenarios.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char script[160];

static void publish(struct pool *pool, const char *status_path, const char *ping_path, const char *response)
{
    atomic_fetch_add(&pool->header->settings_seq, 1);
    strcpy(pool->header->status_path, status_path);
    strcpy(pool->header->ping_path, ping_path);
    strcpy(pool->header->ping_response, response);
    atomic_fetch_add(&pool->header->settings_seq, 1);
}

static void start(struct pool *pool, bool tcp)
{
    static char *const php[] = {PHP_CGI, NULL};
    need(access(PHP_CGI, X_OK) == 0, PHP_CGI);
    pool_create(pool, tcp);
    pool_boot(pool, php);
    pool_fork(pool, 0, true);
    strcpy(script, pool_script(pool, "hello.php", "<?php echo 'hello ', strlen(file_get_contents('php://input'));"));
}

static void expect_on(int fd, const char *file, const char *body, const char *part)
{
    char text[8192] = "";
    client_request(fd, file, "", body, true);
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, part) != NULL, "%s, got \"%s\"", part, text);
}

static void answers_ping_without_the_program(void)
{
    struct pool pool;
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp);
        client_expect(&pool, script, "", "", "hello 0");
        publish(&pool, "", "/test.php", "pong <b>");
        client_expect(&pool, script, "", "",
                      "Content-type: text/plain;charset=UTF-8\r\nExpires: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                      "Cache-Control: no-cache, no-store, must-revalidate, max-age=0\r\n\r\npong <b>");
        client_expect(&pool, "/no/such/file", "", "12345", "pong <b>");
        int fd = client_connect(&pool);
        for (int i = 0; i < 3; i++) {
            expect_on(fd, script, "", "pong <b>");
        }
        publish(&pool, "", "/other", "pong");
        expect_on(fd, script, "123", "hello 3");
        publish(&pool, "", "/test.php", "yes");
        expect_on(fd, script, "", "yes");
        close(fd);
        struct scoreboard_slot *slot = pool_slot(&pool, 0);
        AWAIT(atomic_load(&slot->stage) == STAGE_ACCEPTING);
        EXPECT(atomic_load(&slot->requests) == 8 && atomic_load(&slot->accepted) == 8, "8 requests, got %lu",
               (unsigned long)atomic_load(&slot->requests));
        pool_end(&pool);
    }
}

/* The way of a request in pieces: none may be lost, none be answered twice. */
static void answers_ping_however_it_is_cut(void)
{
    struct pool pool;
    uint8_t bytes[4096];
    char text[4096];
    start(&pool, false);
    publish(&pool, "", "/test.php", "pong");
    size_t length = request_bytes(bytes, script, "", "", false);
    for (size_t cut = 1; cut < length; cut += 7) {
        int fd = client_connect(&pool);
        EXPECT(send(fd, bytes, cut, MSG_NOSIGNAL) == (ssize_t)cut, "%zu bytes", cut);
        pause_ms(2);
        EXPECT(send(fd, bytes + cut, length - cut, MSG_NOSIGNAL) == (ssize_t)(length - cut), "the rest");
        EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, "pong") != NULL, "pong at cut %zu", cut);
        close(fd);
    }
    pool_end(&pool);
}

static const uint8_t answer[] = {1, 6, 0, 1, 0, 12, 0, 0, '\r', '\n', '\r', '\n', 't', 'h', 'e', ' ', 'p', 'a', 'g', 'e',
                                 1, 3, 0, 1, 0, 8,  0, 0, 0,    0,    0,    0,    0,   0,   0,   0};

static void hands_status_over_and_serves_on(void)
{
    struct pool pool;
    uint8_t bytes[65536];
    char text[4096];
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp);
        publish(&pool, "/test.php", "", "");
        int channel = pool_channel(&pool);
        for (int i = 0; i < 2; i++) {
            size_t length;
            int client = client_connect(&pool);
            client_request(client, script, "json&full", i == 1 ? "12345" : "", false);
            int handed = channel_receive(channel, bytes, sizeof(bytes), &length);
            EXPECT(bytes[1] == 1 && bytes[9] == 1 && bytes[10] == 0, "BEGIN_REQUEST of a responder, no keep-conn");
            EXPECT(memmem(bytes, length, "SCRIPT_NAME/test.php", 20) != NULL, "the path");
            EXPECT(memmem(bytes, length, "QUERY_STRINGjson&full", 21) != NULL, "the query");
            EXPECT(i != 1 || memmem(bytes, length, "12345", 5) != NULL, "what was read behind the parameters");
            AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_ACCEPTING);
            EXPECT(send(handed, answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer), "an answer");
            close(handed);
            EXPECT(client_response(client, text, sizeof(text)) && strstr(text, "the page") != NULL, "the page");
            EXPECT(recv(client, text, 1, 0) <= 0, "the end");
            close(client);
            publish(&pool, "", "", "");
            client_expect(&pool, script, "", "abc", "hello 3");
            publish(&pool, "/test.php", "", "");
        }
        close(channel);
        pool_end(&pool);
    }
}

static void tells_that_there_is_no_status_without_a_master(void)
{
    struct pool pool;
    union message message;
    start(&pool, false);
    publish(&pool, "/test.php", "/ping", "pong");
    int client = client_connect(&pool); /* waits in the channel when the master goes */
    client_request(client, script, "", "", false);
    AWAIT(atomic_load(&pool_slot(&pool, 0)->requests) == 1);
    close(pool.master);
    char text[4096];
    EXPECT(client_response(client, text, sizeof(text)) && strstr(text, "Status: 503 ") != NULL, "503, got %s", text);
    close(client);
    client_expect(&pool, script, "", "", "Status: 503 Service Unavailable\r\n");
    publish(&pool, "/status", "/test.php", "pong");
    client_expect(&pool, script, "", "", "pong");
    pool_connect(&pool);
    pool_receive(&pool, CONTROL_HELLO, &message);
    pool_receive(&pool, CONTROL_WORKER, &message);
    publish(&pool, "/test.php", "", "");
    int channel = pool_channel(&pool);
    uint8_t bytes[4096];
    size_t length;
    client = client_connect(&pool);
    client_request(client, script, "", "", false);
    int handed = channel_receive(channel, bytes, sizeof(bytes), &length);
    EXPECT(send(handed, answer, sizeof(answer), MSG_NOSIGNAL) == sizeof(answer), "an answer");
    EXPECT(client_response(client, text, sizeof(text)) && strstr(text, "the page") != NULL, "the page");
    close(handed);
    close(client);
    close(channel);
    pool_end(&pool);
}

static void says_503_when_nobody_takes_the_connections(void)
{
    struct pool pool;
    int clients[400];
    char text[4096];
    int refused = 0;
    start(&pool, false);
    publish(&pool, "/test.php", "", "");
    int channel = pool_channel(&pool); /* a master that takes none */
    for (int i = 0; i < 400; i++) {
        clients[i] = client_connect(&pool);
        client_request(clients[i], script, "", "", false);
        AWAIT(atomic_load(&pool_slot(&pool, 0)->requests) == (uint64_t)i + 1);
        struct pollfd set = {clients[i], POLLIN, 0};
        if (poll(&set, 1, 0) == 1 && client_response(clients[i], text, sizeof(text))) {
            EXPECT(strstr(text, "Status: 503 ") != NULL, "503, got %s", text);
            refused++;
        }
    }
    EXPECT(refused > 0, "some are told so");
    for (int i = 0; i < 400; i++) {
        close(clients[i]);
    }
    close(channel);
    publish(&pool, "", "", "");
    client_expect(&pool, script, "", "", "hello 0");
    pool_end(&pool);
}

const struct scenario intercept_scenarios[] = {
    {"answers_ping_without_the_program", answers_ping_without_the_program},
    {"answers_ping_however_it_is_cut", answers_ping_however_it_is_cut},
    {"hands_status_over_and_serves_on", hands_status_over_and_serves_on},
    {"tells_that_there_is_no_status_without_a_master", tells_that_there_is_no_status_without_a_master},
    {"says_503_when_nobody_takes_the_connections", says_503_when_nobody_takes_the_connections},
    {0}};
