package org.fpm4j.status;

/**
 * A pool's line in the master's table of pools.
 *
 * @param state where the pool stands, as {@link PoolMXBean#getState()}
 * @param processManager static, dynamic or ondemand
 * @param listen the listen address
 * @param generation the generation that serves, 0 before the first
 * @param idle workers waiting for a connection
 * @param active workers that are not idle
 * @param total idle + active
 * @param listenQueue connections waiting
 * @param acceptedConnections requests begun since the pool started
 */
public record PoolRow(
    String state,
    String processManager,
    String listen,
    int generation,
    int idle,
    int active,
    int total,
    int listenQueue,
    long acceptedConnections) {}
