package org.fpm4j.process;

import java.nio.file.Path;

/**
 * A request that runs for longer than {@code request_slowlog_timeout}, as its worker's slot showed
 * it a moment ago.
 *
 * @param pool the pool's name
 * @param pid the worker's process id, from the zygote's report
 * @param script script file name as the web server sent it, empty if it sent none
 * @param elapsedMicros how long the request has run
 * @param slowlog file of the pool's slow log
 * @param traceDepth most frames to be written there, at least 1
 */
public record SlowRequest(
    String pool, int pid, String script, long elapsedMicros, Path slowlog, int traceDepth) {}
