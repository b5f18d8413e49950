#include "settings.h"

#include "agent.h"
#include "real.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_ATTEMPTS 100

static struct settings current = {.allowed_count = ALLOWED_ANYONE, .seq = 1}; /* odd: nothing read yet */

/* Reads under the sequence lock; false if the master was writing meanwhile. */
static bool try_read(void)
{
    struct scoreboard_header *header = agent.header;
    struct settings fresh;
    uint32_t seq = atomic_load_explicit(&header->settings_seq, memory_order_acquire);
    if (seq == current.seq) {
        return true;
    }
    fresh.max_requests = atomic_load_explicit(&header->max_requests, memory_order_relaxed);
    fresh.max_requests_jitter = atomic_load_explicit(&header->max_requests_jitter, memory_order_relaxed);
    fresh.keep_idle_ms = atomic_load_explicit(&header->keep_idle_ms, memory_order_relaxed);
    fresh.max_worker_memory = atomic_load_explicit(&header->max_worker_memory, memory_order_relaxed);
    fresh.allowed_count = atomic_load_explicit(&header->allowed_count, memory_order_relaxed);
    memcpy(fresh.allowed, header->allowed_clients, sizeof(fresh.allowed));
    fresh.access_log = atomic_load_explicit(&header->access_log, memory_order_relaxed);
    memcpy(fresh.access_names, header->access_names, sizeof(fresh.access_names));
    memcpy(fresh.status_path, header->status_path, sizeof(fresh.status_path));
    memcpy(fresh.ping_path, header->ping_path, sizeof(fresh.ping_path));
    memcpy(fresh.ping_response, header->ping_response, sizeof(fresh.ping_response));
    fresh.seq = seq;
    atomic_thread_fence(memory_order_acquire);
    if ((seq & 1) != 0 || seq != atomic_load_explicit(&header->settings_seq, memory_order_relaxed)) {
        return false;
    }
    if (fresh.allowed_count != ALLOWED_ANYONE && fresh.allowed_count > ALLOWED_MAX) {
        fresh.allowed_count = 0; /* nonsense must not open the pool */
    }
    fresh.status_path[sizeof(fresh.status_path) - 1] = '\0';
    fresh.ping_path[sizeof(fresh.ping_path) - 1] = '\0';
    fresh.ping_response[sizeof(fresh.ping_response) - 1] = '\0';
    current = fresh;
    return true;
}

const struct settings *settings_now(void)
{
    for (int attempt = 0; attempt < READ_ATTEMPTS && !try_read(); attempt++) {
    }
    return &current;
}

static bool peer_bytes(const struct sockaddr_storage *peer, uint8_t bytes[16])
{
    if (peer->ss_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)peer)->sin6_addr, 16);
        return true;
    }
    if (peer->ss_family == AF_INET) {
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        memcpy(bytes, mapped, sizeof(mapped));
        memcpy(bytes + sizeof(mapped), &((const struct sockaddr_in *)peer)->sin_addr, 4);
        return true;
    }
    return false;
}

static void say_dropped(const struct sockaddr_storage *peer)
{
    char address[INET6_ADDRSTRLEN] = "";
    const void *bytes = peer->ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)peer)->sin_addr
                                                   : (const void *)&((const struct sockaddr_in6 *)peer)->sin6_addr;
    inet_ntop(peer->ss_family, bytes, address, sizeof(address));
    char line[128];
    int length = snprintf(line, sizeof(line), "ERROR: Connection disallowed: IP address '%s' has been dropped.\n",
                          address);
    ssize_t ignored = real()->write(STDERR_FILENO, line, (size_t)length);
    (void)ignored;
}

bool settings_allow_peer(const struct sockaddr_storage *peer)
{
    uint8_t bytes[16];
    const struct settings *settings = settings_now();
    if (settings->allowed_count == ALLOWED_ANYONE || !peer_bytes(peer, bytes)) {
        return true;
    }
    for (uint32_t i = 0; i < settings->allowed_count; i++) {
        if (memcmp(settings->allowed[i], bytes, sizeof(bytes)) == 0) {
            return true;
        }
    }
    say_dropped(peer);
    return false;
}
