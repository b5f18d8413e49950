/* What the files of interposed calls share. Each wrapper: is it ours? - record - the real call - record. */
#ifndef FPM4J_CALLS_H
#define FPM4J_CALLS_H

#include "agent.h"
#include "connection.h"
#include "real.h"

#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

/* glibc's fortified calls pass the size of the object; a program that would overflow it dies, as with glibc. */
#define CHECK_SIZE(wanted, available)                                                                                  \
    do {                                                                                                               \
        if ((wanted) > (available)) {                                                                                  \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
