#include "workers.h"

#include "agent.h"
#include "control.h"
#include "link.h"
#include "real.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEALTHY_NS 1000000000u
#define BACK_OFF_FIRST_MS 100u
#define BACK_OFF_LAST_MS 10000u

struct worker {
    pid_t pid; /* 0: nobody */
    bool disowned;
    bool catch_output;
    bool respawned;
    bool respawn_planned;
    int output[2]; /* read ends of standard output and error, -1 without */
    uint64_t start_ns;
    uint64_t serial;
    uint64_t respawn_ns;
};

static struct worker *table;
static uint32_t places;
static uint32_t living;
static uint64_t spawned, exited;
static uint64_t back_off_ms;

bool workers_create(uint32_t slots)
{
    size_t bytes = slots * sizeof(struct worker);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    table = memory;
    places = slots;
    for (uint32_t i = 0; i < slots; i++) {
        table[i].output[0] = table[i].output[1] = -1;
    }
    return true;
}

uint32_t workers_living(void)
{
    return living;
}

uint64_t workers_spawned(void)
{
    return spawned;
}

uint64_t workers_exited(void)
{
    return exited;
}

static struct scoreboard_slot *slot_at(uint32_t index)
{
    return (struct scoreboard_slot *)((char *)agent.header + HEADER_BYTES + (size_t)index * SLOT_BYTES);
}

static void close_outputs(struct worker *worker)
{
    for (int i = 0; i < 2; i++) {
        if (worker->output[i] >= 0) {
            real()->close(worker->output[i]);
            worker->output[i] = -1;
        }
    }
}

static void introduce(const struct worker *worker, bool adopted)
{
    struct control_worker packet = {.head = {CONTROL_WORKER, sizeof(packet)},
                                    .slot = (uint32_t)(worker - table),
                                    .pid = worker->pid,
                                    .start_ns = worker->start_ns,
                                    .adopted = adopted,
                                    .respawned = worker->respawned,
                                    .serial = worker->serial};
    bool caught = worker->output[0] >= 0 && worker->output[1] >= 0;
    link_send(&packet, sizeof(packet), worker->output, caught ? 2 : 0);
}

static void refuse(uint32_t slot, int error)
{
    struct control_fork_failed packet = {.head = {CONTROL_FORK_FAILED, sizeof(packet)}, .slot = slot, .error = error};
    link_send(&packet, sizeof(packet), NULL, 0);
}

/* Makes the two pipes: their read ends go out of the program's way and never block. Returns false with errno. */
static bool make_pipes(int read_ends[2], int write_ends[2])
{
    read_ends[0] = read_ends[1] = write_ends[0] = write_ends[1] = -1;
    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) {
            return false;
        }
        write_ends[i] = ends[1];
        read_ends[i] = real()->fcntl(ends[0], F_DUPFD_CLOEXEC, PRIVATE_FD_FLOOR);
        if (read_ends[i] < 0) {
            read_ends[i] = ends[0];
        } else {
            real()->close(ends[0]);
        }
        real()->fcntl(read_ends[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

static void close_pair(const int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0) {
            real()->close(pair[i]);
        }
    }
}

/* In the worker: nothing of the zygote's stays open. */
static void become_worker(uint32_t slot, const int read_ends[2], const int write_ends[2], uint64_t start_ns)
{
    for (uint32_t i = 0; i < places; i++) {
        close_outputs(&table[i]);
    }
    munmap(table, places * sizeof(struct worker));
    close_pair(read_ends);
    for (int i = 0; i < 2; i++) {
        if (write_ends[i] >= 0) {
            real()->dup2(write_ends[i], STDOUT_FILENO + i);
        }
    }
    close_pair(write_ends);
    descriptor_drop(FD_MASTER);
    descriptor_drop(FD_CONTROL);
    descriptor_drop(FD_SCOREBOARD);
    descriptor_drop(FD_HANDOVER_MASTER);
    worker_start(slot, start_ns);
    for (int i = 0; i < 2; i++) {
        if (write_ends[i] < 0) { /* 0 is /dev/null: the zygote's own streams end at a master, which may die */
            real()->dup2(STDIN_FILENO, STDOUT_FILENO + i);
        }
    }
}

bool workers_spawn(uint32_t slot, bool catch_output, bool respawn)
{
    if (slot >= places || table[slot].pid != 0) {
        refuse(slot, slot >= places ? EINVAL : EBUSY);
        return false;
    }
    int read_ends[2] = {-1, -1}, write_ends[2] = {-1, -1};
    pid_t pid = -1;
    uint64_t start_ns = now_ns();
    int error = 0;
    if (!catch_output || make_pipes(read_ends, write_ends)) {
        pid = fork();
    }
    if (pid == 0) {
        become_worker(slot, read_ends, write_ends, start_ns);
        return true;
    }
    error = errno;
    close_pair(write_ends);
    if (pid < 0) {
        close_pair(read_ends);
        refuse(slot, error);
        return false;
    }
    living++;
    spawned++;
    table[slot] = (struct worker){.pid = pid,
                                  .catch_output = catch_output,
                                  .respawned = respawn,
                                  .output = {read_ends[0], read_ends[1]},
                                  .start_ns = start_ns,
                                  .serial = spawned};
    introduce(&table[slot], false);
    return false;
}

