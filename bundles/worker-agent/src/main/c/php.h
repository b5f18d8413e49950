/*
 * What only PHP knows: php_admin_value that scripts cannot change, the lists of disabled functions and classes, the
 * request parameters PHP_VALUE and PHP_ADMIN_VALUE, and which scripts may run. For any other program nothing happens.
 */
#ifndef FPM4J_PHP_H
#define FPM4J_PHP_H

#include "scan.h"

/* In the zygote, at the program's first accept(): looks PHP up and carries out what holds for all workers. */
void php_prepare(void);

/* In a worker: the parameters of a request are complete, the program is about to have the last of them. */
void php_request_begins(struct params *params);

/* In php_script.c, called by those two: the script of a request must have one of the configured suffixes. */
void php_script_prepare(void);
void php_script_expected(void);

#endif
