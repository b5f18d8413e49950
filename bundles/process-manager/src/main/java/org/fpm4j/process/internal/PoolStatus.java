package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.process.PoolState;

/** What any thread may read of a pool. Written on the event loop by its {@link Pool}. */
final class PoolStatus {

  final String name;
  final PoolCounters counters = new PoolCounters();
  volatile long startEpochMs = System.currentTimeMillis();
  volatile PoolState state = PoolState.STARTING;

  /** Whether an operator wants no requests taken. */
  volatile boolean drained;

  /** The settings in force; a roll under way will bring others. */
  volatile PoolSettings settings;

  /** The listening socket; null until the first generation is ready, unless it was rescued. */
  volatile ListeningSocket socket;

  /** The generation new workers are forked from; null until the first is ready. */
  volatile Generation serving;

  /** All generations that have a process, oldest first; the list is never changed in place. */
  volatile List<Generation> generations = List.of();

  /** Why the last thing that failed did; empty if nothing did since a generation became ready. */
  volatile String lastError = "";

  /** Set once, before anybody reads. */
  AccessDrops accessDrops;

  PoolStatus(PoolSettings settings) {
    this.name = settings.name();
    this.settings = settings;
  }

  void add(Generation generation) {
    List<Generation> more = new ArrayList<>(generations);
    more.add(generation);
    generations = List.copyOf(more);
  }

  void remove(Generation generation) {
    List<Generation> left = new ArrayList<>(generations);
    left.remove(generation);
    generations = List.copyOf(left);
    if (generation == serving) {
      serving = null;
    }
  }

  /** Returns how many workers there are, those being forked included. */
  int workerCount() {
    return generations.stream().mapToInt(g -> g.workers().size()).sum();
  }

  /** Goes on with the counters of a former master. */
  void restore(PoolLedger kept) {
    long start = kept.restore(counters);
    if (start > 0) {
      startEpochMs = start;
    }
    drained = kept.isDrained();
  }

  /**
   * Notes the peaks. Event loop only.
   *
   * @return connections that wait
   */
  int sample() {
    int active = 0;
    boolean accepting = false;
    for (Generation generation : generations) {
      for (Worker worker : generation.workers()) {
        if (!generation.isIdle(worker)) {
          active++;
        } else if (generation == serving && !worker.isLeaving()) {
          accepting = true;
        }
      }
    }
    // A worker that accepts leaves nothing waiting, and asking the kernel costs more than the rest.
    int queued = accepting ? 0 : socket.queueDepth().length();
    counters.onLoad(active, queued);
    return queued;
  }
}
