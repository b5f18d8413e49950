/* Reading from the followed connection: through the buffer, past it, and between two requests. */
#include "access.h"
#include "agent.h"
#include "followed.h"
#include "intercept.h"
#include "php.h"
#include "real.h"
#include "receive.h"
#include "settings.h"
#include "slot.h"
#include "worker.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#define BUFFER_BYTES 32768
#define DIRECT_BYTES 4096
#define REST_NS 1000000000u
#define LENT_NS 500000u /* longer, and to sleep would have been better */
#define PAUSE_MAX 1023 /* connections; one less than a power of two */
#define KNOWN_FLAGS (MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL | MSG_CMSG_CLOEXEC)

static uint8_t buffer[BUFFER_BYTES];

int connection_count(int in_kernel)
{
    followed.counted = true;
    return in_kernel + (int)connection_buffered();
}

size_t connection_buffered(void)
{
    return followed.fill - followed.at;
}

static bool drained(void)
{
    return followed.shut != SHUT_NOT && !followed.shared && followed_input_is_complete();
}

bool connection_is_readable(void)
{
    return connection_buffered() > 0 || followed.given_up || followed.error != 0 || drained();
}

/* Nothing more of this connection reaches the program: it reads the end. */
static void end_connection(void)
{
    followed.at = followed.fill = 0;
    followed.ahead = false;
    followed.scan.broken = true;
    followed.given_up = true;
}

static bool is_in_buffer(const uint8_t *bytes)
{
    return (uintptr_t)bytes >= (uintptr_t)buffer && (uintptr_t)bytes < (uintptr_t)buffer + sizeof(buffer);
}

/* More of a request while the program waits; an error is kept for its next read. */
static ssize_t receive_more(uint64_t end, void *bytes, size_t length)
{
    ssize_t received = receive_until(followed.fd, bytes, length, end);
    if (received < 0 && errno != EAGAIN) {
        followed.error = errno;
    }
    return received;
}

/*
 * Whether the connection can live on behind a request the program does not see: the client wants it to, the program has
 * none of the request, and all of it comes in time. What was still on its way is dropped. Sets *next to where in the
 * buffer the next request begins.
 */
static bool lives_on(const uint8_t *bytes, size_t taken, size_t *next)
{
    struct scan *scan = &followed.scan;
    if (!is_in_buffer(bytes) || !scan->keep_conn || followed.handed != followed.begun_at) {
        return false;
    }
    uint64_t end = now_ns() + REST_NS;
    *next = (size_t)(bytes - buffer) + taken;
    while (!scan->broken && scan->input_end == 0) {
        ssize_t received = receive_more(end, buffer, sizeof(buffer));
        if (received <= 0) {
            return false;
        }
        followed.fill = (size_t)received;
        followed.at = *next = scan_feed(scan, buffer, followed.fill);
    }
    return !scan->broken && scan->input_end != 0;
}

/*
 * The parameters are complete. A request the program is not to see is over now, as far as the scoreboard goes, and the
 * connection with it, unless it can live on.
 */
static void intercept(const uint8_t *bytes, size_t taken, size_t length)
{
    struct scan *scan = &followed.scan;
    enum page page = agent.role == ROLE_WORKER ? intercept_page(&scan->params)
                                               : PAGE_NONE; /* a child of the program has neither settings nor master */
    if (page == PAGE_NONE) {
        return;
    }
    size_t behind = (size_t)(scan->offset - scan->params_end) + (length - taken), next = 0;
    uint64_t offset = scan->offset;
    bool stays = lives_on(bytes, taken, &next);
    if (scan->offset != offset) {
        behind = 0; /* no longer there, and the master does not look at it */
    }
    enum intercepted done =
        intercept_request(followed.fd, page, scan->request_id, &scan->params, bytes + length - behind, behind,
                          stays ? CONNECTION_LIVES_ON : CONNECTION_ENDS);
    followed_finish(now_ns());
    if (done == INTERCEPT_HANDED_OVER) {
        followed.idle_registered = false;
        end_connection();
    } else if (stays && done == INTERCEPT_ANSWERED) {
        followed.ended = followed.kept = true;
        followed.handed = scan->input_end;
        followed.at = next;
    } else {
        followed.refused = scan->input_end == 0;
        end_connection();
    }
}

