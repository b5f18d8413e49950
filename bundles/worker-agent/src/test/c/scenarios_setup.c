/* What is set up before main() and in the worker, what is said when that fails, and silence without configuration. */
#include "harness.h"
#include "scenarios.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void proc(pid_t pid, const char *name, char *into, size_t size)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    memset(into, 0, size);
    slurp(path, into, size);
}

static void expect_line(pid_t pid, const char *name, const char *line)
{
    char text[16384];
    proc(pid, name, text, sizeof(text));
    EXPECT(strstr(text, line) != NULL, "\"%s\" in /proc/%d/%s:\n%s", line, pid, name, text);
}

static void expect_failure(struct pool *pool, const char *step)
{
    union message message;
    pool_connect(pool);
    pool_receive(pool, CONTROL_HELLO, &message);
    EXPECT(!message.hello.ready, "not ready");
    pool_receive(pool, CONTROL_FAILED, &message);
    EXPECT(strstr(message.failed.step, step) != NULL, "step %s, got \"%s\"", step, message.failed.step);
    int status = wait_for_exit(pool->zygote);
    EXPECT(status == 70 << 8, "exit 70, got %#x", status);
    pool_remove(pool);
}

static void shows_titles_and_keeps_arguments_and_environment(void)
{
    struct pool pool;
    char title[4096];
    need(access(PHP_CGI, X_OK) == 0, PHP_CGI);
    char *argv[] = {PHP_CGI, "-d", "user_agent=kept", NULL};
    pool_create(&pool, false);
    pool_setenv(&pool, "MARKER=still here");
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    proc(pool.zygote, "cmdline", title, sizeof(title));
    EXPECT(strcmp(title, "fpm4j: zygote of pool www") == 0, "got \"%s\"", title);
    AWAIT((proc(pid, "cmdline", title, sizeof(title)), strcmp(title, "fpm4j: pool www") == 0));
    const char *script = pool_script(&pool, "ini.php", "<?php echo ini_get('user_agent'), ' and ', getenv('MARKER');");
    client_expect(&pool, script, "", "", "kept and still here");
    pool_end(&pool);
}

/* Where there is no AppArmor, a worker that is to be confined must not serve. */
static void worker_that_finds_no_apparmor_ends(void)
{
    struct pool pool;
    union message message;
    char text[256];
    need(access(PHP_CGI, X_OK) == 0, PHP_CGI);
    need(slurp("/proc/self/attr/current", text, sizeof(text)) == 0, "a system without AppArmor");
    pool_create(&pool, false);
    pool_setenv(&pool, "FPM4J_APPARMOR_HAT=hat");
    static char *const php[] = {PHP_CGI, NULL};
    pool_boot(&pool, php);
    pool_order(&pool, CONTROL_SPAWN, 0, 1);
    pool_receive(&pool, CONTROL_WORKER, &message);
    expect_text(pool.received_fds[1], "worker failed to query apparmor confinement. Please check");
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.wait_status == 70 << 8, "exit 70, got %#x", message.exited.wait_status);
    pool_end(&pool);
}

static void drops_to_the_user_before_main(void)
{
    struct pool pool;
    need(geteuid() == 0, "root");
    char *argv[] = {test_program("program"), "read", NULL};
    pool_create(&pool, false);
    pool_setenv(&pool, "FPM4J_UID=33");
    pool_setenv(&pool, "FPM4J_GID=34");
    pool_setenv(&pool, "FPM4J_GROUPS=35,36");
    pool_setenv(&pool, "FPM4J_NICE=5");
    pool_setenv(&pool, "FPM4J_UMASK=027");
    pool_setenv(&pool, "FPM4J_OOM_SCORE_ADJ=100");
    pool_setenv(&pool, "FPM4J_CHDIR=/usr");
    pool_setenv(&pool, "FPM4J_RLIMIT_FILES=2048");
    pool_setenv(&pool, "FPM4J_RLIMIT_CORE=unlimited");
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    for (int i = 0; i < 2; i++) {
        pid_t which = i == 0 ? pool.zygote : pid;
        char cwd[64], path[64];
        expect_line(which, "status", "Uid:\t33\t33\t33\t33");
        expect_line(which, "status", "Gid:\t34\t34\t34\t34");
        expect_line(which, "status", "Groups:\t35 36");
        expect_line(which, "status", "Umask:\t0027");
        expect_line(which, "oom_score_adj", "100");
        expect_line(which, "stat", " 25 5 "); /* priority, nice */
        snprintf(path, sizeof(path), "/proc/%d/cwd", which);
        ssize_t length = readlink(path, cwd, sizeof(cwd) - 1);
        EXPECT(length == 4 && memcmp(cwd, "/usr", 4) == 0, "cwd /usr");
    }
    expect_line(pid, "limits", "Max open files            2048                 2048 ");
    expect_line(pid, "limits", "Max core file size        unlimited            unlimited ");
    client_expect(&pool, "/x", "", "", "style=read");
    pool_end(&pool);
}

