package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.Rejection;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.posix.ListenQueue;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.RequestDurations;
import org.fpm4j.process.RequestStatistics;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.scoreboard.DurationHistogram;
import org.fpm4j.scoreboard.ScoreboardReader;
import org.fpm4j.scoreboard.SlotSnapshot;
import org.fpm4j.scoreboard.Stage;

/** Reads the master, its pools and their scoreboards. Any thread; never waits for the loop. */
final class Snapshots {

  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final ListeningSocket.QueueDepth NO_QUEUE = new ListeningSocket.QueueDepth(0, 0);

  private final Master master;
  private final int pid;
  private final String eventMechanism;
  private final long startEpochMs = System.currentTimeMillis();
  private final ListenQueue listenQueue = new ListenQueue();

  Snapshots(Master master, int pid, String eventMechanism) {
    this.master = master;
    this.pid = pid;
    this.eventMechanism = eventMechanism;
  }

  MasterSnapshot master() {
    Configuration configuration = master.configuration();
    List<String> rejections =
        configuration == null
            ? List.of()
            : configuration.rejections().stream().map(Rejection::text).toList();
    return new MasterSnapshot(
        pid,
        master.state(),
        master.isReady(),
        startEpochMs,
        master.pools().size(),
        master.workerCount(),
        configuration == null ? 0 : configuration.master().processMax(),
        eventMechanism,
        master.reloads(),
        rejections);
  }

  List<PoolSnapshot> pools() {
    return master.pools().values().stream().map(p -> read(p.status())).toList();
  }

  Optional<PoolSnapshot> pool(String name) {
    return Optional.ofNullable(master.pools().get(name)).map(p -> read(p.status()));
  }

  Optional<PoolSettings> settings(String name) {
    return Optional.ofNullable(master.pools().get(name)).map(p -> p.status().settings);
  }

  /** As {@link RequestStatistics#durations}. */
  Optional<RequestStatistics.Durations> durations(String name) {
    return Optional.ofNullable(master.pools().get(name)).map(p -> durations(p.status()));
  }

  private static RequestStatistics.Durations durations(PoolStatus pool) {
    long micros = pool.counters.durationMicrosInGoneGenerations;
    for (Generation generation : pool.generations) {
      micros += generation.durationMicros();
    }
    return new RequestStatistics.Durations(histogram(pool), micros);
  }

  private static DurationHistogram histogram(PoolStatus pool) {
    DurationHistogram histogram = pool.counters.durationsInGoneGenerations;
    for (Generation generation : pool.generations) {
      histogram = histogram.merge(generation.durations());
    }
    return histogram;
  }

  /** Reads one pool. Event loop only. */
  static PoolSnapshot readOnLoop(PoolStatus pool) {
    ListeningSocket socket = pool.socket;
    return read(pool, socket == null ? NO_QUEUE : socket.queueDepth());
  }

  private PoolSnapshot read(PoolStatus pool) {
    return read(pool, queueDepth(pool.socket));
  }

  private static PoolSnapshot read(PoolStatus pool, ListeningSocket.QueueDepth queue) {
    long nowNanos = System.nanoTime();
    PoolCounters counters = pool.counters;
    counters.onQueue(queue.length());
    List<WorkerSnapshot> workers = new ArrayList<>();
    long accepted = counters.acceptedInGoneGenerations;
    DurationHistogram durations = histogram(pool);
    for (Generation generation : pool.generations) {
      accepted += generation.accepted();
      for (Worker worker : generation.workers()) {
        if (worker.pid() != 0) {
          workers.add(read(generation, worker, nowNanos));
        }
      }
    }
    int idle = (int) workers.stream().filter(WorkerSnapshot::idle).count();
    int active = workers.size() - idle;
    Generation serving = pool.serving;
    PoolSettings settings = pool.settings;
    return new PoolSnapshot(
        pool.name,
        state(pool),
        settings.pm().mode().name().toLowerCase(Locale.ROOT),
        settings.listen().address(),
        serving == null ? 0 : serving.number(),
        serving == null ? 0 : serving.zygotePid(),
        pool.startEpochMs,
        idle,
        active,
        workers.size(),
        (int) workers.stream().filter(WorkerSnapshot::retiring).count(),
        Math.max(counters.maxActive, active),
        settings.pm().maxChildren(),
        counters.maxChildrenReached,
        queue.length(),
        counters.maxListenQueue.get(),
        queue.maximum(),
        accepted,
        durations.total(),
        new RequestDurations(
            durations.percentileMicros(0.5),
            durations.percentileMicros(0.95),
            durations.percentileMicros(0.99)),
        counters.slowRequests,
        counters.spawned,
        counters.exited,
        counters.exitedBySignal,
        counters.recycled,
        counters.exitCounts(),
        counters.saturation.totalMs(nowNanos),
        pool.accessDrops.total(pool.generations),
        pool.lastError,
        workers);
  }

  /** That a pool is drained shows where nothing else is to be told. */
  private static PoolState state(PoolStatus pool) {
    return pool.drained && pool.state == PoolState.RUNNING ? PoolState.DRAINED : pool.state;
  }

  /** Measured when somebody asks: what the last tick saw may be a burst behind. */
  private ListeningSocket.QueueDepth queueDepth(ListeningSocket socket) {
    if (socket == null) {
      return NO_QUEUE;
    }
    synchronized (listenQueue) { // for microseconds; the tick has a measure of its own
      return socket.queueDepth(listenQueue);
    }
  }

  private static WorkerSnapshot read(Generation generation, Worker worker, long nowNanos) {
    ScoreboardReader reader = generation.reader();
    long startEpochMs = worker.startEpochMs();
    SlotSnapshot slot = reader.snapshot(worker.slot());
    if (slot.pid() != worker.pid()) {
      return new WorkerSnapshot(
          worker.slot(),
          worker.pid(),
          generation.number(),
          Stage.FREE.label(),
          false,
          worker.isLeaving(),
          startEpochMs,
          startEpochMs,
          0,
          0,
          "",
          "",
          "",
          "",
          "",
          0,
          0,
          0);
    }
    long stageSinceNanos = Math.min(slot.stageSinceNanos(), nowNanos);
    return new WorkerSnapshot(
        worker.slot(),
        worker.pid(),
        generation.number(),
        slot.stage().label(),
        slot.idle(),
        worker.isLeaving(),
        startEpochMs,
        startEpochMs + Math.max(0, stageSinceNanos - worker.startNanos()) / NANOS_PER_MILLI,
        slot.accepted(),
        slot.requestDuration(nowNanos).toNanos() / NANOS_PER_MICRO,
        slot.request().method(),
        slot.request().uri(),
        slot.request().query(),
        slot.request().script(),
        slot.request().user(),
        slot.contentLength(),
        slot.lastCpuNanos() / NANOS_PER_MICRO,
        slot.lastMemoryBytes());
  }
}
