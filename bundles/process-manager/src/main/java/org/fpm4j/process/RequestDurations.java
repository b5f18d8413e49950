package org.fpm4j.process;

/**
 * How long the requests took that a pool has finished since it started, in microseconds: half of
 * them, 95 % and 99 % no longer than the respective value, each right to 3.2 %. 0 before the first
 * request.
 */
public record RequestDurations(long p50Micros, long p95Micros, long p99Micros) {}
