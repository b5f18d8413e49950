#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 64

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(int ms)
{
    poll(NULL, 0, ms);
}

void fail(void)
{
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    exit(1);
}

static int listen_unix(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, path);
    unlink(path);
    EXPECT(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "%s", path);
    EXPECT(listen(fd, 511) == 0, "%s", path);
    chmod(path, 0666);
    return fd;
}

static int listen_tcp(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 511) == 0, "tcp");
    getsockname(fd, (struct sockaddr *)&address, &length);
    *port = ntohs(address.sin_port);
    return fd;
}

static void create_scoreboard(struct pool *pool)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/www.1.scoreboard", pool->directory);
    size_t bytes = HEADER_BYTES + SLOTS * SLOT_BYTES;
    pool->scoreboard = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    EXPECT(pool->scoreboard >= 0 && ftruncate(pool->scoreboard, (off_t)bytes) == 0, "%s", path);
    pool->header = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, pool->scoreboard, 0);
    EXPECT(pool->header != MAP_FAILED, "mmap");
    struct scoreboard_header *header = pool->header;
    memcpy(header->magic, SCOREBOARD_MAGIC, sizeof(header->magic));
    header->header_bytes = HEADER_BYTES;
    header->slot_bytes = SLOT_BYTES;
    header->slots = pool->slots = SLOTS;
    header->length = bytes;
    header->generation = 1;
    header->allowed_count = ALLOWED_ANYONE;
    strcpy(header->pool, "www");
    atomic_store(&header->version, SCOREBOARD_VERSION);
}

void pool_create(struct pool *pool, bool tcp)
{
    memset(pool, 0, sizeof(*pool));
    strcpy(pool->directory, "/tmp/fpm4j-agent-XXXXXX");
    EXPECT(mkdtemp(pool->directory) != NULL, "mkdtemp");
    chmod(pool->directory, 0755);
    snprintf(pool->control_path, sizeof(pool->control_path), "%s/www.1.control", pool->directory);
    if (tcp) {
        pool->listening = listen_tcp(&pool->tcp_port);
    } else {
        snprintf(pool->listen_path, sizeof(pool->listen_path), "%s/www.sock", pool->directory);
        pool->listening = listen_unix(pool->listen_path, SOCK_STREAM);
    }
    fcntl(pool->listening, F_SETFL, O_NONBLOCK);
    pool->control = listen_unix(pool->control_path, SOCK_SEQPACKET);
    pool->kick = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pool->master = -1;
    create_scoreboard(pool);
    const char *defaults[] = {"FPM4J_AGENT=1",
                              "FPM4J_POOL=www",
                              "FPM4J_GENERATION=1",
                              "FPM4J_ZYGOTE_TITLE=fpm4j: zygote of pool www",
                              "FPM4J_WORKER_TITLE=fpm4j: pool www",
                              "PHP_FCGI_MAX_REQUESTS=0",
                              "PATH=/usr/bin:/bin"};
    memcpy(pool->environment, defaults, sizeof(defaults));
    pool_setenv(pool, getenv("AGENT_PRELOAD")); /* LD_PRELOAD=the library under test */
}

void pool_setenv(struct pool *pool, const char *assignment)
{
    for (int i = 0; i < MAX_ENV - 1; i++) {
        if (pool->environment[i] == NULL) {
            pool->environment[i] = assignment;
            return;
        }
    }
    EXPECT(false, "room for %s", assignment);
}

static void become_zygote(const struct pool *pool, int error_output, char *const argv[])
{
    int fds[] = {pool->listening, open("/dev/null", O_WRONLY), error_output,
                 pool->control,   pool->scoreboard,            pool->kick};
    for (int i = 0; i < 6; i++) {
        fds[i] = fcntl(fds[i], F_DUPFD, 100);
    }
    for (int i = 0; i < 6; i++) {
        dup2(fds[i], i);
    }
    for (int i = 6; i < 256; i++) {
        close(i);
    }
    signal(SIGPIPE, SIG_DFL);
    execve(argv[0], argv, (char *const *)(uintptr_t)pool->environment);
    _exit(127);
}

void pool_spawn(struct pool *pool, char *const argv[])
{
    int ends[2];
    EXPECT(pipe2(ends, O_CLOEXEC) == 0, "pipe");
    pool->zygote = fork();
    if (pool->zygote == 0) {
        become_zygote(pool, ends[1], argv);
    }
    close(ends[1]);
    pool->error_output = ends[0];
}

void pool_connect(struct pool *pool)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, pool->control_path);
    pool->master = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    EXPECT(connect(pool->master, (struct sockaddr *)&address, sizeof(address)) == 0, "%s", pool->control_path);
}

int pool_channel(struct pool *pool)
{
    union message message;
    pool_order(pool, CONTROL_HANDOVER, 0, 0);
    pool_receive(pool, CONTROL_FDS, &message);
    EXPECT(pool->received_fd_count > 4, "the channel, got %d", pool->received_fd_count);
    return pool->received_fds[4];
}

int channel_receive(int channel, uint8_t *bytes, size_t size, size_t *length)
{
    char space[CMSG_SPACE(sizeof(int))];
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct pollfd set = {channel, POLLIN, 0};
    EXPECT(poll(&set, 1, PATIENCE_MS) == 1, "a packet in time");
    ssize_t received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    EXPECT(received > 0 && CMSG_FIRSTHDR(&message) != NULL, "a descriptor: %s", strerror(errno));
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    *length = (size_t)received;
    return fd;
}