static void changes_root_in_the_worker_only(void)
{
    struct pool pool;
    need(geteuid() == 0, "root");
    char *argv[] = {test_program("program"), "read", NULL};
    char assignment[128], root[128], path[128];
    pool_create(&pool, false);
    snprintf(assignment, sizeof(assignment), "FPM4J_CHROOT=%s", pool.directory);
    snprintf(path, sizeof(path), "%s/inside", pool.directory);
    mkdir(path, 0755);
    pool_setenv(&pool, assignment);
    pool_setenv(&pool, "FPM4J_CHDIR=/inside");
    pool_setenv(&pool, "FPM4J_UID=33");
    pool_setenv(&pool, "FPM4J_GID=33");
    pool_setenv(&pool, "FPM4J_GROUPS=");
    pool_boot(&pool, argv);
    pid_t pid = pool_fork(&pool, 0, false);
    expect_line(pool.zygote, "status", "Uid:\t0\t0\t0\t0");
    expect_line(pid, "status", "Uid:\t33\t33\t33\t33");
    expect_line(pid, "status", "Groups:\t \n");
    snprintf(path, sizeof(path), "/proc/%d/root", pid);
    ssize_t length = readlink(path, root, sizeof(root) - 1);
    EXPECT(length == (ssize_t)strlen(pool.directory) && memcmp(root, pool.directory, (size_t)length) == 0, "root");
    client_expect(&pool, "/x", "", "", "style=read");
    pool_end(&pool);
}

static void reports_a_failed_step_and_exits_with_70(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "read", NULL};
    pool_create(&pool, false);
    pool_setenv(&pool, "FPM4J_CHDIR=/no/such/directory");
    pool_spawn(&pool, argv);
    expect_failure(&pool, "chdir");
}

static void refuses_a_program_that_has_threads(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "thread", NULL};
    pool_create(&pool, false);
    pool_spawn(&pool, argv);
    expect_failure(&pool, "threads");
}

static void reports_a_worker_whose_set_up_fails(void)
{
    struct pool pool;
    union message message;
    need(geteuid() == 0, "root");
    char *argv[] = {test_program("program"), "read", NULL};
    pool_create(&pool, false);
    pool_setenv(&pool, "FPM4J_CHROOT=/no/such/directory");
    pool_boot(&pool, argv);
    pool_order(&pool, CONTROL_SPAWN, 0, 0);
    pool_receive(&pool, CONTROL_WORKER, &message);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(message.exited.wait_status == 70 << 8, "exit 70, got %#x", message.exited.wait_status);
    expect_text(pool.error_output, "worker failed to chroot");
    pool_end(&pool);
}

/* As PHP does with "Unable to load dynamic library": buffered, and nothing else is printed for hours. */
static void what_start_up_prints_comes_at_once_and_from_no_worker(void)
{
    struct pool pool;
    union message message;
    char text[64];
    char *argv[] = {test_program("program"), "prints", NULL};
    pool_create(&pool, false);
    pool_boot(&pool, argv);
    expect_text(pool.error_output, "printed while starting");
    pid_t pid = pool_fork(&pool, 0, true);
    int output = pool.received_fds[1];
    client_expect(&pool, "/x", "", "", "style=prints");
    pool_retire(&pool, 0, pid);
    pool_receive(&pool, CONTROL_EXITED, &message);
    EXPECT(read(output, text, sizeof(text)) == 0, "nothing more");
    pool_end(&pool);
}

