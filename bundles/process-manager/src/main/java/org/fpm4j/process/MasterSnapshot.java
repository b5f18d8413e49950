package org.fpm4j.process;

/**
 * The master at one moment.
 *
 * @param pid process id of the master
 * @param state php-fpm's state of the master
 * @param ready whether every configured pool has come up, or failed at its first try
 * @param startEpochMs start of the master, milliseconds since 1970
 * @param pools number of pools
 * @param workers workers of all pools
 * @param processMax {@code process.max}, 0 for no limit
 * @param eventMechanism {@code epoll}, {@code poll} or {@code select}
 * @param reloads completed reloads (counter)
 * @param rejections configuration entries in force that were rejected, one line each joined by LF;
 *     empty if the configuration is clean
 */
public record MasterSnapshot(
    int pid,
    MasterState state,
    boolean ready,
    long startEpochMs,
    int pools,
    int workers,
    int processMax,
    String eventMechanism,
    long reloads,
    String rejections) {}
