/* Starts a pool for measurements by hand: bench WORKERS UID PROGRAM [ARGUMENT...]; ends on SIGTERM or SIGINT. */
#include "harness.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void on_end(int signo)
{
    (void)signo;
    ended = 1;
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
    for (int i = 0; i < workers; i++) {
        pool_fork(&pool, (uint32_t)i, false);
    }
    printf("%s\n", pool.listen_path);
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
