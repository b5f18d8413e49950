/* What the scenarios need of a master and of a front end. Every failed expectation ends the process group with status 1. */
#ifndef FPM4J_HARNESS_H
#define FPM4J_HARNESS_H

#include "../../main/c/control.h"
#include "../../main/c/scoreboard.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define PATIENCE_MS 60000 /* long, for a busy machine: what holds does not wait for it */
#define MAX_ENV 32

#define EXPECT(condition, ...)                                                                                         \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: expected %s: ", __FILE__, __LINE__, #condition);                                   \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fprintf(stderr, "\n");                                                                                     \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)

/* Ends the scenario as failed, and whatever it has started. */
_Noreturn void fail(void);

/* Waits for a condition, looking every millisecond. */
#define AWAIT(condition)                                                                                               \
    do {                                                                                                               \
        int64_t await_end = now_ms() + PATIENCE_MS;                                                                    \
        while (!(condition)) {                                                                                         \
            EXPECT(now_ms() < await_end, "within %d ms", PATIENCE_MS);                                                 \
            pause_ms(1);                                                                                               \
        }                                                                                                              \
    } while (0)

union message {
    struct control_head head;
    struct control_hello hello;
    struct control_worker worker;
    struct control_exited exited;
    struct control_fork_failed fork_failed;
    struct control_fds fds;
    struct control_failed failed;
};

struct pool {
    char directory[64];
    char listen_path[96]; /* empty: TCP */
    char control_path[96];
    uint16_t tcp_port;
    int listening, control, scoreboard, kick, master;
    int error_output; /* read end of the zygote's standard error */
    pid_t zygote;
    uint32_t slots;
    struct scoreboard_header *header;
    const char *environment[MAX_ENV];
    int received_fds[CONTROL_MAX_FDS];
    int received_fd_count;
};

int64_t now_ms(void);
void pause_ms(int ms);

/* A pool not yet started: sockets, scoreboard, kick. Settings may be put into its header before pool_boot(). */
void pool_create(struct pool *pool, bool tcp);
void pool_setenv(struct pool *pool, const char *assignment);

/* Starts the zygote as the contract has it, without connecting to it. */
void pool_spawn(struct pool *pool, char *const argv[]);

void pool_connect(struct pool *pool);

/* The master's end of the channel on which workers hand connections and requests over; the caller's to close. */
int pool_channel(struct pool *pool);

/* Takes the next packet of it as the master does; returns the descriptor that came along. */
int channel_receive(int channel, uint8_t *bytes, size_t size, size_t *length);

/* pool_spawn, pool_connect, HELLO, READY. */
void pool_boot(struct pool *pool, char *const argv[]);

/* A pool of php-cgi, created and booted; skips the scenario where there is none. */
#define PHP_CGI "/usr/bin/php-cgi"
void pool_boot_php(struct pool *pool, bool tcp);

/* Receives the next message; it must be of this type. */
void pool_receive(struct pool *pool, enum control_type type, union message *message);
void pool_send(struct pool *pool, const void *packet, size_t length);
void pool_order(struct pool *pool, enum control_type type, int32_t first, int32_t second);

/* SPAWN, answered by WORKER. */
pid_t pool_fork(struct pool *pool, uint32_t slot, bool catch_output);
struct scoreboard_slot *pool_slot(struct pool *pool, uint32_t slot);
void pool_retire(struct pool *pool, uint32_t slot, pid_t pid);

/* STOP, KILL for whoever lives, and the zygote's exit with status 0; removes the files. */
void pool_end(struct pool *pool);
int wait_for_exit(pid_t pid);

/* What pool_end() does last: for a zygote that has ended otherwise. */
void pool_remove(struct pool *pool);

/* Whatever can be read from a descriptor until a text has come. */
void expect_text(int fd, const char *text);

/* Front end. */
int client_connect(const struct pool *pool);
size_t request_bytes(uint8_t *into, const char *script, const char *query, const char *body, bool keep);
void client_request(int fd, const char *script, const char *query, const char *body, bool keep);

/* Reads one response up to END_REQUEST; its STDOUT goes into text. False: the connection ended before. */
bool client_response(int fd, char *text, size_t size);
void client_expect(const struct pool *pool, const char *script, const char *query, const char *body, const char *part);

/* Writes a script into the pool's directory and returns its path, valid until the next call. */
const char *pool_script(const struct pool *pool, const char *name, const char *content);

/* A program of this test suite beside the driver. */
char *test_program(const char *name);

/* Ends the scenario as skipped when it cannot run here. */
void need(bool possible, const char *what);

/* The file's whole content, for /proc. */
size_t slurp(const char *path, char *into, size_t size);

#endif
