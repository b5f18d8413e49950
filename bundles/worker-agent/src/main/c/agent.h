/*
 * The worker agent: a library preloaded into a FastCGI program. It turns the program's first accept() into a fork
 * server (the zygote) and, in the workers forked there, writes the scoreboard around accept(), read() and write().
 *
 * It cannot work with a statically linked program, one that calls the kernel without libc, one that starts threads
 * before its first accept(), or one that never blocks in accept() on descriptor 0. Without FPM4J_AGENT in the
 * environment every call goes straight through.
 */
#ifndef FPM4J_AGENT_H
#define FPM4J_AGENT_H

#include "scoreboard.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define EXIT_SETUP_FAILED 70
#define PRIVATE_FD_FLOOR 500
#define TITLE_BYTES 128
#define PATH_BYTES 1024
#define GROUPS_MAX 256

enum agent_role {
    ROLE_NONE,     /* not configured, or a process the program forked: everything passes through */
    ROLE_STARTING, /* the program's start-up, up to its first accept() */
    ROLE_ZYGOTE,
    ROLE_WORKER
};

/* What the master asked for in the environment. Numbers are -1 and texts empty where it asked for nothing. */
struct agent_config {
    char pool[64];
    uint32_t generation;
    int64_t uid, gid;
    int group_count;
    gid_t groups[GROUPS_MAX];
    char chroot[PATH_BYTES], chdir[PATH_BYTES], apparmor_hat[256];
    bool limit_files, limit_core;
    uint64_t rlimit_files, rlimit_core;
    bool set_nice, set_oom_score_adj;
    int nice, oom_score_adj;
    int umask;
    int dumpable;
    char zygote_title[TITLE_BYTES], worker_title[TITLE_BYTES];
    char *php_values, *php_admin; /* names of ini entries, a line each; NULL: none */
    char *php_disable_functions, *php_disable_classes;
    char *php_extensions; /* suffixes a script must have, separated by blanks; NULL: any */
};

/* The agent's descriptors: close-on-exec, out of the program's way, and not to be closed by it. */
enum private_fd {
    FD_LISTENING,
    FD_CONTROL,
    FD_SCOREBOARD,
    FD_KICK,
    FD_ACCEPT_EPOLL,
    FD_IDLE_EPOLL,
    FD_MASTER,
    FD_ACCESS,      /* access records go in here; non-blocking */
    FD_ACCESS_READ, /* and come out here; held by workers too, so that writing never meets a pipe without a reader */
    FD_HANDOVER,        /* connections for the master go in here */
    FD_HANDOVER_MASTER, /* and come out here: the zygote keeps the master's end for the next one */
    FD_LIBRARY,         /* this library, until the first accept() */
    FD_COUNT
};

struct agent {
    enum agent_role role;
    pid_t pid;       /* the process role is about */
    uid_t start_uid; /* before any change: who may connect as master besides root */
    int listening;   /* the number by which the program knows the listening socket */
    int fds[FD_COUNT];
    struct scoreboard_header *header;
    struct scoreboard_slot *slot; /* the worker's own, NULL otherwise */
    uint32_t slots;
    size_t mapped_bytes;
    struct agent_config config;
};

extern struct agent agent;

/* True on the one thread that called the first accept(): the only one whose connection is followed. */
extern _Thread_local bool agent_thread __attribute__((tls_model("initial-exec")));

static inline struct scoreboard_shared *shared_pages(void)
{
    return (struct scoreboard_shared *)((char *)agent.header + SHARED_OFFSET);
}

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* setup.c: reads the environment and takes our part out of it. False: not for us, or nonsense. */
bool setup_read(void);

/* setup.c: fills in what a further program needs of it, at most SETUP_VARIABLES_MAX entries; returns how many. */
#define SETUP_VARIABLES_MAX 40
size_t setup_put_back(char **environment);

/* For the program this one executes: "control,scoreboard,kick,library,start uid". Not part of the contract. */
#define AGENT_DESCRIPTORS "FPM4J_DESCRIPTORS"

/* descriptors.c: checks and moves what was inherited; the list is that of AGENT_DESCRIPTORS, NULL without. */
bool descriptors_adopt(const char *list);
bool descriptor_is_private(int fd);
int descriptor_keep(enum private_fd which, int fd);
void descriptor_drop(enum private_fd which);
int descriptors_close_range(unsigned first, unsigned last, int flags);

/* apparmor.c: changes to the hat; NULL, or the step that failed with errno set. In a worker, as its own user. */
const char *apparmor_enter(const char *hat);

/* privileges.c: each returns NULL, or the name of the step that failed with errno set. */
const char *privileges_before_main(void);
const char *privileges_in_worker(void);

/* title.c */
void title_adopt_area(int argc, char **argv, char **envp);
void title_set(const char *title);

/* zygote.c: the fork server. Returns only in a worker. */
void zygote_run(void);

/* zygote.c: tells the master what failed, as soon as there is one, and exits with EXIT_SETUP_FAILED. */
_Noreturn void zygote_fail(const char *step, int error);

#endif
