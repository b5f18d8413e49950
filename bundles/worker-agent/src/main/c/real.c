#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

struct real_calls real_calls;

static int close_range_by_syscall(unsigned first, unsigned last, int flags)
{
#ifdef SYS_close_range
    return (int)syscall(SYS_close_range, first, last, flags);
#else
    (void)first, (void)last, (void)flags;
    errno = ENOSYS;
    return -1;
#endif
}

void real_resolve(void)
{
    /* ISO C has no conversion from object to function pointers; POSIX guarantees that the bits are the same. */
#define REAL_LOOK_UP(result, name, arguments) *(void **)&real_calls.name = dlsym(RTLD_NEXT, #name);
    REAL_CALLS(REAL_LOOK_UP)
#undef REAL_LOOK_UP
    if (real_calls.fcntl64 == NULL) {
        real_calls.fcntl64 = real_calls.fcntl;
    }
    if (real_calls.close_range == NULL) {
        real_calls.close_range = close_range_by_syscall;
    }
    real_calls.resolved = true;
}
