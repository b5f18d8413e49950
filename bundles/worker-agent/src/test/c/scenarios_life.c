/* Zygote and workers: birth, orderly ends, crashes, and what happens without a master. */
#include "harness.h"
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_exit(struct pool *pool, pid_t pid, int status)
{
    union message message;
    pool_receive(pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.pid == pid, "pid %d, got %d", pid, message.exited.pid);
    EXPECT(message.exited.wait_status == status, "status %#x, got %#x", status, message.exited.wait_status);
}

static void forks_workers_that_serve(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pid_t one = pool_fork(&pool, 0, false), two = pool_fork(&pool, 63, false);
    EXPECT(one != two, "two processes");
    const char *script = pool_script(&pool, "pid.php", "<?php echo 'pid ', getmypid();");
    client_expect(&pool, script, "", "", "pid ");
    pool_end(&pool);
}

static void refuses_orders_it_cannot_carry_out(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 0, false);
    const struct {
        int32_t slot;
        int error;
    } bad[] = {{0, EBUSY}, {64, EINVAL}, {-1, EINVAL}};
    for (int i = 0; i < 3; i++) {
        pool_order(&pool, CONTROL_SPAWN, bad[i].slot, 0);
        pool_receive(&pool, CONTROL_FORK_FAILED, &message);
        EXPECT(message.fork_failed.error == bad[i].error, "errno %d, got %d", bad[i].error, message.fork_failed.error);
    }
    pool_order(&pool, CONTROL_STOP, 0, 0);
    pool_order(&pool, CONTROL_SPAWN, 1, 0);
    pool_receive(&pool, CONTROL_FORK_FAILED, &message);
    EXPECT(message.fork_failed.error == ESHUTDOWN, "got %d", message.fork_failed.error);
    pool_order(&pool, CONTROL_SIGNAL, 1, SIGKILL); /* not its child */
    pool_retire(&pool, 0, pid);
    expect_exit(&pool, pid, 0);
    pool_receive(&pool, CONTROL_STOPPED, &message);
    EXPECT(wait_for_exit(pool.zygote) == 0, "exit 0");
    pool_remove(&pool);
}

static void retires_an_idle_worker_at_once(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pid_t one = pool_fork(&pool, 0, false), two = pool_fork(&pool, 1, false);
    pool_retire(&pool, 0, one);
    expect_exit(&pool, one, 0);
    EXPECT(atomic_load(&pool_slot(&pool, 0)->pid) == 0 && atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_FREE,
           "a free slot");
    EXPECT(kill(two, 0) == 0, "the other lives");
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    pool_end(&pool);
}

static void never_interrupts_a_busy_request(void)
{
    struct pool pool;
    char text[4096];
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 0, false);
    const char *script =
        pool_script(&pool, "sleep.php",
                    "<?php $t=microtime(true); $r=sleep(3);"
                    " printf('left %d, %s', $r, microtime(true)-$t >= 3 ? 'whole' : 'cut');");
    int fd = client_connect(&pool);
    client_request(fd, script, "", "", false);
    AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_EXECUTING);
    pool_retire(&pool, 0, pid);
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, "left 0, whole") != NULL, "got \"%s\"", text);
    expect_exit(&pool, pid, 0);
    close(fd);
    pool_end(&pool);
}

static void quits_by_signal_after_the_request(void)
{
    struct pool pool;
    char text[4096];
    pool_boot_php(&pool, false);
    pid_t idle = pool_fork(&pool, 0, false);
    kill(idle, SIGQUIT);
    expect_exit(&pool, idle, 0);
    pid_t busy = pool_fork(&pool, 1, false);
    /* with its first request PHP takes SIGQUIT over */
    client_expect(&pool, pool_script(&pool, "one.php", "<?php echo 'one';"), "", "", "one");
    int fd = client_connect(&pool);
    char gate[96], query[128];
    snprintf(gate, sizeof(gate), "%s/gate", pool.directory);
    snprintf(query, sizeof(query), "gate=%s", gate);
    const char *script =
        pool_script(&pool, "busy.php", "<?php while (!file_exists($_GET['gate'])) usleep(1000); echo 'whole';");
    client_request(fd, script, query, "", false);
    AWAIT(atomic_load(&pool_slot(&pool, 1)->stage) == STAGE_EXECUTING);
    kill(busy, SIGQUIT);
    close(open(gate, O_CREAT | O_WRONLY, 0644));
    EXPECT(client_response(fd, text, sizeof(text)) && strstr(text, "whole") != NULL, "got \"%s\"", text);
    expect_exit(&pool, busy, 0);
    close(fd);
    pool_end(&pool);
}

