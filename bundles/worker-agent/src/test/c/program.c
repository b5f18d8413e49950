/*
 * A FastCGI program without a library: program STYLE. The style is the way it reads; the answer holds the length and a
 * checksum of the body, so that a lost, doubled or swapped byte shows. When accept() fails it exits with status 9.
 */
#include "program_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *style;

static bool is(const char *name)
{
    return strcmp(style, name) == 0;
}

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "program %s: %s (errno %d)\n", style, what, errno);
        abort();
    }
}

static ssize_t by_peek(int fd, uint8_t *into, size_t length)
{
    static uint8_t peeked[65536];
    ssize_t seen = recv(fd, peeked, length, MSG_PEEK);
    if (seen <= 0) {
        return seen;
    }
    ssize_t received = recv(fd, into, (size_t)seen, 0);
    must(received > 0 && received <= seen && memcmp(peeked, into, (size_t)received) == 0, "peek and recv differ");
    return received;
}

static ssize_t by_parts(int fd, uint8_t *into, size_t length, bool message)
{
    struct iovec parts[3] = {{into, length / 3}, {into + length / 3, 0}, {into + length / 3, length - length / 3}};
    struct msghdr head = {.msg_iov = parts, .msg_iovlen = 3};
    return message ? recvmsg(fd, &head, 0) : readv(fd, parts, 3);
}

static void wait_by_poll(int fd, bool with_mask)
{
    struct pollfd set[2] = {{fd, POLLIN, 0}, {STDIN_FILENO, 0, 0}};
    int ready = with_mask ? ppoll(set, 2, NULL, NULL) : poll(set, 2, 5000);
    must(ready >= 1 && (set[0].revents & POLLIN) != 0, "poll finds nothing");
}

static void wait_by_select(int fd, bool with_mask)
{
    fd_set readable, writable;
    struct timeval timeout = {5, 0};
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(fd, &readable);
    int ready = with_mask ? pselect(fd + 1, &readable, NULL, NULL, NULL, NULL)
                          : select(fd + 1, &readable, &writable, NULL, &timeout);
    must(ready == 1 && FD_ISSET(fd, &readable), "select finds nothing");
}

static ssize_t by_count(int fd, uint8_t *into, size_t length)
{
    int available = 0;
    wait_by_poll(fd, false);
    must(ioctl(fd, FIONREAD, &available) == 0, "FIONREAD");
    if (available > 0 && (size_t)available < length) {
        length = (size_t)available;
    }
    ssize_t received = read(fd, into, length);
    must(received == (available > 0 ? (ssize_t)length : 0), "FIONREAD promised something else");
    return received;
}

static ssize_t by_epoll(int fd, uint8_t *into, size_t length)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 && epoll_wait(epoll, &event, 1, 5000) == 1, "epoll");
    close(epoll);
    return read(fd, into, length);
}

static ssize_t without_blocking(int fd, uint8_t *into, size_t length)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    ssize_t received;
    while ((received = read(fd, into, length)) < 0 && errno == EAGAIN) {
        wait_by_poll(fd, false);
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return received;
}

/* Reads through a second descriptor every other time. */
static ssize_t by_copy(int fd, uint8_t *into, size_t length)
{
    static int turn;
    if (turn++ % 2 == 0) {
        return read(fd, into, length > 3 ? 3 : length);
    }
    int copy = dup(fd);
    ssize_t received = read(copy, into, length);
    close(copy);
    return received;
}

static ssize_t some(int fd, void *into, size_t length)
{
    if (is("byte")) {
        return read(fd, into, 1);
    } else if (is("peek")) {
        return by_peek(fd, into, length);
    } else if (is("readv") || is("recvmsg")) {
        return by_parts(fd, into, length, is("recvmsg"));
    } else if (is("waitall")) {
        return recv(fd, into, length, MSG_WAITALL);
    } else if (is("recvfrom")) {
        return recvfrom(fd, into, length, 0, NULL, NULL);
    } else if (is("poll") || is("ppoll")) {
        wait_by_poll(fd, is("ppoll"));
    } else if (is("select") || is("pselect")) {
        wait_by_select(fd, is("pselect"));
    } else if (is("fionread")) {
        return by_count(fd, into, length);
    } else if (is("epoll")) {
        return by_epoll(fd, into, length);
    } else if (is("nonblock")) {
        return without_blocking(fd, into, length);
    } else if (is("dup")) {
        return by_copy(fd, into, length);
    }
    return read(fd, into, length);
}

struct stream {
    int fd;
    FILE *file;
    uint8_t buffer[8192];
    size_t at, fill;
};

