/* What happens around one request: every way of reading it, and what the scoreboard says of it. */
#include "harness.h"
#include "scenarios.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t checksum(const char *body)
{
    uint32_t sum = 0;
    for (; *body != '\0'; body++) {
        sum = sum * 31 + (uint8_t)*body;
    }
    return sum;
}

static char *body_of(size_t length)
{
    char *body = malloc(length + 1);
    for (size_t i = 0; i < length; i++) {
        body[i] = (char)('a' + (i * 7 + i / 251) % 26);
    }
    body[length] = '\0';
    return body;
}

static void expect_echo(const struct pool *pool, const char *prefix, size_t length)
{
    char expected[128];
    char *body = body_of(length);
    snprintf(expected, sizeof(expected), "%s body=%zu sum=%u", prefix, length, checksum(body));
    client_expect(pool, "/x", "q=1", body, expected);
    free(body);
}

/* Sends a request in pieces of one size, so that records and PARAMS are torn everywhere. */
static void expect_echo_of_pieces(const struct pool *pool, const char *prefix, size_t piece)
{
    char text[4096], expected[128];
    uint8_t bytes[8192];
    char *body = body_of(300);
    size_t length = request_bytes(bytes, "/x", "q=1", body, false);
    int fd = client_connect(pool);
    for (size_t at = 0; at < length; at += piece) {
        size_t step = length - at < piece ? length - at : piece;
        EXPECT(send(fd, bytes + at, step, MSG_NOSIGNAL) == (ssize_t)step, "send");
        if (at / piece % 16 == 0) {
            pause_ms(1);
        }
    }
    snprintf(expected, sizeof(expected), "%s body=300 sum=%u", prefix, checksum(body));
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, expected) != NULL, "%s, got %s", expected, text);
    close(fd);
    free(body);
}

/* One worker, so that every request meets what the one before has left behind. */
static void hands_every_byte_to(const char *style, bool tcp)
{
    struct pool pool;
    union message message;
    char prefix[64];
    char *argv[] = {test_program("program"), (char *)(uintptr_t)style, NULL};
    pool_create(&pool, tcp);
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    snprintf(prefix, sizeof(prefix), "style=%s", style);
    static const size_t lengths[] = {0, 1, 7, 100, 32768, 70000, 300000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        expect_echo(&pool, prefix, lengths[i]);
    }
    expect_echo_of_pieces(&pool, prefix, 1);
    expect_echo_of_pieces(&pool, prefix, 5);
    expect_echo_of_pieces(&pool, prefix, 64);
    pool_retire(&pool, 0, pid);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.wait_status == 0, "%s ends with 0, got %#x", style, message.exited.wait_status);
    pool_end(&pool);
}

static void hands_every_byte_to_every_kind_of_reader(void)
{
    static const char *const styles[] = {"read",   "byte",    "big",  "peek",     "readv", "recvmsg",   "waitall",
                                         "recvfrom", "poll",  "ppoll", "select",  "pselect", "fionread", "epoll",
                                         "nonblock", "dup",   "stdio", "fork",    "writev", "send"};
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
        printf("%s\n", styles[i]);
        fflush(stdout);
        hands_every_byte_to(styles[i], false);
        hands_every_byte_to(styles[i], true);
    }
}

static void survives_programs_that_close_everything(void)
{
    static const char *const styles[] = {"closeloop", "closerange", "closefrom"};
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
        hands_every_byte_to(styles[i], false);
    }
}

static void remembers_what_signals_do(void)
{
    hands_every_byte_to("signals", false);
}

static void drives_libfcgi(void)
{
    struct pool pool;
    union message message;
    char *argv[] = {test_program("fcgi_program"), NULL};
    need(access(argv[0], X_OK) == 0, "libfcgi-dev");
    for (int tcp = 0; tcp < 2; tcp++) {
        pool_create(&pool, tcp);
        pool_boot(&pool, argv);
        pid_t pid = pool_fork(&pool, 0, false);
        expect_echo(&pool, "libfcgi query=q=1", 0);
        expect_echo(&pool, "libfcgi query=q=1", 100000);
        expect_echo_of_pieces(&pool, "libfcgi query=q=1", 3);
        pool_retire(&pool, 0, pid);
        pool_receive(&pool, CONTROL_EXITED, &message);
        EXPECT(message.exited.wait_status == 0, "got %#x", message.exited.wait_status);
        pool_end(&pool);
    }
}

static void uploads_to_php(void)
{
    struct pool pool;
    for (int tcp = 0; tcp < 2; tcp++) {
        pool_boot_php(&pool, tcp);
        pool_fork(&pool, 0, false);
        char script[128];
        strcpy(script, pool_script(&pool, "body.php",
                                   "<?php $b=file_get_contents('php://input'); $s=0; for($i=0;$i<strlen($b);$i++)"
                                   " $s=($s*31+ord($b[$i]))&0xffffffff; echo 'php body=',strlen($b),' sum=',$s;"));
        static const size_t lengths[] = {0, 10, 16384, 300000};
        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
            char expected[64];
            char *body = body_of(lengths[i]);
            snprintf(expected, sizeof(expected), "php body=%zu sum=%u", lengths[i], checksum(body));
            client_expect(&pool, script, "", body, expected);
            free(body);
        }
        /* a body the script does not read, over a connection that must not be reset */
        char *body = body_of(300000);
        client_expect(&pool, pool_script(&pool, "unread.php", "<?php echo str_repeat('y', 40000), 'unread';"), "", body,
                      "unread");
        free(body);
        pool_end(&pool);
    }
}

