#include "connection.h"

#include "agent.h"
#include "real.h"
#include "scan.h"
#include "slot.h"
#include "worker.h"

#include <errno.h>
#include <string.h>

#define BUFFER_BYTES 32768
#define DIRECT_BYTES 4096
#define END_REQUEST_BYTES 16
#define COPIES_MAX 4
#define PROMPT_NS 1000000u
#define KNOWN_FLAGS (MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL | MSG_CMSG_CLOEXEC)

enum shut { SHUT_NOT, SHUT_LEFT_TO_CLOSE, SHUT_DONE };

static struct {
    int fd;
    int copies[COPIES_MAX];
    int copy_count;
    bool unix_socket;
    bool blocking;
    bool ahead;           /* reading ahead is allowed */
    bool shared;          /* another descriptor or process holds the connection */
    bool between;         /* kept alive, and no byte of the next request has come */
    bool info;            /* slot_info() was called for this request */
    bool executing;       /* slot_executing() likewise */
    bool finished;        /* slot_finished() likewise */
    bool end_in_flight;   /* the write going on ends with END_REQUEST */
    bool ended;           /* END_REQUEST has been written */
    bool idle_registered; /* known to the idle epoll instance */
    bool counted;         /* the program knows how many bytes there are, and expects a read to return them all */
    bool given_up;        /* told the program that the connection ended */
    enum shut shut;
    int error;            /* met while reading ahead, for the next read */
    uint64_t finished_ns;
    uint64_t handed; /* bytes of the stream the program has */
    size_t at, fill; /* what is left in the buffer */
    struct scan scan;
} c = {.fd = -1};

static uint8_t buffer[BUFFER_BYTES];
static bool closes_promptly; /* learnt: the program closes right after shutdown(SHUT_WR) */
static _Atomic bool foreign; /* another thread has used the connection: the scanner may have missed bytes */

void connection_open(int fd, bool blocking, bool unix_socket, uint64_t now)
{
    c.fd = fd;
    c.copy_count = 0;
    c.unix_socket = unix_socket;
    c.blocking = blocking;
    c.ahead = blocking;
    c.shared = c.between = c.idle_registered = c.counted = c.given_up = false;
    c.info = c.executing = c.finished = c.end_in_flight = c.ended = false;
    c.shut = SHUT_NOT;
    c.error = 0;
    c.handed = 0;
    c.at = c.fill = 0;
    foreign = false;
    scan_reset(&c.scan);
    slot_connected(now);
}

int connection_descriptor(void)
{
    return agent_thread ? c.fd : -1;
}

static bool is_copy(int fd)
{
    for (int i = 0; i < c.copy_count; i++) {
        if (c.copies[i] == fd) {
            return true;
        }
    }
    return false;
}

bool connection_is(int fd)
{
    if (fd < 0 || (fd != c.fd && !(c.copy_count > 0 && is_copy(fd)))) {
        return false;
    }
    if (!agent_thread) {
        foreign = true;
        return false;
    }
    if (foreign) {
        foreign = false;
        c.ahead = false;
        c.scan.broken = true;
    }
    return true;
}

int connection_count(int in_kernel)
{
    c.counted = true;
    return in_kernel + (int)connection_buffered();
}

size_t connection_buffered(void)
{
    return c.fill - c.at;
}

/* The whole input of the request is here and nothing behind it, from a client that ends with this request. */
static bool input_complete(void)
{
    return !c.scan.broken && c.scan.input_end != 0 && c.handed + connection_buffered() == c.scan.input_end
           && !c.scan.keep_conn;
}

static bool drained(void)
{
    return c.shut != SHUT_NOT && !c.shared && input_complete();
}

bool connection_is_readable(void)
{
    return connection_buffered() > 0 || c.given_up || c.error != 0 || drained();
}

static void finish(uint64_t now)
{
    if (!c.finished && c.executing && c.scan.begun) {
        c.finished = true;
        c.finished_ns = now;
        slot_finished(now);
        worker_served_one();
    }
}

static void scan_received(const uint8_t *bytes, size_t length)
{
    if (c.between) {
        c.between = false;
        slot_request_began(now_ns());
    }
    size_t taken = scan_feed(&c.scan, bytes, length);
    if (!c.info && c.scan.params_end != 0) {
        c.info = true;
        slot_info(scan_text(&c.scan));
    }
    if (c.scan.broken) {
        c.ahead = false;
    }
    (void)taken; /* what follows the request's input stays in the buffer for begin_next_request() */
}