static bool take(struct stream *s, void *into, size_t length)
{
    if (is("stdio")) {
        if (s->file == NULL) {
            s->file = fdopen(dup(s->fd), "r");
        }
        return fread(into, 1, length, s->file) == length;
    }
    for (size_t have = 0; have < length;) {
        ssize_t received;
        if (is("big")) { /* as libfcgi: whatever comes, into a buffer of its own */
            if (s->at == s->fill) {
                received = read(s->fd, s->buffer, sizeof(s->buffer));
                if (received <= 0) {
                    return false;
                }
                s->at = 0;
                s->fill = (size_t)received;
            }
            received = (ssize_t)(s->fill - s->at < length - have ? s->fill - s->at : length - have);
            memcpy((char *)into + have, s->buffer + s->at, (size_t)received);
            s->at += (size_t)received;
        } else {
            received = some(s->fd, (char *)into + have, length - have);
        }
        if (received <= 0) {
            return false;
        }
        have += (size_t)received;
    }
    return true;
}

static void answer(int fd, size_t length, uint32_t sum, bool keep)
{
    uint8_t packet[256];
    char *text = (char *)packet + 8;
    int bytes = sprintf(text, "Content-type: text/plain\r\n\r\nstyle=%s body=%zu sum=%u pid=%d", style, length, sum,
                        (int)getpid());
    const uint8_t head[8] = {1, 6, 0, 1, (uint8_t)(bytes >> 8), (uint8_t)bytes, 0, 0};
    const uint8_t end[16] = {1, 3, 0, 1, 0, 8};
    memcpy(packet, head, sizeof(head));
    memcpy(packet + 8 + bytes, end, sizeof(end));
    size_t total = 8 + (size_t)bytes + sizeof(end);
    if (is("writev")) {
        struct iovec parts[2] = {{packet, 8 + (size_t)bytes}, {packet + 8 + bytes, sizeof(end)}};
        must(writev(fd, parts, 2) == (ssize_t)total, "writev");
    } else if (is("send")) {
        must(send(fd, packet, total, 0) == (ssize_t)total, "send");
    } else {
        must(write(fd, packet, total) == (ssize_t)total, "write");
    }
    if (!keep) {
        char rest[1024];
        shutdown(fd, SHUT_WR);
        while (recv(fd, rest, sizeof(rest), 0) > 0) {
        }
    }
}

/* One request; false when the connection is over. */
static bool serve(struct stream *s)
{
    uint8_t head[8];
    static _Thread_local uint8_t content[65536 + 256];
    size_t length = 0;
    uint32_t sum = 0;
    bool keep = false;
    for (;;) {
        if (!take(s, head, sizeof(head))) {
            return false;
        }
        size_t bytes = (size_t)(head[4] << 8 | head[5]);
        must(head[0] == 1, "not a record");
        if (!take(s, content, bytes + head[6])) {
            return false;
        }
        if (head[1] == 1) {
            keep = (content[2] & 1) != 0;
        } else if (head[1] == 5 && bytes == 0) {
            answer(s->fd, length, sum, keep);
            return keep;
        } else if (head[1] == 5) {
            for (size_t i = 0; i < bytes; i++) {
                sum = sum * 31 + content[i];
            }
            length += bytes;
        }
    }
}

static void close_everything(void)
{
    if (is("closefrom")) {
        closefrom(3);
    } else if (is("closerange")) {
        close_range(3, ~0u, 0);
    } else if (is("closeloop")) {
        for (int fd = 3; fd < 1024; fd++) {
            close(fd);
        }
    }
}

static void serve_connection(int fd)
{
    struct stream s = {.fd = fd};
    pid_t child = 0;
    must(!is("signals") || signals_are_remembered(), "asks the kernel each time");
    if (is("fork")) { /* the child goes on where the parent stopped reading */
        wait_by_poll(fd, false);
        child = fork();
    }
    if (child == 0) {
        while (serve(&s)) {
        }
    } else {
        waitpid(child, NULL, 0);
    }
    if (is("fork") && child == 0) {
        _exit(0);
    }
    if (s.file != NULL) {
        fclose(s.file);
    }
    close(fd);
    close_everything();
}

static void *serve_all(void *unused)
{
    (void)unused;
    int fd;
    while ((fd = accept(0, NULL, NULL)) >= 0) {
        serve_connection(fd);
    }
    if (is("stubborn")) {
        for (;;) {
            accept(0, NULL, NULL);
        }
    }
    return NULL;
}

static void *idle_thread(void *unused)
{
    pause();
    return unused;
}

int main(int argc, char **argv)
{
    style = argc > 1 ? argv[1] : "read";
    pthread_t thread[3];
    if (is("prints")) {
        setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
        fputs("printed while starting", stderr);
    }
    if (is("thread")) {
        pthread_create(&thread[0], NULL, idle_thread, NULL);
    }
    if (is("execs") && argc == 2) {
        char *again[] = {"env", "sh", "-c", "no-such-program; exec \"$0\" read", argv[0], NULL};
        execvp("no-such-env", again);
        execvp(again[0], again);
    }
    if (is("threads")) {
        int fd = accept(0, NULL, NULL);
        if (fd >= 0) {
            serve_connection(fd);
        }
        for (int i = 0; i < 3; i++) {
            pthread_create(&thread[i], NULL, serve_all, NULL);
        }
        for (int i = 0; i < 3; i++) {
            pthread_join(thread[i], NULL);
        }
        exit(9);
    }
    serve_all(NULL);
    exit(9);
}
