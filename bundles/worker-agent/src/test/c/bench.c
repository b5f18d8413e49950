/* Starts a pool for measurements by hand: bench WORKERS UID PROGRAM [ARGUMENT...]; ends on SIGTERM or SIGINT. */
#include "harness.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void on_end(int signo)
{
    (void)signo;
    ended = 1;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    struct pool pool;
    union message message;
    uint64_t requests = 0, cpu_us = 0;
    EXPECT(argc > 3, "bench WORKERS UID PROGRAM...");
    static char uid[32], gid[32];
    snprintf(uid, sizeof(uid), "FPM4J_UID=%s", argv[2]);
    snprintf(gid, sizeof(gid), "FPM4J_GID=%s", argv[2]);
    pool_create(&pool, false);
    pool_setenv(&pool, uid);
    pool_setenv(&pool, gid);
    pool_boot(&pool, argv + 3);
    signal(SIGTERM, on_end);
    signal(SIGINT, on_end);
    int workers = atoi(argv[1]);
    int64_t began = now_us();
    for (int i = 0; i < workers; i++) {
        pool_order(&pool, CONTROL_SPAWN, i, 0);
        pool_receive(&pool, CONTROL_WORKER, &message);
    }
    printf("%s\n%.0f us per fork\n", pool.listen_path, (double)(now_us() - began) / workers);
    fflush(stdout);
    while (!ended) {
        pause();
    }
    for (int i = 0; i < workers; i++) {
        requests += atomic_load(&pool_slot(&pool, (uint32_t)i)->total_requests);
        pool_retire(&pool, (uint32_t)i, atomic_load(&pool_slot(&pool, (uint32_t)i)->pid));
    }
    for (int i = 0; i < workers; i++) {
        pool_receive(&pool, CONTROL_EXITED, &message);
        cpu_us += message.exited.user_us + message.exited.system_us;
        EXPECT(message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
    }
    printf("%lu requests, %.2f us of worker CPU each\n", requests, (double)cpu_us / (double)requests);
    pool_end(&pool);
    return 0;
}
