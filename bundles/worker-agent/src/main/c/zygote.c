/*
 * The fork server. The program has done its start-up and sits in its first accept(): from here this process only forks
 * workers, reaps them and talks to the master. It leaves the loop in a worker, whose accept() then goes on.
 *
 * SIGTERM and SIGKILL end it; its workers live on without it. The other signals php-fpm knows are ignored here, for
 * they reach a whole process group (Ctrl-C) while the master alone decides.
 */
#include "access.h"
#include "agent.h"
#include "handover.h"
#include "link.h"
#include "real.h"
#include "worker.h"
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FAIL_PATIENCE_MS 10000

static volatile sig_atomic_t child_died;
static bool stopping;
static bool introduced; /* a first master has been told READY */

static void on_child(int signo)
{
    (void)signo;
    child_died = 1;
}

struct saved_signals {
    sigset_t mask;
    struct sigaction child, pipe;
};

/* SIGCHLD gets through only while the loop waits. */
static void take_signals(struct saved_signals *saved)
{
    static const int ignored[] = {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &saved->mask);
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, &saved->child);
    action = (struct sigaction){.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, &saved->pipe);
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
        sigaction(ignored[i], &action, NULL);
    }
    action.sa_handler = SIG_DFL;
    sigaction(SIGTERM, &action, NULL);
}

/* In a worker; those worker_start() has set stay. */
static void give_back_signals(const struct saved_signals *saved)
{
    sigaction(SIGPIPE, &saved->pipe, NULL);
    sigprocmask(SIG_SETMASK, &saved->mask, NULL);
}

static void say_hello(bool ready)
{
    struct control_hello packet = {.head = {CONTROL_HELLO, sizeof(packet)},
                                   .version = CONTROL_VERSION,
                                   .zygote_pid = getpid(),
                                   .generation = agent.config.generation,
                                   .slots = agent.slots,
                                   .workers = workers_living(),
                                   .ready = ready,
                                   .spawned = workers_spawned(),
                                   .exited = workers_exited()};
    memcpy(packet.pool, agent.config.pool, sizeof(packet.pool));
    link_send(&packet, sizeof(packet), NULL, 0);
}

static void say(enum control_type type)
{
    struct control_head packet = {type, sizeof(packet)};
    link_send(&packet, sizeof(packet), NULL, 0);
}

static void hand_over(void)
{
    int fds[CONTROL_MAX_FDS] = {agent.fds[FD_LISTENING], agent.fds[FD_SCOREBOARD], agent.fds[FD_KICK],
                                agent.fds[FD_ACCESS_READ], agent.fds[FD_HANDOVER_MASTER]};
    struct control_fds packet = {.head = {CONTROL_FDS, sizeof(packet)}, .count = CONTROL_MAX_FDS};
    link_send(&packet, sizeof(packet), fds, CONTROL_MAX_FDS);
}

static void welcome_master(void)
{
    workers_cancel_respawns();
    say_hello(introduced);
    workers_introduce();
    if (!introduced && link_is_up()) {
        say(CONTROL_READY);
        introduced = link_is_up();
    }
}

union order {
    struct control_head head;
    struct control_spawn spawn;
    struct control_signal signal;
    struct control_disown disown;
    char bytes[64];
};

static bool is(const union order *order, size_t received, enum control_type type, size_t length)
{
    return order->head.type == type && received == length;
}

/* Carries out one order; a packet that is none ends the connection. True in a worker. */
static bool obey(const union order *order, size_t received)
{
    if (received < sizeof(order->head) || order->head.length != received) {
        link_drop();
    } else if (is(order, received, CONTROL_SPAWN, sizeof(order->spawn))) {
        if (!stopping) {
            return workers_spawn(order->spawn.slot, (order->spawn.flags & SPAWN_CATCH_OUTPUT) != 0, false);
        }
        struct control_fork_failed packet = {
            .head = {CONTROL_FORK_FAILED, sizeof(packet)}, .slot = order->spawn.slot, .error = ESHUTDOWN};
        link_send(&packet, sizeof(packet), NULL, 0);
    } else if (is(order, received, CONTROL_STOP, sizeof(order->head))) {
        stopping = true;
        workers_cancel_respawns();
    } else if (is(order, received, CONTROL_HANDOVER, sizeof(order->head))) {
        hand_over();
    } else if (is(order, received, CONTROL_SIGNAL, sizeof(order->signal))) {
        workers_signal(order->signal.pid, order->signal.signo);
    } else if (is(order, received, CONTROL_DISOWN, sizeof(order->disown))) {
        workers_disown(order->disown.pid);
    } else {
        link_drop();
    }
    return false;
}

