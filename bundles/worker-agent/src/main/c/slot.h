/* The worker's place in the scoreboard: one call per event. Nothing happens in a process that has no slot. */
#ifndef FPM4J_SLOT_H
#define FPM4J_SLOT_H

#include "scan.h"

#include <stdbool.h>
#include <stdint.h>

/* The worker has been forked: everything that is not a total over the slot's life starts anew. */
void slot_start(uint64_t start_ns);

void slot_accepting(uint64_t now);

/* A connection has been accepted, and with it a request has begun. */
void slot_connected(uint64_t now);

/* The first byte of a further request on a kept-alive connection has come. */
void slot_request_began(uint64_t now);

/* All PARAMS are here. */
void slot_info(const struct request_text *text);

/* The program has been handed the last of the PARAMS. */
void slot_executing(uint64_t now);

/* The answer is complete, or the connection is given up. Reads the CPU clock. */
void slot_finished(uint64_t now);

/* Waiting for a further request on a kept-alive connection begins or ends. */
void slot_kept_alive_idle(bool idle, uint64_t now);

void slot_retiring(void);

#endif