static void note_handed(size_t length)
{
    c.handed += length;
    if (!c.executing && c.scan.params_end != 0 && c.handed >= c.scan.params_end) {
        c.executing = true;
        slot_executing(now_ns());
    }
}

/* The buffer must be empty. Returns what recv() returned. */
static ssize_t fill(int flags)
{
    ssize_t received = real()->recv(c.fd, buffer, sizeof(buffer), flags);
    if (received > 0) {
        c.at = 0;
        c.fill = (size_t)received;
        scan_received(buffer, c.fill);
    }
    return received;
}

/* The program has had the whole input, answered, and reads again: it asks for the next request. */
static void begin_next_request(void)
{
    if (c.scan.broken || c.scan.input_end == 0 || c.handed < c.scan.input_end || !c.ended || !c.scan.keep_conn) {
        return;
    }
    finish(now_ns());
    scan_next_request(&c.scan);
    c.info = c.executing = c.finished = c.ended = false;
    c.between = true;
    if (connection_buffered() > 0) {
        scan_received(buffer + c.at, connection_buffered());
    }
}

/* Hands out buffered bytes, never past the end of a request: the next one begins with a read of its own. */
static size_t serve(void *bytes, size_t length, bool peek)
{
    size_t step = connection_buffered();
    if (c.scan.input_end > c.handed && step > c.scan.input_end - c.handed) {
        step = (size_t)(c.scan.input_end - c.handed);
    }
    step = step < length ? step : length;
    memcpy(bytes, buffer + c.at, step);
    if (!peek) {
        c.at += step;
        note_handed(step);
    }
    return step;
}

/* Tells the program that the connection ended, unless a request came in the meantime: that one is served first. */
static ssize_t give_up(void)
{
    if (c.unix_socket) {
        real()->shutdown(c.fd, SHUT_RD); /* from here on a client's write fails, so it knows to send elsewhere */
    }
    ssize_t received = fill(MSG_DONTWAIT);
    if (received <= 0) {
        c.given_up = true;
        slot_kept_alive_idle(false, now_ns());
        received = 0;
    }
    return received;
}

static ssize_t fill_after_idling(void)
{
    ssize_t received = fill(MSG_DONTWAIT);
    if (received >= 0 || errno != EAGAIN) {
        return received;
    }
    slot_kept_alive_idle(true, now_ns());
    do {
        switch (worker_wait_idle(c.fd, &c.idle_registered)) {
        case IDLE_READABLE:
            received = fill(MSG_DONTWAIT);
            break;
        case IDLE_GIVE_UP:
            return give_up();
        case IDLE_PLAIN:
            received = fill(0);
            break;
        }
    } while (received < 0 && errno == EAGAIN);
    if (received <= 0) {
        slot_kept_alive_idle(false, now_ns());
    }
    return received;
}

/* Reads into the program's memory: big parts of a request body, and everything where reading ahead is not allowed. */
static ssize_t read_directly(void *bytes, size_t length, int flags)
{
    ssize_t received = real()->recv(c.fd, bytes, length, flags);
    if (received > 0) {
        scan_received(bytes, (size_t)received);
        if (c.scan.offset != c.handed + (size_t)received) {
            c.scan.broken = true; /* the program took bytes of two requests at once */
        }
        note_handed((size_t)received);
    }
    return received;
}

static ssize_t read_some(void *bytes, size_t length, int flags)
{
    begin_next_request();
    if (connection_buffered() > 0) {
        size_t served = serve(bytes, length, false);
        if (c.counted && served < length && connection_buffered() == 0 && c.scan.input_end == 0) {
            ssize_t more = read_directly((char *)bytes + served, length - served, MSG_DONTWAIT);
            served += more > 0 ? (size_t)more : 0;
        }
        return (ssize_t)served;
    }
    if (c.given_up || drained()) {
        return 0;
    }
    if (c.error != 0) {
        errno = c.error;
        c.error = 0;
        return -1;
    }
    size_t rest = scan_record_rest(&c.scan);
    if (!c.ahead || c.shared) {
        return read_directly(bytes, length, flags);
    }
    if (rest >= DIRECT_BYTES && length >= DIRECT_BYTES) {
        return read_directly(bytes, rest < length ? rest : length, flags);
    }
    ssize_t received =
        c.between && !(flags & MSG_DONTWAIT) ? fill_after_idling() : fill(flags & (MSG_DONTWAIT | MSG_NOSIGNAL));
    return received > 0 ? (ssize_t)serve(bytes, length, false) : received;
}