static void dies_at_once_of_other_signals(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGKILL};
    struct pool pool;
    pool_boot_php(&pool, false);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t pid = pool_fork(&pool, 0, false);
        pool_order(&pool, CONTROL_SIGNAL, pid, signals[i]);
        expect_exit(&pool, pid, signals[i]);
    }
    pool_end(&pool);
}

static void dies_at_once_of_other_signals_in_a_later_request(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP};
    struct pool pool;
    pool_boot_php(&pool, false);
    char hello[128];
    strcpy(hello, pool_script(&pool, "hello.php", "<?php echo 'hello';"));
    char forever[128];
    strcpy(forever, pool_script(&pool, "forever.php", "<?php set_time_limit(0); while (true) usleep(1000);"));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t pid = pool_fork(&pool, 0, false);
        for (int request = 0; request < 3; request++) { /* PHP puts handlers back from its second request on */
            client_expect(&pool, hello, "", "", "hello");
        }
        int fd = client_connect(&pool);
        client_request(fd, forever, "", "", false);
        AWAIT(atomic_load(&pool_slot(&pool, 0)->stage) == STAGE_EXECUTING);
        pool_order(&pool, CONTROL_SIGNAL, pid, signals[i]);
        expect_exit(&pool, pid, signals[i]);
        close(fd);
    }
    pool_end(&pool);
}

static void accepts_on_after_a_stop(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "read", NULL};
    pool_create(&pool, false);
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    for (int i = 0; i < 20; i++) {
        kill(pid, SIGSTOP);
        kill(pid, SIGCONT);
        client_expect(&pool, "/x", "", "", "style=read");
    }
    EXPECT(atomic_load(&pool_slot(&pool, 0)->pid) == pid, "the same worker");
    pool_end(&pool);
}

static void exits_with_0_after_a_fatal_script(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 0, false);
    client_expect(&pool, pool_script(&pool, "fatal.php", "<?php ini_set('display_errors','1'); nothing();"), "", "",
                  "undefined function");
    pool_retire(&pool, 0, pid);
    expect_exit(&pool, pid, 0);
    pool_end(&pool);
}

static void ends_a_program_that_accepts_again(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "stubborn", NULL};
    pool_create(&pool, false);
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    pool_retire(&pool, 0, pid);
    expect_exit(&pool, pid, 0);
    pool_end(&pool);
}

