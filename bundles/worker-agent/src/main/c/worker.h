/* A worker: from the fork in the zygote to its orderly end. */
#ifndef FPM4J_WORKER_H
#define FPM4J_WORKER_H

#include "agent.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Makes the process just forked a worker of the slot. Exits with EXIT_SETUP_FAILED if that is impossible. */
void worker_start(uint32_t slot, uint64_t start_ns);

/* accept4() on the listening socket; -1 with EINVAL once the worker is to leave, so that the program ends by itself. */
int worker_accept(struct sockaddr *address, socklen_t *length, int flags);

/* Whether the worker is to leave: retired by the master or SIGQUIT, or past its number of requests. */
bool worker_leaves(void);

/* A request is over. */
void worker_served_one(void);

/* Creates an epoll instance of the agent's own with the listening socket and the kick; -1 on failure. */
int worker_new_epoll(enum private_fd which, uint32_t listening_events);

enum idle_end { IDLE_READABLE, IDLE_GIVE_UP, IDLE_PLAIN };

/*
 * In idle.c. Waits on an idle kept-alive connection until it is readable or is to be given up: for a connection in the
 * listen queue that no idle worker takes, after keep_idle_ms, or because the worker leaves. IDLE_PLAIN: cannot wait.
 */
enum idle_end worker_wait_idle(int connection, bool *registered);

/* In idle.c. Forgets a connection that worker_wait_idle() has registered. */
void worker_forget_idle(int connection);

/* Before main(): the handler of SIGQUIT. It stays for the worker's life. */
void worker_install_quit(void);

#endif
