/*
 * The control protocol: packets of a SOCK_SEQPACKET socket, host byte order, drawn in the bundle's README and spelt in
 * Java by org.fpm4j.agent.ControlProtocol.
 */
#ifndef FPM4J_CONTROL_H
#define FPM4J_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#define CONTROL_VERSION 1u
#define CONTROL_TEXT_BYTES 64
#define CONTROL_MAX_FDS 5

enum control_type {
    CONTROL_HELLO = 1,
    CONTROL_READY,
    CONTROL_WORKER,
    CONTROL_EXITED,
    CONTROL_FORK_FAILED,
    CONTROL_FDS,
    CONTROL_FAILED,
    CONTROL_STOPPED,
    CONTROL_SPAWN = 33,
    CONTROL_STOP,
    CONTROL_HANDOVER,
    CONTROL_SIGNAL,
    CONTROL_DISOWN
};

enum spawn_flag { SPAWN_CATCH_OUTPUT = 1 };

struct control_head {
    uint32_t type;
    uint32_t length; /* of the whole packet */
};

struct control_hello {
    struct control_head head;
    uint32_t version;
    int32_t zygote_pid;
    uint32_t generation;
    uint32_t slots;
    uint32_t workers;
    uint32_t ready;
    char pool[CONTROL_TEXT_BYTES];
    uint64_t spawned;
    uint64_t exited;
};

struct control_worker {
    struct control_head head;
    uint32_t slot;
    int32_t pid;
    uint64_t start_ns;
    uint32_t adopted;
    uint32_t respawned;
    uint64_t serial;
};

struct control_exited {
    struct control_head head;
    uint32_t slot;
    int32_t pid;
    int32_t wait_status;
    uint32_t pad;
    uint64_t start_ns;
    uint64_t user_us;
    uint64_t system_us;
    uint64_t max_rss_kb;
    uint64_t serial;
};

struct control_fork_failed {
    struct control_head head;
    uint32_t slot;
    int32_t error;
};

struct control_fds {
    struct control_head head;
    uint32_t count;
};

struct control_failed {
    struct control_head head;
    int32_t error;
    uint32_t pad;
    char step[CONTROL_TEXT_BYTES];
};

struct control_spawn {
    struct control_head head;
    uint32_t slot;
    uint32_t flags;
};

struct control_signal {
    struct control_head head;
    int32_t pid;
    int32_t signo;
};

struct control_disown {
    struct control_head head;
    int32_t pid;
};

_Static_assert(sizeof(struct control_head) == 8, "head");
_Static_assert(sizeof(struct control_hello) == 112 && offsetof(struct control_hello, spawned) == 96, "hello");
_Static_assert(sizeof(struct control_worker) == 40 && offsetof(struct control_worker, serial) == 32, "worker");
_Static_assert(sizeof(struct control_exited) == 64 && offsetof(struct control_exited, serial) == 56, "exited");
_Static_assert(sizeof(struct control_fork_failed) == 16, "fork failed");
_Static_assert(sizeof(struct control_fds) == 12, "fds");
_Static_assert(sizeof(struct control_failed) == 80 && offsetof(struct control_failed, step) == 16, "failed");
_Static_assert(sizeof(struct control_spawn) == 16, "spawn");
_Static_assert(sizeof(struct control_signal) == 16, "signal");
_Static_assert(sizeof(struct control_disown) == 12, "disown");

#endif