/* Clients connect without a pause while workers retire and are replaced as fast as they can. */
static void loses_no_request_in_a_retire_storm(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    char script[128];
    strcpy(script, pool_script(&pool, "hello.php", "<?php echo 'hello';"));
    pid_t pids[4], clients[4];
    int rest[2]; /* readable once the storm is over */
    EXPECT(pipe(rest) == 0, "pipe");
    for (uint32_t i = 0; i < 4; i++) {
        pids[i] = pool_fork(&pool, i, false);
    }
    for (int i = 0; i < 4; i++) {
        clients[i] = fork();
        if (clients[i] == 0) {
            struct pollfd over = {.fd = rest[0], .events = POLLIN};
            close(rest[1]);
            while (poll(&over, 1, 0) == 0) {
                client_expect(&pool, script, "", "", "hello");
            }
            _exit(0);
        }
    }
    for (int round = 0; round < 100; round++) {
        uint32_t slot = (uint32_t)round % 4;
        pool_retire(&pool, slot, pids[slot]);
        pool_receive(&pool, CONTROL_EXITED, &message);
        EXPECT(message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
        pids[slot] = pool_fork(&pool, slot, false);
    }
    close(rest[1]);
    close(rest[0]);
    for (int i = 0; i < 4; i++) {
        EXPECT(wait_for_exit(clients[i]) == 0, "client %d lost nothing", i);
    }
    pool_end(&pool);
}

/*
 * On one processor and with the lowest of priorities the worker does not run before it has been given both: the order
 * to leave, and a connection that accept() will not return.
 */
static void leaves_though_a_connection_came_with_the_order(void)
{
    struct pool pool;
    union message message;
    cpu_set_t one;
    char *argv[] = {test_program("program"), "read", NULL};
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    need(sched_setaffinity(0, sizeof(one), &one) == 0, "a processor of its own");
    pool_create(&pool, true);
    pool.header->allowed_count = 1;
    memcpy(pool.header->allowed_clients[0], "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x01\x02\x03", 16);
    atomic_fetch_add(&pool.header->settings_seq, 2);
    pool_boot(&pool, argv);
    for (int i = 0; i < 50; i++) {
        pid_t pid = pool_fork(&pool, 0, true);
        int fd = client_connect(&pool);
        expect_text(pool.received_fds[1], "has been dropped"); /* it has been in accept() */
        close(fd);
        const struct sched_param none = {0};
        EXPECT(sched_setscheduler(pid, SCHED_IDLE, &none) == 0, "priority");
        pause_ms(2); /* it waits again */
        pool_retire(&pool, 0, pid);
        fd = client_connect(&pool);
        pool_receive(&pool, CONTROL_EXITED, &message);
        EXPECT(message.exited.wait_status == 0, "status %#x", message.exited.wait_status);
        close(fd);
        close(pool.received_fds[0]);
        close(pool.received_fds[1]);
    }
    pool_end(&pool);
}

static void takes_a_second_master_instead_of_the_first(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 5, true);
    int first = pool.master;
    pool_connect(&pool);
    pool_receive(&pool, CONTROL_HELLO, &message);
    EXPECT(message.hello.ready && message.hello.workers == 1 && message.hello.spawned == 1, "a running zygote");
    pool_receive(&pool, CONTROL_WORKER, &message);
    EXPECT(message.worker.pid == pid && message.worker.slot == 5 && message.worker.adopted, "the worker");
    EXPECT(message.worker.serial == 1, "serial 1, got %lu", message.worker.serial);
    EXPECT(pool.received_fd_count == 2, "its output, got %d descriptors", pool.received_fd_count);
    char byte;
    EXPECT(recv(first, &byte, 1, 0) == 0, "the first one is disconnected");
    pool_end(&pool);
}

