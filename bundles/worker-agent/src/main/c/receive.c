#include "receive.h"

#include "agent.h"
#include "real.h"

#include <errno.h>

ssize_t receive_until(int fd, void *bytes, size_t length, uint64_t end)
{
    for (uint64_t now; (now = now_ns()) < end;) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        if (real()->poll(&one, 1, (int)((end - now) / 1000000u) + 1) > 0) {
            ssize_t received = real()->recv(fd, bytes, length, MSG_DONTWAIT);
            if (received >= 0 || (errno != EAGAIN && errno != EINTR)) {
                return received;
            }
        }
    }
    errno = EAGAIN;
    return -1;
}
