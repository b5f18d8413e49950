package org.fpm4j.process;

/**
 * One worker as its scoreboard slot showed it, joined with what the master knows for itself.
 *
 * @param slot the worker's place in its generation's scoreboard
 * @param pid the process id, from the zygote's report, never from the scoreboard
 * @param generation the generation the worker was forked from
 * @param stage php-fpm's label of the stage: Idle, Reading headers, Getting request informations,
 *     Running, Ending, Finishing
 * @param idle whether the worker waits for a connection
 * @param retiring whether the worker was told to exit when idle
 * @param startEpochMs start of the worker, milliseconds since 1970
 * @param stageSinceEpochMs when the worker's stage began, milliseconds since 1970
 * @param requests requests this worker has begun
 * @param requestDurationMicros duration of the request being served, or of the last one when idle
 * @param method request method, empty before the first request
 * @param uri request URI without the query string
 * @param query query string, empty if none
 * @param script script file name
 * @param user authenticated user, empty if none
 * @param contentLength length of the request body in bytes
 * @param lastRequestCpuMicros CPU time of the last finished request, microseconds
 * @param lastRequestMemory peak memory of the last finished request in bytes, 0 if not known
 */
public record WorkerSnapshot(
    int slot,
    int pid,
    int generation,
    String stage,
    boolean idle,
    boolean retiring,
    long startEpochMs,
    long stageSinceEpochMs,
    long requests,
    long requestDurationMicros,
    String method,
    String uri,
    String query,
    String script,
    String user,
    long contentLength,
    long lastRequestCpuMicros,
    long lastRequestMemory) {}
