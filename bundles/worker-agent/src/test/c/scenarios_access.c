/* Access records: what a worker says of a finished request, and what it does when nobody listens. */
#include "../../main/c/access.h"

#include "harness.h"
#include "scenarios.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

struct record {
    struct access_record head;
    char bytes[ACCESS_RECORD_BYTES];
};

static void put_settings(struct pool *pool, uint32_t access_log, const char *names, size_t length)
{
    uint32_t seq = atomic_load(&pool->header->settings_seq);
    atomic_store(&pool->header->settings_seq, seq + 1);
    atomic_store(&pool->header->access_log, access_log);
    memset(pool->header->access_names, 0, ACCESS_NAMES_BYTES);
    memcpy(pool->header->access_names, names, length);
    atomic_store(&pool->header->settings_seq, seq + 2);
}

/* Returns the pipe the master reads. */
static int hand_over(struct pool *pool)
{
    union message message;
    pool_order(pool, CONTROL_HANDOVER, 0, 0);
    pool_receive(pool, CONTROL_FDS, &message);
    EXPECT(pool->received_fd_count > 3, "the pipe, got %d", pool->received_fd_count);
    return pool->received_fds[3];
}

static void receive(int pipe, struct record *record)
{
    struct pollfd set = {pipe, POLLIN, 0};
    EXPECT(poll(&set, 1, PATIENCE_MS) == 1, "a record in time");
    EXPECT(read(pipe, &record->head, sizeof(record->head)) == (ssize_t)sizeof(record->head), "a head");
    size_t rest = record->head.length - sizeof(record->head);
    EXPECT(rest <= sizeof(record->bytes), "%u bytes", record->head.length);
    EXPECT(read(pipe, record->bytes, rest) == (ssize_t)rest, "the rest of %u bytes", record->head.length);
}

static bool is_empty(int pipe)
{
    struct pollfd set = {pipe, POLLIN, 0};
    return poll(&set, 1, 0) == 0;
}

/* The values as "kind name=value;". */
static const char *values_of(const struct record *record)
{
    static char text[8192];
    const struct access_record *head = &record->head;
    const char *p = record->bytes + head->method_bytes + head->uri_bytes + head->query_bytes + head->script_bytes
                    + head->user_bytes;
    size_t at = 0;
    for (int i = 0; i < head->values; i++) {
        struct access_value value;
        memcpy(&value, p, sizeof(value));
        p += sizeof(value);
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%c %.*s=%.*s;", value.kind, value.name_bytes, p,
                               value.value_bytes, p + value.name_bytes);
        p += value.name_bytes + value.value_bytes;
    }
    text[at] = '\0';
    return text;
}

static const char names[] = "eREQUEST_URI\0eNOBODY\0oX-Answer\0oContent-type\0";

