#include "access.h"
#include "agent.h"
#include "followed.h"
#include "real.h"
#include "receive.h"
#include "slot.h"
#include "worker.h"

#include <string.h>

#define END_REQUEST_BYTES 16
#define PROMPT_NS 1000000u
#define LINGER_NS 1000000000u

struct followed followed = {.fd = -1};

static bool closes_promptly; /* learnt: the program closes right after shutdown(SHUT_WR) */
static _Atomic bool foreign; /* another thread has used the connection: the scanner may have missed bytes */

void connection_open(int fd, bool blocking, bool unix_socket, uint64_t now)
{
    followed.fd = fd;
    followed.copy_count = 0;
    followed.unix_socket = unix_socket;
    followed.blocking = blocking;
    followed.ahead = blocking;
    followed.shared = followed.between = followed.idle_registered = followed.counted = followed.given_up = false;
    followed.refused = followed.kept = false;
    followed.info = followed.executing = followed.finished = followed.end_in_flight = followed.ended = false;
    followed.shut = SHUT_NOT;
    followed.error = 0;
    followed.handed = followed.begun_at = 0;
    followed.at = followed.fill = 0;
    foreign = false;
    scan_reset(&followed.scan);
    access_begin();
    slot_connected(now);
}

int connection_descriptor(void)
{
    return agent_thread ? followed.fd : -1;
}

static bool is_copy(int fd)
{
    for (int i = 0; i < followed.copy_count; i++) {
        if (followed.copies[i] == fd) {
            return true;
        }
    }
    return false;
}

bool connection_is(int fd)
{
    if (fd < 0 || (fd != followed.fd && !(followed.copy_count > 0 && is_copy(fd)))) {
        return false;
    }
    if (!agent_thread) {
        foreign = true;
        return false;
    }
    if (foreign) {
        foreign = false;
        followed.ahead = false;
        followed.scan.broken = true;
    }
    return true;
}

bool followed_input_is_complete(void)
{
    const struct scan *scan = &followed.scan;
    return !scan->broken && scan->input_end != 0 && followed.handed + connection_buffered() == scan->input_end
           && !scan->keep_conn;
}

void followed_unseen(void)
{
    memset(followed.scan.params.text.script, 0, sizeof(followed.scan.params.text.script));
    slot_info(&followed.scan.params.text);
    followed.executing = true;
}

void followed_finish(uint64_t now)
{
    if (!followed.finished && followed.executing && followed.scan.begun) {
        followed.finished = true;
        followed.finished_ns = now;
        slot_finished(now);
        access_finish();
        worker_served_one();
    }
}

/* An END_REQUEST record without padding, as every FastCGI library writes it (specification, section 5.5). */
static bool ends_request(const uint8_t *tail)
{
    return tail[0] == 1 && tail[1] == 3 && tail[4] == 0 && tail[5] == 8 && tail[6] == 0
           && (followed.scan.broken || (uint16_t)(tail[2] << 8 | tail[3]) == followed.scan.request_id);
}

/* The record is kept before the client has its answer, so who sees the answer also sees the request counted. */
void connection_writing(const void *bytes, size_t length)
{
    followed.end_in_flight = length >= END_REQUEST_BYTES
                      && ends_request((const uint8_t *)bytes + length - END_REQUEST_BYTES);
    if (followed.end_in_flight) {
        followed_finish(now_ns());
    }
}

void connection_written(size_t length, ssize_t written)
{
    if (written > 0) {
        followed.ended = followed.end_in_flight && (size_t)written == length;
    }
}

bool connection_shutdown(int how)
{
    followed_finish(now_ns());
    if (followed.refused) {
        followed.given_up = followed.refused = false; /* reading to the end of the client's input keeps the answer safe */
        return false;
    }
    if (how != SHUT_WR || followed.shared || !followed.blocking) {
        return false;
    }
    if (!followed_input_is_complete()) {
        connection_look_ahead();
    }
    if (!followed_input_is_complete()) {
        return false; /* bytes may still come: only a real shutdown and reading to the end keep the answer safe */
    }
    followed.shut = closes_promptly && followed.ended ? SHUT_LEFT_TO_CLOSE : SHUT_DONE;
    return followed.shut == SHUT_LEFT_TO_CLOSE;
}

/* A close with input unread may take the answer back: the client is given time to read it and to end. */
static void linger(int fd)
{
    static uint8_t dropped[16384];
    uint64_t end = now_ns() + LINGER_NS;
    real()->shutdown(fd, SHUT_WR);
    while (receive_until(fd, dropped, sizeof(dropped), end) > 0) {
    }
}

void connection_close(int fd)
{
    if (fd != followed.fd) {
        for (int i = 0; i < followed.copy_count; i++) {
            if (followed.copies[i] == fd) {
                followed.copies[i] = followed.copies[--followed.copy_count];
                return;
            }
        }
        return;
    }
    if (followed.idle_registered) {
        followed.idle_registered = false;
        worker_forget_idle(fd);
    }
    if (followed.copy_count > 0) {
        followed.fd = followed.copies[--followed.copy_count];
        return;
    }
    followed_finish(now_ns());
    if (followed.refused) {
        followed.refused = false;
        linger(fd);
    }
    followed.fd = -1;
    followed.at = followed.fill = 0;
}

void connection_duplicated(int copy)
{
    connection_shared();
    if (followed.copy_count < COPIES_MAX) {
        followed.copies[followed.copy_count++] = copy;
    }
}

void connection_shared(void)
{
    if (followed.fd < 0) {
        return;
    }
    followed.shared = true;
    followed.ahead = false;
    if (followed.shut == SHUT_LEFT_TO_CLOSE) {
        followed.shut = SHUT_DONE;
        real()->shutdown(followed.fd, SHUT_WR);
    }
}

void connection_not_blocking(void)
{
    followed.blocking = false;
    followed.ahead = false;
}

void connection_left(uint64_t now)
{
    if (followed.shut != SHUT_NOT) {
        closes_promptly = now - followed.finished_ns < PROMPT_NS;
        followed.shut = SHUT_NOT;
    }
    if (followed.fd >= 0 && connection_buffered() == 0) {
        if (followed.idle_registered) {
            worker_forget_idle(followed.fd);
        }
        followed.fd = -1;
    }
}