/* The one thing in a slot the zygote believes: whether the master has retired this worker. */
static bool was_retired(const struct worker *worker, pid_t pid)
{
    struct scoreboard_slot *slot = slot_at((uint32_t)(worker - table));
    return worker->disowned || atomic_load_explicit(&slot->retire, memory_order_acquire) == pid;
}

/* At once after a healthy life or for the first time; then 100 ms, 200 ms, up to 10 s. */
static void plan_respawn(struct worker *worker, uint64_t now)
{
    uint64_t delay_ms = back_off_ms;
    if (now - worker->start_ns >= HEALTHY_NS) {
        back_off_ms = delay_ms = 0;
    } else {
        back_off_ms = delay_ms == 0 ? BACK_OFF_FIRST_MS : delay_ms * 2;
        back_off_ms = back_off_ms > BACK_OFF_LAST_MS ? BACK_OFF_LAST_MS : back_off_ms;
    }
    worker->respawn_planned = true;
    worker->respawn_ns = now + delay_ms * 1000000u;
}

static void bury(struct worker *worker, int status, const struct rusage *usage)
{
    struct scoreboard_slot *slot = slot_at((uint32_t)(worker - table));
    pid_t pid = worker->pid;
    struct control_exited packet = {
        .head = {CONTROL_EXITED, sizeof(packet)},
        .slot = (uint32_t)(worker - table),
        .pid = pid,
        .wait_status = status,
        .start_ns = worker->start_ns,
        .user_us = (uint64_t)usage->ru_utime.tv_sec * 1000000u + (uint64_t)usage->ru_utime.tv_usec,
        .system_us = (uint64_t)usage->ru_stime.tv_sec * 1000000u + (uint64_t)usage->ru_stime.tv_usec,
        .max_rss_kb = (uint64_t)usage->ru_maxrss,
        .serial = worker->serial};
    living--;
    exited++;
    worker->pid = 0;
    close_outputs(worker);
    atomic_store_explicit(&slot->stage, STAGE_FREE, memory_order_relaxed);
    atomic_store_explicit(&slot->pid, 0, memory_order_release);
    if (!WIFEXITED(status)) {
        eventfd_write(agent.fds[FD_KICK], 1); /* it may have died with a connection it alone was woken for */
    }
    link_send(&packet, sizeof(packet), NULL, 0);
    if (!link_is_up() && !was_retired(worker, pid)) {
        plan_respawn(worker, now_ns());
    }
}

void workers_reap(void)
{
    /* One by one: children of the program's own start-up are left to the program. */
    for (uint32_t i = 0; i < places && living > 0; i++) {
        int status;
        struct rusage usage;
        if (table[i].pid != 0 && wait4(table[i].pid, &status, WNOHANG, &usage) == table[i].pid) {
            bury(&table[i], status, &usage);
        }
    }
}

bool workers_respawn_due(void)
{
    uint64_t now = now_ns();
    for (uint32_t i = 0; i < places; i++) {
        struct worker *worker = &table[i];
        if (!worker->respawn_planned || worker->respawn_ns > now) {
            continue;
        }
        worker->respawn_planned = false;
        if (workers_spawn(i, worker->catch_output, true)) {
            return true;
        }
        if (worker->pid == 0) { /* fork failed */
            worker->start_ns = now;
            plan_respawn(worker, now);
        }
    }
    return false;
}

int workers_respawn_in_ms(void)
{
    uint64_t now = now_ns(), next = UINT64_MAX;
    for (uint32_t i = 0; i < places; i++) {
        if (table[i].respawn_planned && table[i].respawn_ns < next) {
            next = table[i].respawn_ns;
        }
    }
    return next == UINT64_MAX ? -1 : next <= now ? 0 : (int)((next - now) / 1000000u + 1);
}

void workers_cancel_respawns(void)
{
    for (uint32_t i = 0; i < places; i++) {
        table[i].respawn_planned = false;
    }
    back_off_ms = 0;
}

void workers_introduce(void)
{
    for (uint32_t i = 0; i < places; i++) {
        if (table[i].pid != 0) {
            introduce(&table[i], true);
        }
    }
}

static struct worker *find(pid_t pid)
{
    for (uint32_t i = 0; pid > 0 && i < places; i++) {
        if (table[i].pid == pid) {
            return &table[i];
        }
    }
    return NULL;
}

void workers_signal(pid_t pid, int signo)
{
    if (find(pid) != NULL) {
        kill(pid, signo); /* not reaped, so the pid is nobody else's */
    }
}

void workers_disown(pid_t pid)
{
    struct worker *worker = find(pid);
    if (worker != NULL) {
        worker->disowned = true;
    }
}

nfds_t workers_output_fds(struct pollfd *set)
{
    nfds_t count = 0;
    for (uint32_t i = 0; i < places; i++) {
        for (int j = 0; table[i].pid != 0 && j < 2; j++) {
            if (table[i].output[j] >= 0) {
                set[count++] = (struct pollfd){.fd = table[i].output[j], .events = POLLIN};
            }
        }
    }
    return count;
}

void workers_drain(int fd)
{
    static char dropped[65536];
    ssize_t received = real()->read(fd, dropped, sizeof(dropped));
    if (received > 0 || (received < 0 && (errno == EAGAIN || errno == EINTR))) {
        return;
    }
    for (uint32_t i = 0; i < places; i++) { /* the worker closed it: a set with it would never wait again */
        for (int j = 0; j < 2; j++) {
            if (table[i].output[j] == fd) {
                table[i].output[j] = -1;
                real()->close(fd);
            }
        }
    }
}
