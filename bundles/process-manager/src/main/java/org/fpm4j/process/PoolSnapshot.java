package org.fpm4j.process;

import java.util.List;

/**
 * A pool at one moment. {@code total = idle + active}, and {@code total} is the number of {@link
 * #workers()}, because all come from one pass over the scoreboards.
 *
 * @param name pool name
 * @param state where the pool stands
 * @param processManager {@code static}, {@code dynamic} or {@code ondemand}
 * @param listen the listen address as configured
 * @param generation number of the generation that serves, 0 before the first
 * @param zygotePid process id of that generation's zygote, 0 if there is none
 * @param startEpochMs start of the pool, milliseconds since 1970
 * @param idle workers waiting for a connection (gauge)
 * @param active workers that are not idle, those just started included (gauge)
 * @param total workers (gauge)
 * @param draining workers among them that were told to retire (gauge)
 * @param maxActive most active workers ever seen at once
 * @param maxChildren the limit {@code pm.max_children}
 * @param maxChildrenReached how often the limit stood in the way of a spawn (counter)
 * @param listenQueue connections waiting in the listen queue (gauge)
 * @param maxListenQueue most connections ever seen waiting
 * @param listenQueueLen size of the listen queue
 * @param acceptedConnections php-fpm's {@code accepted conn}: requests begun since the pool
 *     started, on kept-alive connections more than connections (counter)
 * @param requests requests finished since the pool started (counter)
 * @param durations how long those took
 * @param slowRequests requests over {@code request_slowlog_timeout} (counter)
 * @param spawned workers forked (counter)
 * @param exited workers gone (counter)
 * @param exitedBySignal those ended by a signal (counter)
 * @param recycled those that ended by themselves with code 0: after {@code pm.max_requests}, for
 *     their memory, by a QUIT from outside, or because the program ended (counter)
 * @param exits {@code exited} by reason
 * @param saturatedMs how long in all no worker was idle and none could be added while connections
 *     waited, to the second (counter)
 * @param accessDropped requests missing in the access log, because they found its pipe full or the
 *     file did not take them (counter)
 * @param lastError the last reason why something about this pool failed, empty if nothing did
 * @param workers the workers, by generation and slot
 */
public record PoolSnapshot(
    String name,
    PoolState state,
    String processManager,
    String listen,
    int generation,
    int zygotePid,
    long startEpochMs,
    int idle,
    int active,
    int total,
    int draining,
    int maxActive,
    int maxChildren,
    long maxChildrenReached,
    int listenQueue,
    int maxListenQueue,
    int listenQueueLen,
    long acceptedConnections,
    long requests,
    RequestDurations durations,
    long slowRequests,
    long spawned,
    long exited,
    long exitedBySignal,
    long recycled,
    ExitCounts exits,
    long saturatedMs,
    long accessDropped,
    String lastError,
    List<WorkerSnapshot> workers) {

  public PoolSnapshot {
    workers = List.copyOf(workers);
  }
}
