/* Name-value pairs of the PARAMS stream (FastCGI specification, section 3.4), in any split; part of the scanner. */
#ifndef FPM4J_PARAMS_H
#define FPM4J_PARAMS_H

#include "scan.h"

void params_reset(struct params *params);

void params_feed(struct params *params, const uint8_t *bytes, size_t length);

/* Derives what needs the whole stream: the URI when SCRIPT_NAME is missing, the user, the content length. */
void params_finish(struct params *params);

#endif
