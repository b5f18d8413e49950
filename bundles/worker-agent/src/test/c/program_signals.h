#ifndef FPM4J_PROGRAM_SIGNALS_H
#define FPM4J_PROGRAM_SIGNALS_H

#include <stdbool.h>

/* Aborts if sigaction() ever says what is not so; returns whether it answers without asking the kernel. */
bool signals_are_remembered(void);

#endif
