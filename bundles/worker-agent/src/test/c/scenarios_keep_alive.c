/* Kept-alive connections: served on, and given up when somebody else needs the worker. */
#include "harness.h"
#include "scenarios.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char script[128];

static void start(struct pool *pool, bool tcp, int workers)
{
    pool_boot_php(pool, tcp);
    for (int i = 0; i < workers; i++) {
        pool_fork(pool, (uint32_t)i, false);
    }
    strcpy(script, pool_script(pool, "hello.php", "<?php echo 'hello ', strlen(file_get_contents('php://input'));"));
}

static void expect_hello(int fd, const char *body, const char *answer)
{
    char text[4096] = "";
    client_request(fd, script, "", body, true);
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, answer) != NULL, "%s, got \"%s\"", answer, text);
}

static void expect_end(int fd)
{
    char byte;
    struct pollfd set = {fd, POLLIN, 0};
    EXPECT(poll(&set, 1, PATIENCE_MS) == 1 && recv(fd, &byte, 1, 0) == 0, "the end: %s", strerror(errno));
}

static void await_idle(struct pool *pool, uint32_t slot)
{
    AWAIT((atomic_load(&pool_slot(pool, slot)->flags) & FLAG_KEPT_ALIVE_IDLE) != 0);
}

static void serves_many_requests_on_one_connection(void)
{
    struct pool pool;
    for (int tcp = 0; tcp < 2; tcp++) {
        start(&pool, tcp, 1);
        int fd = client_connect(&pool);
        for (int i = 0; i < 50; i++) {
            expect_hello(fd, i % 3 == 0 ? "12345" : "", i % 3 == 0 ? "hello 5" : "hello 0");
        }
        struct scoreboard_slot *slot = pool_slot(&pool, 0);
        EXPECT(atomic_load(&slot->requests) == 50 && atomic_load(&slot->accepted) == 50, "50 requests");
        EXPECT(atomic_load(&slot->connections) == 1, "one connection");
        await_idle(&pool, 0);
        EXPECT(atomic_load(&slot->stage) == STAGE_READING_HEADERS, "stage %u", atomic_load(&slot->stage));
        expect_hello(fd, "", "hello 0");
        close(fd);
        AWAIT(atomic_load(&slot->stage) == STAGE_ACCEPTING);
        EXPECT((atomic_load(&slot->flags) & FLAG_KEPT_ALIVE_IDLE) == 0, "no longer idle on a connection");
        pool_end(&pool);
    }
}

static void serves_requests_sent_before_they_are_answered(void)
{
    struct pool pool;
    char text[4096];
    start(&pool, false, 1);
    int fd = client_connect(&pool);
    client_request(fd, script, "", "123", true);
    client_request(fd, script, "", "", true);
    client_request(fd, script, "", "1234567", true);
    const char *answers[] = {"hello 3", "hello 0", "hello 7"};
    for (int i = 0; i < 3; i++) {
        EXPECT(client_response(fd, text, sizeof(text)), "an answer");
        EXPECT(strstr(text, answers[i]) != NULL, "%s, got %s", answers[i], text);
    }
    EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 3, "three requests");
    close(fd);
    pool_end(&pool);
}

static bool has_ended(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Pins every worker to a connection of its own; on a busy machine one may be given up before all are pinned. */
static void pin_all(struct pool *pool, int *fds, uint32_t count)
{
    int64_t end = now_ms() + PATIENCE_MS;
    for (uint32_t i = 0; i < count; i++) {
        fds[i] = -1;
    }
    for (uint32_t idle = 0; idle < count;) {
        EXPECT(now_ms() < end, "%u workers pinned", count);
        for (uint32_t i = 0; i < count; i++) {
            if (fds[i] < 0 || has_ended(fds[i])) {
                close(fds[i]);
                fds[i] = client_connect(pool);
                expect_hello(fds[i], "", "hello");
            }
        }
        idle = 0;
        for (uint32_t i = 0; i < count; i++) {
            idle += (atomic_load(&pool_slot(pool, i)->flags) & FLAG_KEPT_ALIVE_IDLE) != 0;
        }
        pause_ms(1);
    }
}

static bool is_in_accept(struct pool *pool, uint32_t slot)
{
    return atomic_load(&pool_slot(pool, slot)->stage) == STAGE_ACCEPTING;
}

static bool nobody_works(struct pool *pool, uint32_t count)
{
    bool works = false;
    for (uint32_t i = 0; i < count; i++) {
        bool kept = (atomic_load(&pool_slot(pool, i)->flags) & FLAG_KEPT_ALIVE_IDLE) != 0;
        works |= !kept && !is_in_accept(pool, i);
    }
    return !works;
}

static void gives_an_idle_connection_up_when_somebody_waits(void)
{
    struct pool pool;
    for (int tcp = 0; tcp < 2; tcp++) {
        int fds[8], worst_ms = 0, given_up = 0;
        start(&pool, tcp, 8);
        pin_all(&pool, fds, 8);
        for (int i = 0; i < 20; i++) {
            int64_t began = now_ms();
            client_expect(&pool, script, "", "", "hello");
            int took = (int)(now_ms() - began);
            worst_ms = took > worst_ms ? took : worst_ms;
            AWAIT(nobody_works(&pool, 8));
        }
        for (int i = 0; i < 8; i++) {
            given_up += has_ended(fds[i]);
            close(fds[i]);
        }
        printf("worst wait %d ms, %d given up\n", worst_ms, given_up);
        EXPECT(given_up >= 1, "a connection given up");
        /* who got no processor for so long looked busy, and the next one gave up too */
        EXPECT(given_up < 5 || worst_ms >= 5, "few connections given up, not %d", given_up);
        pool_end(&pool);
    }
}

static void lets_idle_workers_take_new_connections_first(void)
{
    struct pool pool;
    int given_up = 0, slow = 0;
    start(&pool, false, 2);
    int kept = client_connect(&pool);
    expect_hello(kept, "", "hello");
    for (int i = 0; i < 300; i++) {
        AWAIT(nobody_works(&pool, 2) && (is_in_accept(&pool, 0) || is_in_accept(&pool, 1)));
        int64_t began = now_ms();
        client_expect(&pool, script, "", "", "hello");
        slow += now_ms() - began >= 30; /* the idle worker got no processor */
        if (has_ended(kept)) {
            close(kept);
            kept = client_connect(&pool);
            expect_hello(kept, "", "hello");
            given_up++;
        }
    }
    EXPECT(given_up <= slow, "%d connections given up, %d slow", given_up, slow);
    close(kept);
    pool_end(&pool);
}

static void retires_a_worker_that_idles_on_a_connection(void)
{
    struct pool pool;
    union message message;
    start(&pool, false, 1);
    int fd = client_connect(&pool);
    expect_hello(fd, "", "hello");
    await_idle(&pool, 0);
    pool_retire(&pool, 0, atomic_load(&pool_slot(&pool, 0)->pid));
    expect_end(fd);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
    close(fd);
    pool_end(&pool);
}

static void gives_an_idle_connection_up_after_its_time(void)
{
    struct pool pool;
    start(&pool, false, 1);
    atomic_fetch_add(&pool.header->settings_seq, 1);
    atomic_store(&pool.header->keep_idle_ms, 50);
    atomic_fetch_add(&pool.header->settings_seq, 1);
    int fd = client_connect(&pool);
    int64_t began = now_ms(); /* after the answer it may be too late: the worker idles from then on */
    expect_hello(fd, "", "hello");
    expect_end(fd);
    EXPECT(now_ms() - began >= 50, "not before its time: %d ms", (int)(now_ms() - began));
    AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_ACCEPTING);
    close(fd);
    pool_end(&pool);
}

