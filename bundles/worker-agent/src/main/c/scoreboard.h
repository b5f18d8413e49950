/*
 * The scoreboard file: the header, the pages workers share, then one slot of 4096 bytes per worker, in host byte order.
 * The bundle's README has the tables. Every field but those shared has one writer, named here; whoever reads what workers
 * write treats it as hostile.
 */
#ifndef FPM4J_SCOREBOARD_H
#define FPM4J_SCOREBOARD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define SCOREBOARD_MAGIC "FPM4JSB1"
#define SCOREBOARD_VERSION 1u
#define HEADER_BYTES 16384u /* with the pages workers share */
#define SHARED_OFFSET 4096u
#define SLOT_BYTES 4096u
#define ALLOWED_MAX 128u
#define ALLOWED_ANYONE 0xffffffffu
#define DURATION_BUCKETS 1024u

#define METHOD_BYTES 16
#define URI_BYTES 128
#define QUERY_BYTES 512
#define SCRIPT_BYTES 256
#define USER_BYTES 32
#define ACCESS_NAMES_BYTES 508
#define PAGE_PATH_BYTES 128
#define PING_RESPONSE_BYTES 256

enum stage {
    STAGE_FREE,
    STAGE_ACCEPTING,
    STAGE_READING_HEADERS,
    STAGE_INFO,
    STAGE_EXECUTING,
    STAGE_END,
    STAGE_FINISHED
};

enum access_log_flag { ACCESS_LOG_ON = 1, ACCESS_LOG_CPU = 2 };

enum connection_flag { FLAG_KEPT_ALIVE_IDLE = 1, FLAG_RETIRING = 2 };

struct scoreboard_header { /* written by the master, but for zygote_pid; workers have it mapped read-only */
    char magic[8];
    _Atomic uint32_t version; /* stored last: the file is ready */
    uint32_t header_bytes;
    uint32_t slot_bytes;
    uint32_t slots;
    uint64_t length;
    uint32_t generation;
    _Atomic int32_t zygote_pid; /* written by the zygote */
    uint64_t created_ns;
    uint64_t created_epoch_ms;
    uint64_t reserved0;
    char pool[64];
    _Atomic uint32_t settings_seq; /* odd while the settings are being written */
    _Atomic uint32_t max_requests; /* 0: endless */
    _Atomic uint32_t keep_idle_ms; /* 0: no limit by time */
    _Atomic uint32_t allowed_count;
    _Atomic uint32_t max_requests_jitter;
    uint8_t reserved1[44];
    uint8_t allowed_clients[ALLOWED_MAX][16]; /* IPv6 or v4-mapped */
    uint8_t reserved2[320];
    char status_path[PAGE_PATH_BYTES]; /* and the next two belong to the settings; NUL padded, empty: no such page */
    char ping_path[PAGE_PATH_BYTES];
    char ping_response[PING_RESPONSE_BYTES]; /* empty: too long for here, the master answers */
    _Atomic uint32_t access_log; /* enum access_log_flag; a part of the settings, as the names */
    char access_names[ACCESS_NAMES_BYTES]; /* wanted values: 'e' or 'o', the name, NUL; ends with a NUL */
    uint8_t reserved3[256];
    _Atomic uint64_t max_worker_memory; /* a setting: peak bytes of a request; 0: no limit */
};

struct scoreboard_shared { /* written by any worker */
    _Atomic uint64_t last_yield_ns; /* compare and set */
    uint8_t reserved0[56];
    _Atomic uint64_t duration_counts[DURATION_BUCKETS]; /* atomic add */
};

