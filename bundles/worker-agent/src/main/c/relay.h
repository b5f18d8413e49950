/* Answers of the master on connections that stay with the worker. */
#ifndef FPM4J_RELAY_H
#define FPM4J_RELAY_H

enum relayed {
    RELAYED_NOTHING, /* no byte came in time, or the master has gone: nothing was written */
    RELAYED_PART,    /* the master or the client has gone in the middle of it */
    RELAYED_WHOLE    /* up to the END_REQUEST record */
};

/* Passes the master's answer on to the client. The request is counted before the client sees the end of it. */
enum relayed relay_answer(int master, int client);

#endif
