/* The settings the master may change while workers live: read from the scoreboard's header. */
#ifndef FPM4J_SETTINGS_H
#define FPM4J_SETTINGS_H

#include "scoreboard.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct settings {
    uint32_t max_requests;
    uint32_t max_requests_jitter;
    uint32_t keep_idle_ms;
    uint64_t max_worker_memory;
    uint32_t allowed_count; /* ALLOWED_ANYONE or at most ALLOWED_MAX */
    uint8_t allowed[128][16];
    uint32_t access_log; /* enum access_log_flag */
    char access_names[ACCESS_NAMES_BYTES];
    uint32_t seq; /* of the lock: another number, other settings */
    char status_path[128], ping_path[128], ping_response[256]; /* always terminated */
};

/* The newest settings that could be read undisturbed. */
const struct settings *settings_now(void);

/* Whether listen.allowed_clients lets a client in; if not, says so on standard error as php-fpm does. */
bool settings_allow_peer(const struct sockaddr_storage *peer);

#endif
