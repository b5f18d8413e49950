package org.fpm4j.process;

import java.util.List;

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
 * @param rejections what the newest configuration holds that was rejected, one line each; empty if
 *     it is clean
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
    List<String> rejections) {

  public MasterSnapshot {
    rejections = List.copyOf(rejections);
  }
}