static void tells_the_scoreboard_about_the_request(void)
{
    struct pool pool;
    char text[4096];
    pool_boot_php(&pool, false);
    pool_fork(&pool, 2, false);
    struct scoreboard_slot *slot = pool_slot(&pool, 2);
    EXPECT(atomic_load(&slot->stage) == STAGE_ACCEPTING && atomic_load(&slot->accepted) == 0, "a new worker");
    char script[128];
    strcpy(script, pool_script(&pool, "gate.php",
                               "<?php while (!file_exists($_GET['gate'])) usleep(1000); echo 'open';"));
    char query[128], gate[96];
    snprintf(gate, sizeof(gate), "%s/gate", pool.directory);
    snprintf(query, sizeof(query), "gate=%s", gate);
    int fd = client_connect(&pool);
    client_request(fd, script, query, "four", false);
    AWAIT(atomic_load(&slot->stage) == STAGE_EXECUTING);
    EXPECT(strcmp(slot->method, "POST") == 0 && strcmp(slot->uri, "/test.php") == 0, "%s %s", slot->method, slot->uri);
    EXPECT(strcmp(slot->query, query) == 0 && strcmp(slot->script, script) == 0, "%s %s", slot->query, slot->script);
    EXPECT(strcmp(slot->user, "alice") == 0, "user alice, got %s", slot->user);
    EXPECT(atomic_load(&slot->content_length) == 4 && atomic_load(&slot->accepted) == 1, "counts");
    EXPECT(atomic_load(&slot->requests) == 0 && atomic_load(&slot->text_seq) % 2 == 0, "counts");
    pause_ms(2); /* or it may have taken less than the millisecond looked for below */
    close(open(gate, O_CREAT | O_WRONLY, 0644));
    EXPECT(client_response(fd, text, sizeof(text)), "an answer");
    EXPECT(atomic_load(&slot->requests) == 1 && atomic_load(&slot->total_requests) == 1, "one request when it is seen");
    EXPECT(atomic_load(&slot->last_duration_ns) > 1000000 && atomic_load(&slot->last_cpu_ns) > 0, "durations");
    EXPECT(atomic_load(&slot->last_memory_bytes) >= 2097152, "PHP's memory");
    struct scoreboard_shared *shared = (struct scoreboard_shared *)((char *)pool.header + SHARED_OFFSET);
    uint64_t counted = 0;
    for (uint32_t i = 0; i < DURATION_BUCKETS; i++) {
        counted += atomic_load(&shared->duration_counts[i]);
    }
    EXPECT(counted == 1 && atomic_load(&shared->duration_counts[0]) == 0, "one duration");
    AWAIT(atomic_load(&slot->stage) == STAGE_ACCEPTING);
    close(fd);
    pool_end(&pool);
}

static void shows_reading_headers_while_the_client_is_silent(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pool_fork(&pool, 0, false);
    int fd = client_connect(&pool);
    AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_READING_HEADERS);
    close(fd);
    AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_ACCEPTING);
    EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 0, "no request");
    pool_end(&pool);
}

static void passes_what_is_not_fastcgi_through(void)
{
    struct pool pool;
    pool_boot_php(&pool, true);
    pid_t pid = pool_fork(&pool, 0, false);
    for (int i = 0; i < 20; i++) {
        char bytes[3000];
        for (size_t j = 0; j < sizeof(bytes); j++) {
            bytes[j] = (char)(i == 0 ? "GET / HTTP/1.0\r\n\r\n"[j % 18] : rand());
        }
        int fd = client_connect(&pool);
        send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
        }
        close(fd);
    }
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    EXPECT(atomic_load(&pool_slot(&pool, 0)->pid) == pid, "the same worker");
    pool_end(&pool);
}

static void keeps_children_of_the_program_out(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pool_fork(&pool, 0, false);
    client_expect(&pool, pool_script(&pool, "env.php",
                                     "<?php echo 'env:', preg_match('/FPM4J|LD_PRELOAD/', shell_exec('env')),"
                                     " ' own:', json_encode(getenv('LD_PRELOAD'));"),
                  "", "", "env:0 own:false");
    client_expect(&pool, pool_script(&pool, "fds.php",
                                     "<?php echo 'inherited:', preg_match('/socket|anon|scoreboard/',"
                                     " shell_exec('ls -l /proc/self/fd'));"),
                  "", "", "inherited:0");
    pool_end(&pool);
}

static void protects_the_listening_socket_from_php(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pool_fork(&pool, 0, false);
    client_expect(&pool, pool_script(&pool, "stdin.php",
                                     "<?php $f=fopen('php://stdin','r'); stream_set_blocking($f,false); fread($f,1);"
                                     " fclose($f); echo 'ok';"),
                  "", "", "ok");
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    pool_end(&pool);
}

const struct scenario request_scenarios[] = {
    {"hands_every_byte_to_every_kind_of_reader", hands_every_byte_to_every_kind_of_reader},
    {"survives_programs_that_close_everything", survives_programs_that_close_everything},
    {"remembers_what_signals_do", remembers_what_signals_do},
    {"drives_libfcgi", drives_libfcgi},
    {"uploads_to_php", uploads_to_php},
    {"tells_the_scoreboard_about_the_request", tells_the_scoreboard_about_the_request},
    {"shows_reading_headers_while_the_client_is_silent", shows_reading_headers_while_the_client_is_silent},
    {"passes_what_is_not_fastcgi_through", passes_what_is_not_fastcgi_through},
    {"keeps_children_of_the_program_out", keeps_children_of_the_program_out},
    {"protects_the_listening_socket_from_php", protects_the_listening_socket_from_php},
    {0}};