ssize_t connection_read(int fd, void *bytes, size_t length, int flags)
{
    if (length == 0 || (flags & ~KNOWN_FLAGS) != 0) {
        return real()->recv(fd, bytes, length, flags);
    }
    if (flags & MSG_PEEK) {
        return connection_buffered() > 0 ? (ssize_t)serve(bytes, length, true)
               : connection_is_readable() ? read_some(bytes, length, flags)
                                          : real()->recv(fd, bytes, length, flags);
    }
    if (!(flags & MSG_WAITALL)) {
        return read_some(bytes, length, flags);
    }
    size_t total = 0;
    while (total < length) {
        ssize_t received = read_some((char *)bytes + total, length - total, flags & ~MSG_WAITALL);
        if (received <= 0) {
            return total > 0 ? (ssize_t)total : received;
        }
        total += (size_t)received;
    }
    return (ssize_t)total;
}

ssize_t connection_readv(int fd, const struct iovec *parts, int count, int flags)
{
    size_t total = 0;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len == 0) {
            continue;
        }
        if (total > 0 && connection_buffered() == 0) {
            break;
        }
        ssize_t received = connection_read(fd, parts[i].iov_base, parts[i].iov_len, flags);
        if (received < 0) {
            return total > 0 ? (ssize_t)total : -1;
        }
        total += (size_t)received;
        if ((size_t)received < parts[i].iov_len) {
            break;
        }
    }
    return (ssize_t)total;
}

bool connection_look_ahead(void)
{
    if (!connection_is_readable() && c.ahead && !c.shared && !c.between) {
        int kept = errno;
        if (fill(MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != EINTR) {
            c.error = errno;
        }
        errno = kept;
    }
    return connection_is_readable();
}

/* An END_REQUEST record without padding, as every FastCGI library writes it (specification, section 5.5). */
static bool ends_request(const uint8_t *tail)
{
    return tail[0] == 1 && tail[1] == 3 && tail[4] == 0 && tail[5] == 8 && tail[6] == 0
           && (c.scan.broken || (uint16_t)(tail[2] << 8 | tail[3]) == c.scan.request_id);
}

/* The record is kept before the client has its answer, so who sees the answer also sees the request counted. */
void connection_writing(const void *bytes, size_t length)
{
    c.end_in_flight = length >= END_REQUEST_BYTES
                      && ends_request((const uint8_t *)bytes + length - END_REQUEST_BYTES);
    if (c.end_in_flight) {
        finish(now_ns());
    }
}

void connection_written(size_t length, ssize_t written)
{
    if (written > 0) {
        c.ended = c.end_in_flight && (size_t)written == length;
    }
}

bool connection_shutdown(int how)
{
    finish(now_ns());
    if (how != SHUT_WR || c.shared || !c.blocking) {
        return false;
    }
    if (!input_complete()) {
        connection_look_ahead();
    }
    if (!input_complete()) {
        return false; /* bytes may still come: only a real shutdown and reading to the end keep the answer safe */
    }
    c.shut = closes_promptly && c.ended ? SHUT_LEFT_TO_CLOSE : SHUT_DONE;
    return c.shut == SHUT_LEFT_TO_CLOSE;
}

void connection_close(int fd)
{
    if (fd != c.fd) {
        for (int i = 0; i < c.copy_count; i++) {
            if (c.copies[i] == fd) {
                c.copies[i] = c.copies[--c.copy_count];
                return;
            }
        }
        return;
    }
    if (c.idle_registered) {
        c.idle_registered = false;
        worker_forget_idle(fd);
    }
    if (c.copy_count > 0) {
        c.fd = c.copies[--c.copy_count];
        return;
    }
    finish(now_ns());
    c.fd = -1;
    c.at = c.fill = 0;
}

void connection_duplicated(int copy)
{
    connection_shared();
    if (c.copy_count < COPIES_MAX) {
        c.copies[c.copy_count++] = copy;
    }
}

void connection_shared(void)
{
    if (c.fd < 0) {
        return;
    }
    c.shared = true;
    c.ahead = false;
    if (c.shut == SHUT_LEFT_TO_CLOSE) {
        c.shut = SHUT_DONE;
        real()->shutdown(c.fd, SHUT_WR);
    }
}

void connection_not_blocking(void)
{
    c.blocking = false;
    c.ahead = false;
}

void connection_left(uint64_t now)
{
    if (c.shut != SHUT_NOT) {
        closes_promptly = now - c.finished_ns < PROMPT_NS;
        c.shut = SHUT_NOT;
    }
    if (c.fd >= 0 && connection_buffered() == 0) {
        if (c.idle_registered) {
            worker_forget_idle(c.fd);
        }
        c.fd = -1;
    }
}
