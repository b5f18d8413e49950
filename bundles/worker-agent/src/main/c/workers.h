/* The zygote's table of workers, one place per slot: fork, reap, and respawn while no master is there to decide. */
#ifndef FPM4J_WORKERS_H
#define FPM4J_WORKERS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Makes the table; false if there is no memory for it. */
bool workers_create(uint32_t slots);

uint32_t workers_living(void);
uint64_t workers_spawned(void);
uint64_t workers_exited(void);

/* Forks. Returns true in the worker; in the zygote false, having told the master. */
bool workers_spawn(uint32_t slot, bool catch_output, bool respawn);

/* Reaps whoever is dead, tells the master, and plans respawns if there is none. */
void workers_reap(void);

/* Forks the respawns that are due. True in a worker. */
bool workers_respawn_due(void);

/* Milliseconds to the next planned respawn, -1 without one. */
int workers_respawn_in_ms(void);

void workers_cancel_respawns(void);

/* Tells a new master of every living worker. */
void workers_introduce(void);

void workers_signal(pid_t pid, int signo);
void workers_disown(pid_t pid);

/* Puts the read ends of caught output into a poll set of at least two entries per slot; returns how many. */
nfds_t workers_output_fds(struct pollfd *set);

/* Reads and drops what a worker wrote, so that it never blocks on a pipe nobody reads. */
void workers_drain(int fd);

#endif
