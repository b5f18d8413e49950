#include "link.h"

#include "agent.h"
#include "real.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SEND_PATIENCE_MS 1000

static bool may_be_master(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);
    return real()->getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
           && (peer.uid == 0 || peer.uid == agent.start_uid);
}

bool link_accept(void)
{
    int fd = real()->accept4(agent.fds[FD_CONTROL], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    if (!may_be_master(fd)) {
        real()->close(fd);
        return false;
    }
    link_drop();
    return descriptor_keep(FD_MASTER, fd) >= 0;
}

bool link_is_up(void)
{
    return agent.fds[FD_MASTER] >= 0;
}

void link_drop(void)
{
    descriptor_drop(FD_MASTER);
}

static void attach(struct msghdr *message, void *space, const int *fds, int count)
{
    message->msg_control = space;
    message->msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(head), fds, (size_t)count * sizeof(int));
}

void link_send(const void *packet, size_t length, const int *fds, int count)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(CONTROL_MAX_FDS * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = (void *)(uintptr_t)packet, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    memset(&control, 0, sizeof(control));
    if (count > 0) {
        attach(&message, &control, fds, count);
    }
    while (link_is_up()) {
        if (real()->sendmsg(agent.fds[FD_MASTER], &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
            return;
        }
        struct pollfd master = {.fd = agent.fds[FD_MASTER], .events = POLLOUT};
        if (errno != EINTR && (errno != EAGAIN || real()->poll(&master, 1, SEND_PATIENCE_MS) == 0)) {
            link_drop();
        }
    }
}

bool link_receive(void *packet, size_t size, size_t *length)
{
    while (link_is_up()) {
        ssize_t received = real()->recv(agent.fds[FD_MASTER], packet, size, MSG_DONTWAIT | MSG_TRUNC);
        if (received > 0) {
            *length = (size_t)received;
            return true;
        }
        if (received < 0 && errno == EAGAIN) {
            return false;
        }
        if (received == 0 || errno != EINTR) {
            link_drop();
        }
    }
    return false;
}