static void scan_received(const uint8_t *bytes, size_t length)
{
    if (followed.between) {
        followed.between = false;
        access_begin();
        slot_request_began(now_ns());
    }
    size_t taken = scan_feed(&followed.scan, bytes, length);
    if (!followed.info && followed.scan.params_end != 0) {
        followed.info = true;
        slot_info(scan_text(&followed.scan));
        if (!followed.scan.broken) {
            intercept(bytes, taken, length);
        }
    }
    if (followed.scan.broken) {
        followed.ahead = false;
    }
    /* what follows the request's input stays in the buffer for begin_next_request() */
}

static void note_handed(size_t length)
{
    followed.handed += length;
    if (!followed.executing && followed.scan.params_end != 0 && followed.handed >= followed.scan.params_end) {
        followed.executing = true;
        slot_executing(now_ns());
        php_request_begins(&followed.scan.params);
    }
}

/* The buffer must be empty. Returns what recv() returned. */
static ssize_t fill(int flags)
{
    ssize_t received = real()->recv(followed.fd, buffer, sizeof(buffer), flags);
    if (received > 0) {
        followed.at = 0;
        followed.fill = (size_t)received;
        scan_received(buffer, followed.fill);
    }
    return received;
}

/*
 * A request that comes in pieces is kept until its parameters are complete, lest the program has a part of one it is not
 * to see: the connection could then not live on. Only if there are such requests, and for a client that wants it to.
 */
static void await_params(void)
{
    const struct scan *scan = &followed.scan;
    if (scan->params_end != 0 || scan->broken || followed.handed != followed.begun_at || !followed.ahead
        || followed.shared || agent.role != ROLE_WORKER) {
        return;
    }
    const struct settings *settings = settings_now();
    bool has_pages = settings->status_path[0] != '\0' || settings->ping_path[0] != '\0';
    int kept = errno;
    uint64_t end = now_ns() + REST_NS;
    while (has_pages && !scan->broken && scan->params_end == 0 && followed.fill < sizeof(buffer)
           && (scan->keep_conn || scan->begin_bytes < sizeof(scan->begin_body))) {
        uint8_t *into = buffer + followed.fill;
        ssize_t received = receive_more(end, into, sizeof(buffer) - followed.fill);
        if (received <= 0) {
            break;
        }
        followed.fill += (size_t)received;
        scan_received(into, (size_t)received);
    }
    errno = kept;
}

/* The program has had the whole input, answered, and reads again: it asks for the next request. */
static void begin_next_request(void)
{
    const struct scan *scan = &followed.scan;
    bool answered = scan->input_end != 0 && followed.handed >= scan->input_end && followed.ended;
    if (scan->broken || !answered || !scan->keep_conn) {
        return;
    }
    followed_finish(now_ns());
    scan_next_request(&followed.scan);
    followed.begun_at = followed.handed;
    followed.info = followed.executing = followed.finished = followed.ended = followed.kept = false;
    followed.between = true;
    if (connection_buffered() > 0) {
        scan_received(buffer + followed.at, connection_buffered());
    }
}

/* Hands out buffered bytes, never past the end of a request: the next one begins with a read of its own. */
static size_t serve(void *bytes, size_t length, bool peek)
{
    size_t step = connection_buffered();
    if (followed.scan.input_end > followed.handed && step > followed.scan.input_end - followed.handed) {
        step = (size_t)(followed.scan.input_end - followed.handed);
    }
    step = step < length ? step : length;
    memcpy(bytes, buffer + followed.at, step);
    if (!peek) {
        if (followed.scan.input_end != 0 && followed.handed >= followed.scan.input_end) {
            followed.scan.broken = true; /* bytes behind a request that is not answered: nothing is known of them */
            followed.ahead = false;
        }
        followed.at += step;
        note_handed(step);
    }
    return step;
}

