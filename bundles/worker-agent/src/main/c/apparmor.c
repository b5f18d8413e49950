/* apparmor_hat: a worker changes to a profile below the one it has, as aa_change_profile(2) does. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ORDER "changeprofile "

/* AppArmor's own file is there where the kernel stacks security modules, the old one is shared by all. */
static int open_confinement(int flags)
{
    int fd = open("/proc/self/attr/apparmor/current", flags | O_CLOEXEC);
    return fd >= 0 || errno != ENOENT ? fd : open("/proc/self/attr/current", flags | O_CLOEXEC);
}

/* Returns the length of the profile's name, without " (enforce)" and the end of line; 0 on failure. */
static size_t read_profile(char *into, size_t size)
{
    int fd = open_confinement(O_RDONLY);
    if (fd < 0) {
        return 0;
    }
    ssize_t length = read(fd, into, size - 1);
    int error = errno;
    close(fd);
    errno = error;
    if (length <= 0) {
        return 0;
    }
    into[length] = '\0';
    into[strcspn(into, "\n")] = '\0';
    char *mode = strstr(into, " (");
    if (mode != NULL) {
        *mode = '\0';
    }
    return strlen(into);
}

static bool write_order(const char *order, size_t length)
{
    int fd = open_confinement(O_WRONLY);
    if (fd < 0) {
        return false;
    }
    bool good = write(fd, order, length) == (ssize_t)length;
    int error = errno;
    close(fd);
    errno = error;
    return good;
}

const char *apparmor_enter(const char *hat)
{
    char order[sizeof(ORDER) + 2 * PATH_BYTES] = ORDER;
    char *profile = order + strlen(ORDER);
    size_t length = read_profile(profile, PATH_BYTES);
    if (length == 0) {
        return "query apparmor confinement. Please check if \"/proc/*/attr/current\" is read and writeable.";
    }
    snprintf(profile + length, PATH_BYTES, "//%s", hat);
    if (!write_order(order, strlen(order))) {
        return "change to new confinement. Please check if \"/proc/*/attr/current\" is read and writeable and"
               " \"change_profile -> *//HAT\" is allowed.";
    }
    return NULL;
}
