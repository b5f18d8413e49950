#include "script.h"

#include <dlfcn.h>
#include <stddef.h>

#define FIX_PATHINFO "cgi.fix_pathinfo"

static bool fix_pathinfo = true;

void script_prepare(void)
{
    long (*ini_long)(const char *, size_t, int) = NULL;
    *(void **)&ini_long = dlsym(RTLD_DEFAULT, "zend_ini_long");
    if (ini_long != NULL) {
        fix_pathinfo = ini_long(FIX_PATHINFO, sizeof(FIX_PATHINFO) - 1, 0) != 0;
    }
}

bool script_fixes_path_info(void)
{
    return fix_pathinfo;
}
