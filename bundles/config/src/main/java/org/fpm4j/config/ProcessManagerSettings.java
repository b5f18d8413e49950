package org.fpm4j.config;

import java.time.Duration;

/**
 * How many workers a pool keeps and for how long. Limits a mode does not use are 0.
 *
 * @param mode static, dynamic or ondemand
 * @param maxChildren most workers at once, at least 1
 * @param startServers dynamic: workers at start
 * @param minSpareServers dynamic: fewest idle workers
 * @param maxSpareServers dynamic: most idle workers
 * @param maxSpawnRate dynamic: most workers forked per second to restore the spares
 * @param processIdleTimeout ondemand: an idle worker leaves after this
 * @param maxRequests requests after which a worker is recycled, 0 = endless
 * @param maxRequestsJitter up to this many requests are added at random per worker, 0 = none
 * @param startTimeout time the zygote may take from its start to its first accept
 * @param keepIdleTimeout a worker gives up an idle kept-alive connection after this, zero = only
 *     when others wait
 * @param maxWorkerMemoryBytes a worker whose peak memory is above this after a request is recycled,
 *     0 = no limit
 */
public record ProcessManagerSettings(
    ProcessManagerMode mode,
    int maxChildren,
    int startServers,
    int minSpareServers,
    int maxSpareServers,
    int maxSpawnRate,
    Duration processIdleTimeout,
    int maxRequests,
    int maxRequestsJitter,
    Duration startTimeout,
    Duration keepIdleTimeout,
    long maxWorkerMemoryBytes) {}
