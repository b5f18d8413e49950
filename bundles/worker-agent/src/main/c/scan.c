#include "scan.h"

#include "params.h"
#include "record.h"

#include <string.h>

enum role { RESPONDER = 1, AUTHORIZER = 2, FILTER = 3 };

#define KEEP_CONN 1

void scan_reset(struct scan *scan)
{
    scan->offset = 0;
    scan->broken = false;
    scan->params.wishes = NULL;
    scan_next_request(scan);
}

void scan_next_request(struct scan *scan)
{
    scan->params_end = 0;
    scan->input_end = 0;
    scan->begun = false;
    scan->keep_conn = false;
    scan->request_id = 0;
    scan->role = 0;
    scan->head_bytes = 0;
    scan->begin_bytes = 0;
    scan->content_left = 0;
    scan->padding_left = 0;
    params_reset(&scan->params);
}

size_t scan_record_rest(const struct scan *scan)
{
    return scan->head_bytes < sizeof(scan->head) ? 0 : scan->content_left + scan->padding_left;
}

const struct request_text *scan_text(struct scan *scan)
{
    return &scan->params.text;
}

/* Looks at a complete record head. Management records (id 0) and unknown types are skipped. */
static void open_record(struct scan *scan)
{
    const uint8_t *head = scan->head;
    uint16_t id = (uint16_t)(head[2] << 8 | head[3]);
    scan->type = head[1];
    scan->content_left = (uint32_t)(head[4] << 8 | head[5]);
    scan->padding_left = head[6];
    scan->content_empty = scan->content_left == 0;
    if (head[0] != 1) {
        scan->broken = true;
    } else if (scan->type == BEGIN_REQUEST) {
        scan->broken = scan->begun || id == 0 || scan->content_left != sizeof(scan->begin_body);
        scan->begun = true;
        scan->request_id = id;
    } else if (scan->begun && id != 0 && id != scan->request_id) {
        scan->broken = true;
    } else if (scan->type == PARAMS && (!scan->begun || scan->params_end != 0)) {
        scan->broken = true;
    }
}

static void take_begin_body(struct scan *scan, const uint8_t *bytes, size_t length)
{
    memcpy(scan->begin_body + scan->begin_bytes, bytes, length);
    scan->begin_bytes += (uint8_t)length;
    if (scan->begin_bytes == sizeof(scan->begin_body)) {
        scan->role = (uint16_t)(scan->begin_body[0] << 8 | scan->begin_body[1]);
        scan->keep_conn = (scan->begin_body[2] & KEEP_CONN) != 0;
        scan->broken = scan->role < RESPONDER || scan->role > FILTER;
    }
}

static void take_content(struct scan *scan, const uint8_t *bytes, size_t length)
{
    if (scan->type == PARAMS) {
        params_feed(&scan->params, bytes, length);
    } else if (scan->type == BEGIN_REQUEST) {
        take_begin_body(scan, bytes, length);
    }
}

/* The record is over; an empty one ends its stream, and the last stream of the role ends the input (section 6). */
static void close_record(struct scan *scan)
{
    scan->head_bytes = 0;
    if (!scan->begun || !scan->content_empty) {
        return;
    }
    if (scan->type == PARAMS) {
        params_finish(&scan->params);
        scan->params_end = scan->offset;
    }
    if (scan->params_end != 0 && ((scan->type == STDIN && scan->role == RESPONDER)
                                  || (scan->type == PARAMS && scan->role == AUTHORIZER)
                                  || (scan->type == DATA && scan->role == FILTER))) {
        scan->input_end = scan->offset;
    }
}

size_t scan_feed(struct scan *scan, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && scan->input_end == 0 && !scan->broken) {
        size_t left = length - at;
        size_t step;
        if (scan->head_bytes < sizeof(scan->head)) {
            step = sizeof(scan->head) - scan->head_bytes;
            step = step < left ? step : left;
            memcpy(scan->head + scan->head_bytes, bytes + at, step);
            scan->head_bytes += (uint8_t)step;
            if (scan->head_bytes == sizeof(scan->head)) {
                open_record(scan);
            }
        } else if (scan->content_left > 0) {
            step = scan->content_left < left ? scan->content_left : left;
            take_content(scan, bytes + at, step);
            scan->content_left -= (uint32_t)step;
        } else {
            step = scan->padding_left < left ? scan->padding_left : left;
            scan->padding_left -= (uint8_t)step;
        }
        at += step;
        scan->offset += step;
        if (scan->head_bytes == sizeof(scan->head) && scan->content_left == 0 && scan->padding_left == 0
            && !scan->broken) {
            close_record(scan);
        }
    }
    if (scan->broken) {
        scan->offset += length - at;
        return length;
    }
    return at;
}