static void drops_clients_that_are_not_allowed(void)
{
    struct pool pool;
    char byte;
    char *argv[] = {test_program("program"), "read", NULL};
    pool_create(&pool, true);
    pool.header->allowed_count = 1;
    memcpy(pool.header->allowed_clients[0], "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x01\x02\x03", 16);
    atomic_fetch_add(&pool.header->settings_seq, 2);
    pool_boot(&pool, argv);
    pool_fork(&pool, 0, true);
    int fd = client_connect(&pool);
    EXPECT(recv(fd, &byte, 1, 0) <= 0, "the end");
    expect_text(pool.received_fds[1], "ERROR: Connection disallowed: IP address '127.0.0.1' has been dropped.\n");
    close(fd);
    memcpy(pool.header->allowed_clients[0], "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\x00\x00\x01", 16);
    atomic_fetch_add(&pool.header->settings_seq, 2); /* live: the same worker lets it in */
    client_expect(&pool, "/x", "", "", "style=read");
    pool_end(&pool);
}

static void survives_an_exec_before_the_first_accept(void)
{
    struct pool pool;
    char *argv[] = {test_program("program"), "execs", NULL};
    pool_create(&pool, false);
    if (geteuid() == 0) {
        pool_setenv(&pool, "FPM4J_UID=33");
        pool_setenv(&pool, "FPM4J_GID=33");
    }
    pool_boot(&pool, argv);
    pool_fork(&pool, 0, false);
    client_expect(&pool, "/x", "", "", "style=read");
    pool_end(&pool);
}

/* The run directory of a root master is closed to the pool's user, whom the shell around php-cgi runs as. */
static void takes_the_agent_along_from_where_its_user_cannot_look_it_up(void)
{
    struct pool pool;
    char command[1024], preload[128];
    need(geteuid() == 0, "root");
    char *argv[] = {test_program("program"), "execs", NULL};
    pool_create(&pool, false);
    snprintf(command, sizeof(command), "mkdir -m 700 %s/closed && install -m 755 %s %s/closed/agent.so", pool.directory,
             strchr(getenv("AGENT_PRELOAD"), '=') + 1, pool.directory);
    EXPECT(system(command) == 0, "%s", command);
    snprintf(preload, sizeof(preload), "LD_PRELOAD=%s/closed/agent.so", pool.directory);
    for (int i = 0; pool.environment[i] != NULL; i++) {
        if (strncmp(pool.environment[i], "LD_PRELOAD=", 11) == 0) {
            pool.environment[i] = preload;
        }
    }
    pool_setenv(&pool, "FPM4J_UID=33");
    pool_setenv(&pool, "FPM4J_GID=33");
    pool_boot(&pool, argv);
    pool_fork(&pool, 0, false);
    client_expect(&pool, "/x", "", "", "style=read");
    snprintf(command, sizeof(command), "rm -r %s/closed", pool.directory);
    EXPECT(system(command) == 0, "%s", command);
    pool_end(&pool);
}

static void run(const char *command, char *output, size_t size)
{
    FILE *pipe = popen(command, "r");
    EXPECT(pipe != NULL, "%s", command);
    size_t length = fread(output, 1, size - 1, pipe);
    output[length] = '\0';
    pclose(pipe);
}

static void changes_nothing_when_it_is_not_configured(void)
{
    static const char *const commands[] = {
        "ls -la /usr/share 2>&1", "/usr/bin/php-cgi -v 2>&1", "/usr/bin/php-cgi -q -r 1 2>&1; echo $?",
        "echo '<?php echo 6*7, getenv(\"FPM4J_AGENT\");' | REDIRECT_STATUS=1 /usr/bin/php-cgi -q 2>&1",
        "perl -e 'print join(\",\", @ARGV), -t STDIN ? 1 : 0' a b </dev/null 2>&1"};
    static const char *const settings[] = {"", "FPM4J_AGENT=2", "FPM4J_AGENT=1", "FPM4J_AGENT=1 FPM4J_POOL=www"};
    char plain[65536], preloaded[65536], command[4096];
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        run(commands[i], plain, sizeof(plain));
        for (size_t j = 0; j < sizeof(settings) / sizeof(settings[0]); j++) {
            snprintf(command, sizeof(command), "export %s %s; %s", getenv("AGENT_PRELOAD"), settings[j], commands[i]);
            run(command, preloaded, sizeof(preloaded));
            if (strstr(commands[i], "getenv") == NULL || j == 0 || j > 1) {
                EXPECT(strcmp(plain, preloaded) == 0, "%s:\n%s\n%s", command, plain, preloaded);
            }
        }
    }
}

