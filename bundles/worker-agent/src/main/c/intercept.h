/*
 * Requests the program does not see: php-fpm's ping and status pages. It is decided when the parameters are complete
 * and before the program has the last of them.
 */
#ifndef FPM4J_INTERCEPT_H
#define FPM4J_INTERCEPT_H

#include "params.h"

#include <stddef.h>
#include <stdint.h>

/* Who answers a request. */
enum page { PAGE_NONE /* the program */, PAGE_OF_WORKER, PAGE_OF_MASTER };

enum page intercept_page(const struct params *params);

enum intercepted {
    INTERCEPT_ANSWERED,   /* answered on the connection */
    INTERCEPT_CUT,        /* the same, but not to the end */
    INTERCEPT_HANDED_OVER /* the connection is the master's, the descriptor a dead one */
};

/* What becomes of the connection behind the request. */
enum afterwards { CONNECTION_ENDS, CONNECTION_LIVES_ON };

/* Has the page answered, which is not PAGE_NONE. rest: what was read behind the parameters. errno is kept. */
enum intercepted intercept_request(int fd, enum page page, uint16_t request_id, const struct params *params,
                                   const uint8_t *rest, size_t rest_length, enum afterwards afterwards);

#endif