static void recycles_after_max_requests(void)
{
    struct pool pool;
    union message message;
    start(&pool, false, 0);
    atomic_store(&pool.header->max_requests, 3);
    atomic_fetch_add(&pool.header->settings_seq, 2);
    pid_t pid = pool_fork(&pool, 0, false);
    int fd = client_connect(&pool);
    for (int i = 0; i < 3; i++) {
        expect_hello(fd, "", "hello");
    }
    expect_end(fd);
    close(fd);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.pid == pid && message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
    pool_fork(&pool, 1, false);
    for (int i = 0; i < 3; i++) {
        client_expect(&pool, script, "", "", "hello");
    }
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.slot == 1 && message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
    EXPECT(atomic_load(&pool_slot(&pool, 1)->requests) == 3, "three requests");
    pool_end(&pool);
}

/* A front end with keep-alive against workers that come and go: an end at a record boundary, never within an answer. */
static void never_ends_a_connection_within_an_answer(void)
{
    struct pool pool;
    union message message;
    char text[4096];
    start(&pool, false, 2);
    int fd = -1, refused = 0, answered = 0;
    bool retiring = false;
    uint32_t turn = 0;
    int64_t end = now_ms() + PATIENCE_MS;
    while (answered < 500 || refused < 4) {
        EXPECT(now_ms() < end, "%d answered, %d connections given up", answered, refused);
        if (!retiring) {
            uint32_t slot = turn++ % 2;
            pool_retire(&pool, slot, atomic_load(&pool_slot(&pool, slot)->pid));
            retiring = true;
        }
        for (bool done = false; !done;) {
            if (fd < 0) {
                fd = client_connect(&pool);
            }
            uint8_t bytes[4096];
            size_t length = request_bytes(bytes, script, "", "", true);
            ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
            done = sent == (ssize_t)length && client_response(fd, text, sizeof(text));
            EXPECT(done || sent < 0, "a request that was taken is answered (%d answered)", answered);
            if (!done) {
                close(fd);
                fd = -1;
                refused++;
            }
        }
        answered++;
        struct pollfd set = {pool.master, POLLIN, 0};
        while (poll(&set, 1, 0) == 1) {
            pool_receive(&pool, CONTROL_EXITED, &message);
            pool_fork(&pool, message.exited.slot, false);
            retiring = false;
        }
    }
    printf("%d answered, %d refused and sent elsewhere\n", answered, refused);
    close(fd);
    if (retiring) {
        pool_receive(&pool, CONTROL_EXITED, &message);
    }
    pool_end(&pool);
}

const struct scenario keep_alive_scenarios[] = {
    {"serves_many_requests_on_one_connection", serves_many_requests_on_one_connection},
    {"serves_requests_sent_before_they_are_answered", serves_requests_sent_before_they_are_answered},
    {"gives_an_idle_connection_up_when_somebody_waits", gives_an_idle_connection_up_when_somebody_waits},
    {"lets_idle_workers_take_new_connections_first", lets_idle_workers_take_new_connections_first},
    {"retires_a_worker_that_idles_on_a_connection", retires_a_worker_that_idles_on_a_connection},
    {"gives_an_idle_connection_up_after_its_time", gives_an_idle_connection_up_after_its_time},
    {"recycles_after_max_requests", recycles_after_max_requests},
    {"never_ends_a_connection_within_an_answer", never_ends_a_connection_within_an_answer},
    {0}};
