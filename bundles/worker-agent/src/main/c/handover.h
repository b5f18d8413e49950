/* Requests that a worker leaves to the master, those for the pool's status: with their connection, or without. */
#ifndef FPM4J_HANDOVER_H
#define FPM4J_HANDOVER_H

#include "params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the zygote, before the first fork. False with errno. */
bool handover_create(void);

/*
 * In a worker: sends the connection with its request and what was read behind the parameters, and puts a dead socket
 * in its place, so that nothing the program still does to it reaches the client. False: nothing was done.
 */
bool handover_send(int fd, uint16_t request_id, const char *uri, const struct params *params, const uint8_t *rest,
                   size_t rest_length);

/*
 * In a worker whose connection is to live on: sends the request alone, with one end of a pair of sockets to answer on.
 * Returns the other end, the caller's to close; -1: nothing was done.
 */
int handover_ask(uint16_t request_id, const char *uri, const struct params *params);

/* In the zygote: whether connections may come. */
bool handover_is_open(void);

/* In the zygote while no master is there: tells who waits that there is no status now. */
void handover_refuse_all(void);

#endif
