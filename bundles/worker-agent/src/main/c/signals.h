/* What is remembered of the kernel's answers about signals. */
#ifndef FPM4J_SIGNALS_H
#define FPM4J_SIGNALS_H

#include <stdint.h>

/* Lets the kernel be asked again if a second has passed since it was. To be called with each connection. */
void signals_forget_old(uint64_t now);

#endif
