/*
 * A scanner of the inbound FastCGI stream (FastCGI specification 1.0, sections 3 to 6): it follows the records, takes
 * the few PARAMS a scoreboard shows, and says where a request's parameters and where its input end. Pure: no system
 * calls, no allocation, any split of the stream.
 */
#ifndef FPM4J_SCAN_H
#define FPM4J_SCAN_H

#include "scoreboard.h"
#include "wishes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the PARAMS say about a request; texts are cut, always terminated, and zero behind the terminator. */
struct request_text {
    char method[METHOD_BYTES];
    char uri[URI_BYTES];
    char query[QUERY_BYTES];
    char script[SCRIPT_BYTES];
    char user[USER_BYTES];
    uint64_t content_length;
};

enum param_phase { PARAM_NAME_LENGTH, PARAM_VALUE_LENGTH, PARAM_NAME, PARAM_VALUE };

/* An ini text among the parameters. Longer than the rest, so it lies outside: one stream at a time has it. */
#define INI_BYTES 16384
struct ini_text {
    uint32_t length; /* as sent, also when that is more than fits; 0: not sent */
    char bytes[INI_BYTES];
};

#define PARAM_NAME_MAX 127
/* What names the file to run; outside for the same reason. */
#define SCRIPT_PATH_BYTES 4096
struct script_params {
    char filename[SCRIPT_PATH_BYTES];
    char translated[SCRIPT_PATH_BYTES];
};

/* Which parameters were sent, be it with an empty value. */
enum sent_param {
    SENT_METHOD = 1,
    SENT_SCRIPT_NAME = 2,
    SENT_SCRIPT_FILENAME = 4,
    SENT_PATH_TRANSLATED = 8,
    SENT_REDIRECT_URL = 16,
    SENT_PATH_INFO = 32
};

#define AUTHORIZATION_BYTES 64

struct params {
    enum param_phase phase;
    uint32_t name_length;
    uint32_t value_length;
    uint32_t taken; /* bytes of the current phase seen so far */
    uint8_t length_bytes[4];
    char name[PARAM_NAME_MAX];
    char *target; /* where the current value goes, NULL: nowhere */
    uint32_t target_size;
    struct wishes *wishes; /* further values to keep, NULL: none; survives a reset */
    struct wish *wish;     /* the one the current value is for */
    char request_uri[URI_BYTES];
    char authorization[AUTHORIZATION_BYTES];
    char content_length[24];
    bool has_value, has_admin_value; /* PHP_VALUE and PHP_ADMIN_VALUE were sent */
    uint32_t sent;                   /* bits of enum sent_param */
    uint32_t script_name_length;     /* as sent; the text is in text.uri */
    char path_info[URI_BYTES], redirect_url[URI_BYTES];
    struct request_text text;
};

struct scan {
    uint64_t offset;     /* bytes of the stream scanned */
    uint64_t params_end; /* offset behind the empty PARAMS record of this request, 0: not seen */
    uint64_t input_end;  /* offset behind the whole input of this request, 0: not seen */
    bool broken;         /* not FastCGI, or multiplexed: nothing more is said about this stream */
    bool begun;
    bool keep_conn;
    uint16_t request_id;
    uint16_t role;
    uint8_t type;
    uint8_t head_bytes;
    uint8_t padding_left;
    uint8_t begin_bytes;
    uint32_t content_left;
    bool content_empty;
    uint8_t head[8];
    uint8_t begin_body[8];
    struct params params;
};

/* Starts with a fresh stream. */
void scan_reset(struct scan *scan);

/* Goes on to the next request of the same stream, once input_end has been reached. */
void scan_next_request(struct scan *scan);

/*
 * Scans some bytes. Returns how many were taken: all of them, unless the input of the request ended before; a broken
 * stream takes everything.
 */
size_t scan_feed(struct scan *scan, const uint8_t *bytes, size_t length);

/* Bytes of content and padding still to come of the record being scanned, 0 within a record's head. */
size_t scan_record_rest(const struct scan *scan);

/* The request's texts; complete once params_end is set. */
const struct request_text *scan_text(struct scan *scan);

#endif