static bool obey_all(void)
{
    union order order;
    size_t received;
    while (link_receive(&order, sizeof(order), &received)) {
        if (obey(&order, received)) {
            return true;
        }
    }
    return false;
}

/* Waits for the next event with SIGCHLD let through, and serves sockets and pipes. True in a worker. */
static bool wait_and_serve(struct pollfd *set, const struct saved_signals *saved)
{
    nfds_t count = 0;
    set[count++] = (struct pollfd){.fd = agent.fds[FD_CONTROL], .events = POLLIN};
    set[count++] = (struct pollfd){.fd = agent.fds[FD_MASTER], .events = POLLIN};
    if (!link_is_up()) {
        int handed = handover_is_open() ? agent.fds[FD_HANDOVER_MASTER] : -1;
        set[count++] = (struct pollfd){.fd = handed, .events = POLLIN};
        count += workers_output_fds(set + count);
    }
    int wait_ms = stopping || link_is_up() ? -1 : workers_respawn_in_ms();
    struct timespec timeout = {wait_ms / 1000, wait_ms % 1000 * 1000000L};
    sigset_t mask = saved->mask;
    sigdelset(&mask, SIGCHLD);
    if (real()->ppoll(set, count, wait_ms < 0 ? NULL : &timeout, &mask) <= 0) {
        return false;
    }
    for (nfds_t i = 2; i < count; i++) {
        if (set[i].revents != 0 && set[i].fd == agent.fds[FD_HANDOVER_MASTER]) {
            handover_refuse_all();
        } else if (set[i].revents != 0) {
            workers_drain(set[i].fd);
        }
    }
    if (set[1].revents != 0 && obey_all()) {
        return true;
    }
    if (set[0].revents != 0 && link_accept()) {
        welcome_master();
    }
    return false;
}

static bool serve_once(struct pollfd *set, const struct saved_signals *saved)
{
    if (child_died) {
        child_died = 0;
        workers_reap();
    }
    if (stopping && workers_living() == 0) {
        say(CONTROL_STOPPED);
        _exit(0);
    }
    if (!stopping && !link_is_up() && workers_respawn_due()) {
        return true;
    }
    return wait_and_serve(set, saved);
}

/* A second thread would be missing in every worker, perhaps with a lock in its hands. */
static int threads(void)
{
    char text[4096];
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : real()->read(fd, text, sizeof(text) - 1);
    real()->close(fd);
    if (length <= 0) {
        return 1;
    }
    text[length] = '\0';
    const char *line = strstr(text, "\nThreads:");
    return line == NULL ? 1 : atoi(line + sizeof("\nThreads:") - 1);
}

/* Descriptor 0 becomes /dev/null: PHP can reach it as php://stdin, and would make the shared socket non-blocking. */
static void hide_listening_socket(void)
{
    if (descriptor_keep(FD_LISTENING, 0) < 0) {
        zygote_fail("move the listening socket", errno);
    }
    int null = open("/dev/null", O_RDWR);
    if (null != 0) {
        zygote_fail("open /dev/null", errno);
    }
}

void zygote_run(void)
{
    struct saved_signals saved;
    if (threads() != 1) {
        zygote_fail("the program has started threads before accept", 0);
    }
    hide_listening_socket();
    descriptor_drop(FD_LIBRARY); /* a worker takes the agent nowhere */
    if (!access_create_pipe()) {
        zygote_fail("make the pipe of the access log", errno);
    }
    size_t set_bytes = (3 + 2 * (size_t)agent.slots) * sizeof(struct pollfd);
    struct pollfd *set = mmap(NULL, set_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (set == MAP_FAILED || !workers_create(agent.slots)) {
        zygote_fail("allocate the table of workers", errno);
    }
    if (!handover_create()) {
        zygote_fail("make the channel for connections", errno);
    }
    agent.role = ROLE_ZYGOTE;
    agent_thread = true;
    atomic_store_explicit(&agent.header->zygote_pid, getpid(), memory_order_release);
    take_signals(&saved);
    fflush(NULL); /* what start-up has printed: each worker would print it again at its end, and nobody before */
    while (!serve_once(set, &saved)) {
    }
    munmap(set, set_bytes);
    give_back_signals(&saved);
}

void zygote_fail(const char *step, int error)
{
    struct pollfd control = {.fd = agent.fds[FD_CONTROL], .events = POLLIN};
    struct control_failed packet = {.head = {CONTROL_FAILED, sizeof(packet)}, .error = error};
    strncpy(packet.step, step, sizeof(packet.step) - 1);
    while (!link_is_up() && real()->poll(&control, 1, FAIL_PATIENCE_MS) > 0) {
        link_accept();
    }
    say_hello(false);
    link_send(&packet, sizeof(packet), NULL, 0);
    _exit(EXIT_SETUP_FAILED);
}