struct scoreboard_slot { /* written by the worker unless said otherwise */
    _Atomic uint32_t stage;
    _Atomic int32_t pid; /* and by the zygote: 0 after reaping */
    _Atomic uint32_t text_seq;
    _Atomic uint32_t flags;
    _Atomic uint64_t start_ns;
    _Atomic uint64_t stage_since_ns;
    _Atomic uint64_t accepted;
    _Atomic uint64_t requests;
    _Atomic uint64_t request_start_ns;
    _Atomic uint64_t last_duration_ns;
    _Atomic uint64_t content_length;
    _Atomic uint64_t last_cpu_ns;
    _Atomic uint64_t last_memory_bytes;
    _Atomic uint64_t total_accepted;
    _Atomic uint64_t total_requests;
    _Atomic uint64_t connections;
    _Atomic uint64_t last_finish_ns;
    uint8_t reserved0[8];
    _Atomic int32_t retire; /* written by the master: the pid told to retire */
    uint8_t reserved1[60];
    uint8_t reserved2[832];
    char method[METHOD_BYTES];
    char uri[URI_BYTES];
    char query[QUERY_BYTES];
    char script[SCRIPT_BYTES];
    char user[USER_BYTES];
    uint8_t reserved3[144];
    _Atomic uint64_t access_dropped;
    _Atomic uint64_t total_duration_us;
};

#define AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #field " moved")

AT(scoreboard_header, version, 8);
AT(scoreboard_header, header_bytes, 12);
AT(scoreboard_header, slot_bytes, 16);
AT(scoreboard_header, slots, 20);
AT(scoreboard_header, length, 24);
AT(scoreboard_header, generation, 32);
AT(scoreboard_header, zygote_pid, 36);
AT(scoreboard_header, created_ns, 40);
AT(scoreboard_header, created_epoch_ms, 48);
AT(scoreboard_header, pool, 64);
AT(scoreboard_header, settings_seq, 128);
AT(scoreboard_header, max_requests, 132);
AT(scoreboard_header, keep_idle_ms, 136);
AT(scoreboard_header, allowed_count, 140);
AT(scoreboard_header, max_requests_jitter, 144);
AT(scoreboard_header, allowed_clients, 192);
AT(scoreboard_header, status_path, 2560);
AT(scoreboard_header, ping_path, 2688);
AT(scoreboard_header, ping_response, 2816);
AT(scoreboard_header, access_log, 3072);
AT(scoreboard_header, access_names, 3076);
AT(scoreboard_header, max_worker_memory, 3840);
_Static_assert(sizeof(struct scoreboard_header) <= SHARED_OFFSET, "header too long");

AT(scoreboard_shared, last_yield_ns, 0);
AT(scoreboard_shared, duration_counts, 64);
_Static_assert(sizeof(struct scoreboard_shared) <= HEADER_BYTES - SHARED_OFFSET, "shared pages too long");

AT(scoreboard_slot, stage, 0);
AT(scoreboard_slot, pid, 4);
AT(scoreboard_slot, text_seq, 8);
AT(scoreboard_slot, flags, 12);
AT(scoreboard_slot, start_ns, 16);
AT(scoreboard_slot, stage_since_ns, 24);
AT(scoreboard_slot, accepted, 32);
AT(scoreboard_slot, requests, 40);
AT(scoreboard_slot, request_start_ns, 48);
AT(scoreboard_slot, last_duration_ns, 56);
AT(scoreboard_slot, content_length, 64);
AT(scoreboard_slot, last_cpu_ns, 72);
AT(scoreboard_slot, last_memory_bytes, 80);
AT(scoreboard_slot, total_accepted, 88);
AT(scoreboard_slot, total_requests, 96);
AT(scoreboard_slot, connections, 104);
AT(scoreboard_slot, last_finish_ns, 112);
AT(scoreboard_slot, retire, 128);
AT(scoreboard_slot, method, 1024);
AT(scoreboard_slot, uri, 1040);
AT(scoreboard_slot, query, 1168);
AT(scoreboard_slot, script, 1680);
AT(scoreboard_slot, user, 1936);
AT(scoreboard_slot, access_dropped, 2112);
AT(scoreboard_slot, total_duration_us, 2120);
_Static_assert(sizeof(struct scoreboard_slot) <= SLOT_BYTES, "slot too long");
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2, "shared memory needs lock-free atomics");

#endif
