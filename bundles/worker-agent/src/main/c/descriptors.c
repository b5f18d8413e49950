/* The agent's own descriptors: checked, moved out of the program's way, and defended against programs that tidy up. */
#include "agent.h"
#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What the master starts a zygote with. */
enum inherited { INHERITED_LISTENING = 0, INHERITED_CONTROL = 3, INHERITED_SCOREBOARD = 4, INHERITED_KICK = 5 };

#define FALLBACK_FD_FLOOR 10

int descriptor_keep(enum private_fd which, int fd)
{
    int moved = real()->fcntl(fd, F_DUPFD_CLOEXEC, PRIVATE_FD_FLOOR);
    if (moved < 0 && (errno == EINVAL || errno == EMFILE)) {
        moved = real()->fcntl(fd, F_DUPFD_CLOEXEC, FALLBACK_FD_FLOOR);
    }
    if (moved >= 0) {
        agent.fds[which] = moved;
        real()->close(fd);
    }
    return moved;
}

void descriptor_drop(enum private_fd which)
{
    int fd = agent.fds[which];
    if (fd >= 0) {
        agent.fds[which] = -1;
        real()->close(fd);
    }
}

bool descriptor_is_private(int fd)
{
    if (fd < FALLBACK_FD_FLOOR) {
        return false;
    }
    for (int i = 0; i < FD_COUNT; i++) {
        if (agent.fds[i] == fd) {
            return true;
        }
    }
    return false;
}

static bool listens(int fd, int domain, int type)
{
    int accepts = 0, is_type = 0, is_domain = 0;
    socklen_t a = sizeof(accepts), t = sizeof(is_type), d = sizeof(is_domain);
    return real()->getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &a) == 0 && accepts
           && real()->getsockopt(fd, SOL_SOCKET, SO_TYPE, &is_type, &t) == 0 && is_type == type
           && real()->getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &is_domain, &d) == 0
           && (domain == AF_UNSPEC || is_domain == domain);
}

static bool map_scoreboard(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < (off_t)HEADER_BYTES) {
        return false;
    }
    size_t bytes = (size_t)status.st_size;
    struct scoreboard_header *header = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (header == MAP_FAILED) {
        return false;
    }
    bool good = atomic_load_explicit(&header->version, memory_order_acquire) == SCOREBOARD_VERSION
                && memcmp(header->magic, SCOREBOARD_MAGIC, sizeof(header->magic)) == 0
                && header->header_bytes == HEADER_BYTES && header->slot_bytes == SLOT_BYTES && header->slots > 0
                && header->length >= HEADER_BYTES && header->length <= bytes
                && (header->length - HEADER_BYTES) / SLOT_BYTES >= header->slots;
    if (!good) {
        munmap(header, bytes);
        return false;
    }
    agent.header = header;
    agent.slots = header->slots;
    agent.mapped_bytes = bytes;
    return true;
}

/* Opened while one may still look it up: the run directory is closed to the pool's user. Without it all else works. */
static int open_library(void)
{
    Dl_info found;
    return dladdr(&agent, &found) == 0 ? -1 : open(found.dli_fname, O_RDONLY | O_CLOEXEC);
}

bool descriptors_adopt(const char *list)
{
    int control = INHERITED_CONTROL, scoreboard = INHERITED_SCOREBOARD, kick = INHERITED_KICK, library = -1;
    if (list != NULL
        && sscanf(list, "%d,%d,%d,%d,%u", &control, &scoreboard, &kick, &library, &agent.start_uid) != 5) {
        return false;
    }
    if (!listens(INHERITED_LISTENING, AF_UNSPEC, SOCK_STREAM) || !listens(control, AF_UNIX, SOCK_SEQPACKET)
        || real()->fcntl(kick, F_GETFD) < 0 || !map_scoreboard(scoreboard)) {
        return false;
    }
    library = library < 0 ? open_library() : library;
    if (library >= 0) {
        descriptor_keep(FD_LIBRARY, library);
    }
    return descriptor_keep(FD_CONTROL, control) >= 0 && descriptor_keep(FD_SCOREBOARD, scoreboard) >= 0
           && descriptor_keep(FD_KICK, kick) >= 0;
}

/* The next private descriptor at or above from, UINT_MAX-like when there is none. */
static unsigned next_private(unsigned from)
{
    unsigned next = ~0u;
    for (int i = 0; i < FD_COUNT; i++) {
        if (agent.fds[i] >= 0 && (unsigned)agent.fds[i] >= from && (unsigned)agent.fds[i] < next) {
            next = (unsigned)agent.fds[i];
        }
    }
    return next;
}

int descriptors_close_range(unsigned first, unsigned last, int flags)
{
    while (first <= last) {
        unsigned skip = next_private(first);
        unsigned end = skip <= last ? skip - 1 : last;
        if (skip != first && real()->close_range(first, end, flags) != 0) {
            return -1;
        }
        if (skip >= last) {
            break;
        }
        first = skip + 1;
    }
    return 0;
}
