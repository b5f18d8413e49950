/* Name-value pairs of the PARAMS stream (FastCGI specification, section 3.4), in any split; part of the scanner. */
#ifndef FPM4J_PARAMS_H
#define FPM4J_PARAMS_H

#include "scan.h"

void params_reset(struct params *params);

void params_feed(struct params *params, const uint8_t *bytes, size_t length);

/* Derives what needs the whole stream: the URI when SCRIPT_NAME is missing, the user, the content length. */
void params_finish(struct params *params);

/* PHP_VALUE and PHP_ADMIN_VALUE of the request whose parameters were read last. */
const struct ini_text *params_php_value(const struct params *params);
const struct ini_text *params_php_admin_value(const struct params *params);

/* The script's paths of that request; each counts only if it was sent. */
const struct script_params *params_script(void);

static inline bool params_sent(const struct params *params, enum sent_param param)
{
    return (params->sent & (uint32_t)param) != 0;
}

#endif
