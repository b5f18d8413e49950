/* The zygote's end of the control socket: one master at a time, the newest. */
#ifndef FPM4J_LINK_H
#define FPM4J_LINK_H

#include "control.h"

#include <stdbool.h>

/* Accepts a master if one is waiting and may be one (root, or who started the zygote). It replaces the one before. */
bool link_accept(void);

bool link_is_up(void);

/*
 * Sends a packet, with descriptors if count is not 0. Waits up to a second for a slow master; one that is slower, or
 * gone, is disconnected. Does nothing without a master.
 */
void link_send(const void *packet, size_t length, const int *fds, int count);

/* Receives one order into packet. False: none there (or the master has just been lost). */
bool link_receive(void *packet, size_t size, size_t *length);

void link_drop(void);

#endif
