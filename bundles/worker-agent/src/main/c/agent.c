#include "agent.h"

#include "connection.h"
#include "real.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct agent agent = {.role = ROLE_NONE, .fds = {[0 ... FD_COUNT - 1] = -1}, .config = {.uid = -1, .gid = -1}};

_Thread_local bool agent_thread;

/* The program forks: parent and child share the connection now, whoever reads next must not read ahead. */
static void after_fork_in_parent(void)
{
    if (agent.role == ROLE_WORKER) {
        connection_shared();
    }
}

/*
 * In a child: the zygote's own fork goes on in workers.c. Any other child is the program's and none of our business,
 * so it keeps neither the listening socket nor the scoreboard; only bytes read ahead are still handed out to it.
 */
static void after_fork_in_child(void)
{
    if (agent.role == ROLE_ZYGOTE || agent.role == ROLE_NONE) {
        return;
    }
    agent.role = ROLE_NONE;
    agent.pid = getpid();
    agent.slot = NULL;
    connection_shared();
    for (int i = 0; i < FD_COUNT; i++) {
        descriptor_drop((enum private_fd)i);
    }
    munmap(agent.header, agent.mapped_bytes);
    agent.header = NULL;
}

__attribute__((constructor)) static void load(int argc, char **argv, char **envp)
{
    if (getenv("FPM4J_AGENT") == NULL) {
        return;
    }
    const char *uid = getenv("FPM4J_UID");
    bool drops = uid != NULL && strtoul(uid, NULL, 10) != geteuid();
    const char *list = getenv(AGENT_DESCRIPTORS);
    title_adopt_area(argc, argv, envp);
    agent.start_uid = getuid();
    if (!setup_read() || !descriptors_adopt(list)
        || pthread_atfork(NULL, after_fork_in_parent, after_fork_in_child) != 0) {
        if (drops) {
            _exit(EXIT_SETUP_FAILED); /* passing through would run the program as a user it must not run as */
        }
        return;
    }
    agent.pid = getpid();
    agent.role = ROLE_STARTING;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* a JVM leaves SIGQUIT blocked in what it starts */
    worker_install_quit();
    const char *step = privileges_before_main();
    if (step != NULL) {
        zygote_fail(step, errno);
    }
    title_set(agent.config.zygote_title);
}
