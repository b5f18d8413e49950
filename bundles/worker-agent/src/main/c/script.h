/* What the program's PHP, if it is PHP, makes of a request's path. */
#ifndef FPM4J_SCRIPT_H
#define FPM4J_SCRIPT_H

#include <stdbool.h>

/* In the zygote, at the first accept(): asks what php.ini says. */
void script_prepare(void);

/* Whether cgi.fix_pathinfo is on, as it is by default. */
bool script_fixes_path_info(void);

#endif
