package org.fpm4j.status;

/**
 * A worker's row in {@link PoolMXBean#getWorkers()}.
 *
 * @param slot the worker's place in its generation's scoreboard
 * @param pid process id
 * @param generation the generation it was forked from
 * @param stage php-fpm's word: Idle, Reading headers, Getting request information, Running, Ending,
 *     Finishing
 * @param stageSince when its stage began, milliseconds since 1970
 * @param idle whether it waits for a connection
 * @param retiring whether it was told to exit when idle
 * @param startTime its start, milliseconds since 1970
 * @param requests requests it has begun
 * @param durationMicros duration of the request it serves, of the last one when idle, microseconds
 * @param method request method, empty before the first request
 * @param uri request URI without the query string
 * @param query query string, empty if none
 * @param script script file name
 * @param user authenticated user, empty if none
 * @param contentLength length of the request's body, bytes
 * @param lastRequestCpuMicros CPU time of the last finished request, microseconds
 * @param lastRequestMemory PHP's peak memory of the last finished request, bytes; 0 if not known
 * @param cpuTimeMs CPU time of the process since its start, milliseconds; -1 if not known
 * @param memory the process's memory as PSS, bytes; -1 if not known
 */
public record WorkerRow(
    int slot,
    int pid,
    int generation,
    String stage,
    long stageSince,
    boolean idle,
    boolean retiring,
    long startTime,
    long requests,
    long durationMicros,
    String method,
    String uri,
    String query,
    String script,
    String user,
    long contentLength,
    long lastRequestCpuMicros,
    long lastRequestMemory,
    long cpuTimeMs,
    long memory) {}