static void writes_a_record_for_each_finished_request(void)
{
    struct pool pool;
    struct record record;
    char text[4096];
    pool_boot_php(&pool, true);
    put_settings(&pool, ACCESS_LOG_ON | ACCESS_LOG_CPU, names, sizeof(names));
    int pipe = hand_over(&pool);
    pid_t pid = pool_fork(&pool, 0, false);
    const char *script = pool_script(
        &pool, "a.php",
        "<?php http_response_code(404); header('X-Answer: 42'); header('X-Answer: 43', false);"
        " for ($i = 0; $i < 3000000; $i++); echo str_repeat('x', 300000);");
    for (int keep = 0; keep < 2; keep++) {
        int fd = client_connect(&pool);
        for (int i = 0; i <= keep; i++) {
            client_request(fd, script, "q=1", "body", keep);
            EXPECT(client_response(fd, text, sizeof(text)), "an answer");
            receive(pipe, &record);
            const struct access_record *head = &record.head;
            EXPECT(head->version == ACCESS_VERSION && head->pid == pid, "pid %d", head->pid);
            EXPECT(head->status == 404, "status %u", head->status);
            EXPECT(head->content_length == 4, "content length %d", (int)head->content_length);
            EXPECT(head->memory_bytes > 100000, "memory %d", (int)head->memory_bytes);
            EXPECT(head->duration_ns > 1000000, "duration %d", (int)head->duration_ns);
            EXPECT(head->user_us > 0 && (head->user_us + head->system_us) * 1000 < head->duration_ns + 20000000,
                   "CPU %d us", (int)head->user_us);
            static const uint8_t loopback[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
            EXPECT(memcmp(head->client, loopback, sizeof(loopback)) == 0, "127.0.0.1");
            EXPECT(strncmp(record.bytes, "POST/test.phpq=1", 16) == 0, "%.16s", record.bytes);
            EXPECT(strstr(record.bytes, "a.phpalice") != NULL, "%s", record.bytes);
            const char *values = values_of(&record);
            EXPECT(strcmp(values, "e REQUEST_URI=/test.php?from=client;o X-Answer=42;"
                                  "o Content-type=text/html; charset=UTF-8;") == 0,
                   "%s", values);
        }
        close(fd);
    }
    pool_end(&pool);
}

static void logs_what_the_program_does_not_see(void)
{
    struct pool pool;
    struct record record;
    pool_boot_php(&pool, false);
    strcpy(pool.header->status_path, "/test.php");
    put_settings(&pool, ACCESS_LOG_ON, "oContent-type\0", 14);
    int pipe = hand_over(&pool);
    pool_fork(&pool, 0, false);
    int fd = client_connect(&pool);
    client_request(fd, "/no/such", "full", "", false);
    receive(pipe, &record);
    EXPECT(record.head.status == 200 && record.head.values == 0, "the status: %u", record.head.status);
    EXPECT(strncmp(record.bytes, "GET/test.phpfullalice", 21) == 0, "%.21s", record.bytes);
    close(fd);
    strcpy(pool.header->ping_path, "/test.php");
    strcpy(pool.header->ping_response, "pong");
    put_settings(&pool, ACCESS_LOG_ON, "oContent-type\0", 14);
    fd = client_connect(&pool);
    char text[4096];
    for (int i = 0; i < 2; i++) {
        client_request(fd, "/no/such", "", "", true);
        EXPECT(client_response(fd, text, sizeof(text)), "an answer");
        receive(pipe, &record);
        EXPECT(record.head.status == 200, "the ping: %u", record.head.status);
        EXPECT(strcmp(values_of(&record), "o Content-type=text/plain;charset=UTF-8;") == 0, "%s", values_of(&record));
    }
    close(fd);
    pool_end(&pool);
}

static void follows_the_setting_from_the_next_request_on(void)
{
    struct pool pool;
    struct record record;
    pool_boot_php(&pool, false);
    int pipe = hand_over(&pool);
    pool_fork(&pool, 0, false);
    const char *script = pool_script(&pool, "a.php", "<?php echo 'hello';");
    client_expect(&pool, script, "", "", "hello");
    EXPECT(is_empty(pipe), "nothing while there is no access log");
    put_settings(&pool, ACCESS_LOG_ON, "oX-None\0", 8);
    client_expect(&pool, script, "", "", "hello");
    receive(pipe, &record);
    EXPECT(record.head.status == 200 && record.head.values == 0, "status %u", record.head.status);
    EXPECT(record.head.client[15] == 0 && record.head.user_us == 0, "neither client nor CPU");
    put_settings(&pool, 0, "", 0);
    client_expect(&pool, script, "", "", "hello");
    EXPECT(is_empty(pipe), "nothing again");
    memset(pool.header->access_names, 'e', ACCESS_NAMES_BYTES);
    atomic_store(&pool.header->access_log, ACCESS_LOG_ON);
    atomic_fetch_add(&pool.header->settings_seq, 2);
    client_expect(&pool, script, "", "", "hello");
    receive(pipe, &record);
    EXPECT(record.head.values == 0, "a list without an end has no names");
    pool_end(&pool);
}

static void counts_what_a_full_pipe_does_not_take(void)
{
    struct pool pool;
    struct record record;
    pool_boot_php(&pool, false);
    put_settings(&pool, ACCESS_LOG_ON, "", 0);
    int pipe = hand_over(&pool);
    EXPECT(fcntl(pipe, F_SETPIPE_SZ, 4096) == 4096, "one page");
    pool_fork(&pool, 0, false);
    const char *script = pool_script(&pool, "a.php", "<?php echo 'hello';");
    int sent = 0;
    while (atomic_load(&pool_slot(&pool, 0)->access_dropped) < 3) {
        client_expect(&pool, script, "", "", "hello");
        EXPECT(++sent < 1000, "a full pipe");
    }
    for (int i = 0; i < sent - 3; i++) {
        receive(pipe, &record);
    }
    EXPECT(is_empty(pipe), "%d of %d records", sent - 3, sent);
    client_expect(&pool, script, "", "", "hello");
    receive(pipe, &record);
    close(pipe);
    close(pool.master);
    client_expect(&pool, script, "", "", "hello"); /* no reader but zygote and worker: no SIGPIPE */
    pool_connect(&pool);
    union message message;
    pool_receive(&pool, CONTROL_HELLO, &message);
    pool_receive(&pool, CONTROL_WORKER, &message);
    pipe = hand_over(&pool);
    receive(pipe, &record);
    EXPECT(is_empty(pipe), "what was written without a master waited for the next");
    pool_end(&pool);
}

static void sees_the_status_in_any_way_of_writing(void)
{
    static const char *const styles[] = {"read", "writev", "send", "dup"};
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
        struct pool pool;
        struct record record;
        char *argv[] = {test_program("program"), (char *)(uintptr_t)styles[i], NULL};
        pool_create(&pool, false);
        pool_boot(&pool, argv);
        put_settings(&pool, ACCESS_LOG_ON, "oContent-type\0", 14);
        int pipe = hand_over(&pool);
        pool_fork(&pool, 0, false);
        client_expect(&pool, "/x", "", "", styles[i]);
        receive(pipe, &record);
        EXPECT(record.head.status == 200, "%s: status %u", styles[i], record.head.status);
        close(pipe);
        pool_end(&pool);
    }
}

const struct scenario access_scenarios[] = {
    {"writes_a_record_for_each_finished_request", writes_a_record_for_each_finished_request},
    {"logs_what_the_program_does_not_see", logs_what_the_program_does_not_see},
    {"follows_the_setting_from_the_next_request_on", follows_the_setting_from_the_next_request_on},
    {"counts_what_a_full_pipe_does_not_take", counts_what_a_full_pipe_does_not_take},
    {"sees_the_status_in_any_way_of_writing", sees_the_status_in_any_way_of_writing},
    {0}};