static void hands_over_what_a_new_master_needs(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    pool_order(&pool, CONTROL_HANDOVER, 0, 0);
    pool_receive(&pool, CONTROL_FDS, &message);
    EXPECT(message.fds.count == CONTROL_MAX_FDS && pool.received_fd_count == CONTROL_MAX_FDS, "all descriptors, got %d", pool.received_fd_count);
    int listens = 0;
    socklen_t length = sizeof(listens);
    EXPECT(getsockopt(pool.received_fds[0], SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, "a socket");
    EXPECT(listens, "a listening socket");
    char magic[8];
    EXPECT(pread(pool.received_fds[1], magic, 8, 0) == 8 && memcmp(magic, SCOREBOARD_MAGIC, 8) == 0, "a scoreboard");
    pid_t pid = pool_fork(&pool, 0, false);
    atomic_store(&pool_slot(&pool, 0)->retire, pid);
    EXPECT(eventfd_write(pool.received_fds[2], 1) == 0, "a kick");
    expect_exit(&pool, pid, 0);
    pool_end(&pool);
}

static void leave_master(struct pool *pool)
{
    close(pool->master);
    pool->master = -1;
}

static void return_as_master(struct pool *pool, uint32_t workers)
{
    union message message;
    pool_connect(pool);
    pool_receive(pool, CONTROL_HELLO, &message);
    EXPECT(message.hello.workers == workers, "%u workers, got %u", workers, message.hello.workers);
}

static void respawns_crashed_workers_without_a_master(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    pid_t old = pool_fork(&pool, 3, false), kept = pool_fork(&pool, 4, false);
    leave_master(&pool);
    kill(old, SIGKILL);
    AWAIT(atomic_load(&pool_slot(&pool, 3)->pid) != 0 && atomic_load(&pool_slot(&pool, 3)->pid) != old);
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    return_as_master(&pool, 2);
    pool_receive(&pool, CONTROL_WORKER, &message);
    EXPECT(message.worker.slot == 3 && message.worker.adopted && message.worker.respawned, "the respawned one");
    pool_receive(&pool, CONTROL_WORKER, &message);
    EXPECT(message.worker.pid == kept && !message.worker.respawned, "the other one");
    pool_end(&pool);
}

static void backs_off_when_workers_crash_again_and_again(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 0, false);
    leave_master(&pool);
    int64_t began = now_ms();
    for (int crash = 0; crash < 4; crash++) { /* at once, 100, 200, 400 ms */
        kill(pid, SIGKILL);
        AWAIT(atomic_load(&pool_slot(&pool, 0)->pid) != 0 && atomic_load(&pool_slot(&pool, 0)->pid) != pid);
        pid = atomic_load(&pool_slot(&pool, 0)->pid);
    }
    EXPECT(now_ms() - began >= 700, "a back-off, took %d ms", (int)(now_ms() - began));
    union message message;
    return_as_master(&pool, 1);
    pool_receive(&pool, CONTROL_WORKER, &message);
    pool_end(&pool);
}

static void does_not_respawn_the_retired_and_the_disowned(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    pid_t retired = pool_fork(&pool, 0, false), disowned = pool_fork(&pool, 1, false);
    pool_fork(&pool, 2, false);
    pool_order(&pool, CONTROL_DISOWN, disowned, 0);
    pool_order(&pool, CONTROL_SPAWN, 2, 0); /* answered in order, so DISOWN has been read */
    pool_receive(&pool, CONTROL_FORK_FAILED, &message);
    leave_master(&pool);
    pool_retire(&pool, 0, retired);
    kill(disowned, SIGKILL);
    AWAIT(atomic_load(&pool_slot(&pool, 0)->pid) == 0 && atomic_load(&pool_slot(&pool, 1)->pid) == 0);
    return_as_master(&pool, 1);
    pool_receive(&pool, CONTROL_WORKER, &message);
    EXPECT(message.worker.slot == 2, "only slot 2, got %u", message.worker.slot);
    pool_end(&pool);
}

static void sends_output_to_the_master_and_drops_it_without_one(void)
{
    struct pool pool;
    union message message;
    pool_boot_php(&pool, false);
    char script[128];
    strcpy(script, pool_script(&pool, "log.php",
                               "<?php $long = str_repeat('x', (int)$_GET['n']);"
                               " fwrite(fopen('php://stderr','w'), $long.'end of line'); echo 'ok';"));
    pool_fork(&pool, 0, true);
    EXPECT(pool.received_fd_count == 2, "two pipes, got %d", pool.received_fd_count);
    int errors = pool.received_fds[1];
    client_expect(&pool, script, "n=0", "", "ok");
    expect_text(errors, "end of line");
    close(errors);
    close(pool.received_fds[0]);
    leave_master(&pool);
    for (int i = 0; i < 4; i++) {
        client_expect(&pool, script, "n=100000", "", "ok"); /* more than a pipe holds */
    }
    return_as_master(&pool, 1);
    pool_receive(&pool, CONTROL_WORKER, &message);
    EXPECT(pool.received_fd_count == 2, "the pipes again, got %d", pool.received_fd_count);
    client_expect(&pool, script, "n=0", "", "ok");
    expect_text(pool.received_fds[1], "end of line");
    pool_end(&pool);
}