static void session_and_terminal(pid_t pid, int *session, int *terminal)
{
    char text[1024];
    proc(pid, "stat", text, sizeof(text));
    EXPECT(sscanf(strrchr(text, ')'), ") %*c %*d %*d %d %d", session, terminal) == 2, "%s", text);
}

/* In a session of its own with a new terminal: what a shell's user has who starts a master in the foreground. */
static void serve_in_a_terminal(void)
{
    struct pool pool;
    int session, terminal, none;
    int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT(pty >= 0 && grantpt(pty) == 0 && unlockpt(pty) == 0, "a terminal");
    EXPECT(setsid() > 0 && open(ptsname(pty), O_RDWR | O_CLOEXEC) >= 0, "%s", ptsname(pty));
    session_and_terminal(getpid(), &session, &terminal);
    EXPECT(session == getpid() && terminal != 0, "session %d, terminal %d", session, terminal);
    pool_boot_php(&pool, false);
    pid_t pids[] = {pool.zygote, pool_fork(&pool, 0, false)};
    for (int i = 0; i < 2; i++) {
        session_and_terminal(pids[i], &session, &none);
        EXPECT(session == getpid() && none == 0, "session %d, terminal %d", session, none);
    }
    session_and_terminal(getpid(), &session, &terminal);
    EXPECT(terminal != 0, "the master's terminal");
    pool_end(&pool);
}

static void leaves_the_terminal_but_not_the_session(void)
{
    need(access(PHP_CGI, X_OK) == 0, PHP_CGI);
    pid_t leader = fork();
    if (leader == 0) {
        serve_in_a_terminal();
        _exit(0);
    }
    int status = wait_for_exit(leader);
    EXPECT(status == 0, "status %#x", status);
}

static void never_runs_as_root_by_mistake(void)
{
    char output[4096], command[1024];
    need(geteuid() == 0, "root");
    snprintf(command, sizeof(command), "export %s FPM4J_AGENT=1 FPM4J_UID=33; id -u </dev/null 2>&1; echo $?",
             getenv("AGENT_PRELOAD"));
    snprintf(output, sizeof(output), "%s", "");
    run(command, output, sizeof(output));
    EXPECT(strstr(output, "70") != NULL && strstr(output, "0\n0") == NULL, "got \"%s\"", output);
}

const struct scenario setup_scenarios[] = {
    {"shows_titles_and_keeps_arguments_and_environment", shows_titles_and_keeps_arguments_and_environment},
    {"worker_that_finds_no_apparmor_ends", worker_that_finds_no_apparmor_ends},
    {"drops_to_the_user_before_main", drops_to_the_user_before_main},
    {"changes_root_in_the_worker_only", changes_root_in_the_worker_only},
    {"reports_a_failed_step_and_exits_with_70", reports_a_failed_step_and_exits_with_70},
    {"refuses_a_program_that_has_threads", refuses_a_program_that_has_threads},
    {"reports_a_worker_whose_set_up_fails", reports_a_worker_whose_set_up_fails},
    {"what_start_up_prints_comes_at_once_and_from_no_worker", what_start_up_prints_comes_at_once_and_from_no_worker},
    {"drops_clients_that_are_not_allowed", drops_clients_that_are_not_allowed},
    {"survives_an_exec_before_the_first_accept", survives_an_exec_before_the_first_accept},
    {"takes_the_agent_along_from_where_its_user_cannot_look_it_up",
     takes_the_agent_along_from_where_its_user_cannot_look_it_up},
    {"changes_nothing_when_it_is_not_configured", changes_nothing_when_it_is_not_configured},
    {"leaves_the_terminal_but_not_the_session", leaves_the_terminal_but_not_the_session},
    {"never_runs_as_root_by_mistake", never_runs_as_root_by_mistake},
    {0}};
