/*
 * Requests the program does not see: php-fpm's ping and status pages. It is decided when the parameters are complete
 * and before the program has the last of them.
 */
#ifndef FPM4J_INTERCEPT_H
#define FPM4J_INTERCEPT_H

#include "params.h"

#include <stddef.h>
#include <stdint.h>

enum intercepted {
    INTERCEPT_NOT,       /* the program's */
    INTERCEPT_ANSWERED,  /* answered here */
    INTERCEPT_HANDED_OVER /* the connection is the master's, the descriptor a dead one */
};

/* rest: what was read behind the parameters. errno is kept. */
enum intercepted intercept_request(int fd, uint16_t request_id, const struct params *params, const uint8_t *rest,
                                   size_t rest_length);

#endif
