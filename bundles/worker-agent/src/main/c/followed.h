/* The state of the followed connection, shared by the two files that keep it: connection.c and input.c. */
#ifndef FPM4J_FOLLOWED_H
#define FPM4J_FOLLOWED_H

#include "connection.h"
#include "scan.h"

#define COPIES_MAX 4

enum shut { SHUT_NOT, SHUT_LEFT_TO_CLOSE, SHUT_DONE };

struct followed {
    int fd;
    int copies[COPIES_MAX];
    int copy_count;
    bool unix_socket;
    bool blocking;
    bool ahead;           /* reading ahead is allowed */
    bool shared;          /* another descriptor or process holds the connection */
    bool between;         /* kept alive, and no byte of the next request has come */
    bool info;            /* slot_info() was called for this request */
    bool executing;       /* slot_executing() likewise */
    bool finished;        /* slot_finished() likewise */
    bool end_in_flight;   /* the write going on ends with END_REQUEST */
    bool ended;           /* END_REQUEST has been written */
    bool idle_registered; /* known to the idle epoll instance */
    bool counted;         /* the program knows how many bytes there are, and expects a read to return them all */
    bool given_up;        /* told the program that the connection ended */
    bool kept;            /* the agent has answered, and the program has not asked for the next request yet */
    bool refused;         /* the agent has answered, and the client is still sending */
    enum shut shut;
    int error;            /* met while reading ahead, for the next read */
    uint64_t finished_ns;
    uint64_t handed;   /* bytes of the stream the program has */
    uint64_t begun_at; /* of them, those before this request */
    size_t at, fill; /* what is left in the buffer */
    struct scan scan;
};

extern struct followed followed;

/* The whole input of the request is here and nothing behind it, from a client that ends with this request. */
bool followed_input_is_complete(void);

/* The program does not see this request. No script runs, so none is shown, as in php-fpm. */
void followed_unseen(void);

/* The request is over; counts it once. */
void followed_finish(uint64_t now);

#endif