void pool_boot(struct pool *pool, char *const argv[])
{
    union message message;
    pool_spawn(pool, argv);
    pool_connect(pool);
    pool_receive(pool, CONTROL_HELLO, &message);
    EXPECT(message.hello.version == 1 && message.hello.zygote_pid == pool->zygote, "pid %d", message.hello.zygote_pid);
    EXPECT(message.hello.generation == 1 && message.hello.slots == SLOTS && !message.hello.ready, "hello");
    EXPECT(strcmp(message.hello.pool, "www") == 0, "%s", message.hello.pool);
    pool_receive(pool, CONTROL_READY, &message);
}

void pool_boot_php(struct pool *pool, bool tcp)
{
    static char *const php[] = {PHP_CGI, NULL};
    need(access(PHP_CGI, X_OK) == 0, PHP_CGI);
    pool_create(pool, tcp);
    pool_boot(pool, php);
}

static void take_fds(struct pool *pool, struct msghdr *head)
{
    pool->received_fd_count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
        pool->received_fd_count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(pool->received_fds, CMSG_DATA(c), (size_t)pool->received_fd_count * sizeof(int));
    }
}

void pool_receive(struct pool *pool, enum control_type type, union message *message)
{
    char space[CMSG_SPACE(CONTROL_MAX_FDS * sizeof(int))];
    struct iovec part = {message, sizeof(*message)};
    struct msghdr head = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct pollfd set = {pool->master, POLLIN, 0};
    EXPECT(poll(&set, 1, PATIENCE_MS) == 1, "message %d in time", type);
    ssize_t received = recvmsg(pool->master, &head, MSG_CMSG_CLOEXEC);
    EXPECT(received >= 8 && message->head.length == (uint32_t)received, "a packet, got %zd", received);
    EXPECT(message->head.type == type, "type %d, got %u", type, message->head.type);
    take_fds(pool, &head);
}

void pool_send(struct pool *pool, const void *packet, size_t length)
{
    EXPECT(send(pool->master, packet, length, MSG_NOSIGNAL) == (ssize_t)length, "send: %s", strerror(errno));
}

void pool_order(struct pool *pool, enum control_type type, int32_t first, int32_t second)
{
    uint32_t length = type == CONTROL_STOP || type == CONTROL_HANDOVER ? 8 : type == CONTROL_DISOWN ? 12 : 16;
    int32_t packet[4] = {type, (int32_t)length, first, second};
    pool_send(pool, packet, length);
}

pid_t pool_fork(struct pool *pool, uint32_t slot, bool catch_output)
{
    union message message;
    pool_order(pool, CONTROL_SPAWN, (int32_t)slot, catch_output);
    pool_receive(pool, CONTROL_WORKER, &message);
    EXPECT(message.worker.slot == slot && !message.worker.adopted, "slot %u", message.worker.slot);
    pid_t pid = message.worker.pid;
    AWAIT(atomic_load(&pool_slot(pool, slot)->pid) == pid);
    return pid;
}

struct scoreboard_slot *pool_slot(struct pool *pool, uint32_t slot)
{
    return (struct scoreboard_slot *)((char *)pool->header + HEADER_BYTES + slot * SLOT_BYTES);
}

void pool_retire(struct pool *pool, uint32_t slot, pid_t pid)
{
    atomic_store(&pool_slot(pool, slot)->retire, pid);
    eventfd_write(pool->kick, 1);
}

int wait_for_exit(pid_t pid)
{
    int status = -1;
    AWAIT(waitpid(pid, &status, WNOHANG) == pid);
    return status;
}

void pool_remove(struct pool *pool)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", pool->directory);
    EXPECT(system(command) == 0, "%s", command);
    close(pool->error_output);
    close(pool->master);
    close(pool->listening);
    close(pool->control);
    close(pool->scoreboard);
    close(pool->kick);
}

void pool_end(struct pool *pool)
{
    union message message;
    pool_order(pool, CONTROL_STOP, 0, 0);
    for (uint32_t i = 0; i < pool->slots; i++) {
        pid_t pid = atomic_load(&pool_slot(pool, i)->pid);
        if (pid != 0) {
            pool_order(pool, CONTROL_SIGNAL, pid, SIGKILL); /* PHP loses a TERM that comes while a request ends */
            pool_receive(pool, CONTROL_EXITED, &message);
        }
    }
    pool_receive(pool, CONTROL_STOPPED, &message);
    int status = wait_for_exit(pool->zygote);
    EXPECT(status == 0, "zygote's exit status 0, got %#x", status);
    pool_remove(pool);
}

void expect_text(int fd, const char *text)
{
    char all[65536];
    size_t have = 0;
    all[0] = '\0';
    while (strstr(all, text) == NULL) {
        struct pollfd set = {fd, POLLIN, 0};
        EXPECT(poll(&set, 1, PATIENCE_MS) == 1, "\"%s\" in time, got \"%s\"", text, all);
        ssize_t received = read(fd, all + have, sizeof(all) - 1 - have);
        EXPECT(received > 0, "\"%s\" before the end, got \"%s\"", text, all);
        have += (size_t)received;
        all[have] = '\0';
    }
}

size_t slurp(const char *path, char *into, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    EXPECT(fd >= 0, "%s: %s", path, strerror(errno));
    size_t have = 0;
    ssize_t received;
    while (have < size - 1 && (received = read(fd, into + have, size - 1 - have)) > 0) {
        have += (size_t)received;
    }
    into[have] = '\0';
    close(fd);
    return have;
}

const char *pool_script(const struct pool *pool, const char *name, const char *content)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", pool->directory, name);
    FILE *file = fopen(path, "w");
    EXPECT(file != NULL && fputs(content, file) >= 0 && fclose(file) == 0, "%s", path);
    return path;
}

char *test_program(const char *name)
{
    static char path[PATH_MAX + 32];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    EXPECT(length > 0, "own path");
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, name);
    return path;
}

void need(bool possible, const char *what)
{
    if (!possible) {
        printf("skipped: needs %s\n", what);
        exit(77);
    }
}