/* Tells the program that the connection ended, unless a request came in the meantime: that one is served first. */
static ssize_t give_up(void)
{
    if (followed.unix_socket) {
        real()->shutdown(followed.fd, SHUT_RD); /* from here on a client's write fails, so it knows to send elsewhere */
    }
    ssize_t received = fill(MSG_DONTWAIT);
    if (received <= 0) {
        followed.given_up = true;
        slot_kept_alive_idle(false, now_ns());
        received = 0;
    }
    return received;
}

static ssize_t fill_after_idling(void)
{
    ssize_t received = -1;
    slot_kept_alive_idle(true, now_ns());
    do {
        switch (worker_wait_idle(followed.fd, &followed.idle_registered)) {
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
    ssize_t received = real()->recv(followed.fd, bytes, length, flags);
    if (received > 0) {
        scan_received(bytes, (size_t)received);
        if (followed.given_up) {
            return 0;
        }
        if (followed.scan.offset != followed.handed + (size_t)received) {
            followed.scan.broken = true; /* the program took bytes of two requests at once */
        }
        note_handed((size_t)received);
    }
    return received;
}

static ssize_t read_some(void *bytes, size_t length, int flags)
{
    do {
        begin_next_request();
        if (connection_buffered() > 0 && !(flags & MSG_DONTWAIT)) {
            await_params();
        }
    } while (followed.kept && !followed.scan.broken);
    if (connection_buffered() > 0) {
        size_t served = serve(bytes, length, false);
        if (followed.counted && served < length && connection_buffered() == 0 && followed.scan.input_end == 0) {
            ssize_t more = read_directly((char *)bytes + served, length - served, MSG_DONTWAIT);
            served += more > 0 ? (size_t)more : 0;
        }
        return (ssize_t)served;
    }
    if (followed.given_up || drained()) {
        return 0;
    }
    if (followed.error != 0) {
        errno = followed.error;
        followed.error = 0;
        return -1;
    }
    size_t rest = scan_record_rest(&followed.scan);
    if (!followed.ahead || followed.shared) {
        return read_directly(bytes, length, flags);
    }
    if (rest >= DIRECT_BYTES && length >= DIRECT_BYTES) {
        return read_directly(bytes, rest < length ? rest : length, flags);
    }
    ssize_t received =
        followed.between && !(flags & MSG_DONTWAIT) ? fill_after_idling() : fill(flags & (MSG_DONTWAIT | MSG_NOSIGNAL));
    if (received > 0 && !(flags & MSG_DONTWAIT)) {
        await_params();
    }
    if (received > 0 && followed.given_up) {
        return 0;
    }
    if (received > 0 && (followed.kept || connection_buffered() == 0)) {
        return read_some(bytes, length, flags); /* what came was answered here, and the client goes on */
    }
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

/*
 * A front end connects and then writes, and the first may take the processor from it. To let it go on is then cheaper
 * than to sleep until the second. But a processor lent to somebody who computes comes back late, and where the kernel
 * keeps front end and workers apart (autogroup, cgroups) it does not go to the front end at all. So whether it pays is
 * learnt: each time it did not, twice as many connections pass before it is tried again.
 */
static ssize_t fill_after_yielding(void)
{
    static uint32_t pause, left_of_pause;
    if (left_of_pause > 0) {
        left_of_pause--;
        errno = EAGAIN;
        return -1;
    }
    uint64_t before = now_ns();
    sched_yield();
    ssize_t received = fill(MSG_DONTWAIT);
    bool paid = received >= 0 && now_ns() - before < LENT_NS;
    pause = paid ? 0 : pause < PAUSE_MAX ? pause * 2 + 1 : PAUSE_MAX;
    left_of_pause = pause;
    return received;
}

bool connection_look_ahead(void)
{
    if (!connection_is_readable() && followed.ahead && !followed.shared && !followed.between && !followed.kept) {
        int kept = errno;
        ssize_t received = fill(MSG_DONTWAIT);
        if (received < 0 && errno == EAGAIN && followed.scan.offset == 0) {
            received = fill_after_yielding();
        }
        if (received < 0 && errno != EAGAIN && errno != EINTR) {
            followed.error = errno;
        }
        errno = kept;
    }
    return connection_is_readable() || followed.kept; /* a read then waits as between any two requests */
}