static void workers_outlive_their_zygote(void)
{
    struct pool pool;
    pool_boot_php(&pool, false);
    pid_t pid = pool_fork(&pool, 0, false);
    static const int ignored[] = {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE};
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
        kill(pool.zygote, ignored[i]);
    }
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    kill(pool.zygote, SIGTERM);
    EXPECT(wait_for_exit(pool.zygote) == SIGTERM, "a zygote ended by SIGTERM");
    client_expect(&pool, pool_script(&pool, "hello.php", "<?php echo 'hello';"), "", "", "hello");
    pool_retire(&pool, 0, pid);
    EXPECT(wait_for_exit(pid) == 0, "exit 0"); /* this process is the subreaper */
    pool_remove(&pool);
}

static void drives_perl(void)
{
    struct pool pool;
    char *argv[] = {"/usr/bin/perl", NULL, NULL};
    static char script[PATH_MAX];
    strcpy(script, test_program("fcgi.pl"));
    argv[1] = script;
    need(access(argv[0], X_OK) == 0 && system("perl -MFCGI -e 1 2>/dev/null") == 0, "perl with FCGI");
    pool_create(&pool, false);
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    client_expect(&pool, "/x", "a=1", "12345", "perl query=a=1 body=5");
    client_expect(&pool, "/x", "a=2", "", "perl query=a=2 body=0");
    EXPECT(atomic_load(&pool_slot(&pool, 0)->requests) == 2, "two requests counted");
    pool_retire(&pool, 0, pid);
    expect_exit(&pool, pid, 0);
    pool_end(&pool);
}

static void drives_a_program_with_several_threads(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "threads", NULL};
    pool_create(&pool, false);
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    for (int i = 0; i < 20; i++) {
        client_expect(&pool, "/x", "", "12345", "body=5");
    }
    pool_retire(&pool, 0, pid);
    expect_exit(&pool, pid, 0);
    pool_end(&pool);
}

const struct scenario life_scenarios[] = {
    {"forks_workers_that_serve", forks_workers_that_serve},
    {"refuses_orders_it_cannot_carry_out", refuses_orders_it_cannot_carry_out},
    {"retires_an_idle_worker_at_once", retires_an_idle_worker_at_once},
    {"never_interrupts_a_busy_request", never_interrupts_a_busy_request},
    {"quits_by_signal_after_the_request", quits_by_signal_after_the_request},
    {"dies_at_once_of_other_signals", dies_at_once_of_other_signals},
    {"dies_at_once_of_other_signals_in_a_later_request", dies_at_once_of_other_signals_in_a_later_request},
    {"accepts_on_after_a_stop", accepts_on_after_a_stop},
    {"exits_with_0_after_a_fatal_script", exits_with_0_after_a_fatal_script},
    {"ends_a_program_that_accepts_again", ends_a_program_that_accepts_again},
    {"loses_no_request_in_a_retire_storm", loses_no_request_in_a_retire_storm},
    {"leaves_though_a_connection_came_with_the_order", leaves_though_a_connection_came_with_the_order},
    {"takes_a_second_master_instead_of_the_first", takes_a_second_master_instead_of_the_first},
    {"hands_over_what_a_new_master_needs", hands_over_what_a_new_master_needs},
    {"respawns_crashed_workers_without_a_master", respawns_crashed_workers_without_a_master},
    {"backs_off_when_workers_crash_again_and_again", backs_off_when_workers_crash_again_and_again},
    {"does_not_respawn_the_retired_and_the_disowned", does_not_respawn_the_retired_and_the_disowned},
    {"sends_output_to_the_master_and_drops_it_without_one", sends_output_to_the_master_and_drops_it_without_one},
    {"workers_outlive_their_zygote", workers_outlive_their_zygote},
    {"drives_perl", drives_perl},
    {"drives_a_program_with_several_threads", drives_a_program_with_several_threads},
    {0}};
