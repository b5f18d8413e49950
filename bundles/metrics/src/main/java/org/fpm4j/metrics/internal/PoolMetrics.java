package org.fpm4j.metrics.internal;

import static org.fpm4j.metrics.internal.Family.counter;
import static org.fpm4j.metrics.internal.Family.gauge;
import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_BUCKETS;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestStatistics;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.scoreboard.DurationHistogram;

/**
 * The metrics {@code fpm4j_…}. Reads snapshots on the thread that asks, so it answers while all
 * workers and the event loop are busy, and during a reload.
 */
final class PoolMetrics implements Scrape.Names {

  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;

  /** Buckets end at powers of two, from 512 µs to 134 s: there the scoreboard's end too. */
  private static final int FIRST_POWER = 9;

  private static final int LAST_POWER = 27;

  private static final List<Family<MasterSnapshot>> MASTER =
      List.of(
          gauge("fpm4j_ready", "Whether every pool has come up or failed", m -> m.ready() ? 1 : 0),
          gauge(
              "fpm4j_start_time_seconds",
              "Start of the master, seconds since 1970",
              m -> m.startEpochMs() / MILLIS),
          gauge("fpm4j_pools", "Number of pools", MasterSnapshot::pools),
          gauge(
              "fpm4j_rejected_settings",
              "Entries of the configuration that were rejected",
              m -> m.rejections().size()),
          counter("fpm4j_reloads", "Completed reloads", MasterSnapshot::reloads));

  private static final List<Family<PoolSnapshot>> POOL =
      List.of(
          gauge(
              "fpm4j_pool_start_time_seconds",
              "Start of the pool, seconds since 1970",
              p -> p.startEpochMs() / MILLIS),
          gauge(
              "fpm4j_pool_generation",
              "Number of the generation that serves, 0 before the first",
              PoolSnapshot::generation),
          gauge("fpm4j_pool_idle_processes", "Workers that wait for a connection", p -> p.idle()),
          gauge("fpm4j_pool_active_processes", "Workers that are not idle", p -> p.active()),
          gauge(
              "fpm4j_pool_draining_processes",
              "Workers, idle or active, that were told to exit when idle",
              PoolSnapshot::draining),
          gauge(
              "fpm4j_pool_max_active_processes",
              "Most active workers seen at once",
              PoolSnapshot::maxActive),
          gauge(
              "fpm4j_pool_max_children",
              "Most workers the pool may have (pm.max_children)",
              PoolSnapshot::maxChildren),
          counter(
              "fpm4j_pool_max_children_reached",
              "How often pm.max_children stood in the way of another worker",
              PoolSnapshot::maxChildrenReached),
          gauge(
              "fpm4j_pool_listen_queue",
              "Connections waiting to be accepted",
              PoolSnapshot::listenQueue),
          gauge(
              "fpm4j_pool_max_listen_queue",
              "Most connections seen waiting",
              PoolSnapshot::maxListenQueue),
          gauge(
              "fpm4j_pool_listen_queue_limit",
              "Connections that may wait (listen.backlog as the kernel cut it)",
              PoolSnapshot::listenQueueLen),
          counter("fpm4j_pool_requests_begun", "Requests begun", PoolSnapshot::acceptedConnections),
          counter(
              "fpm4j_pool_slow_requests",
              "Requests that took longer than request_slowlog_timeout",
              PoolSnapshot::slowRequests),
          counter("fpm4j_pool_spawned_processes", "Workers forked", PoolSnapshot::spawned),
          counter("fpm4j_pool_exited_processes", "Workers gone", PoolSnapshot::exited),
          counter(
              "fpm4j_pool_killed_processes",
              "Workers gone that a signal ended",
              PoolSnapshot::exitedBySignal),
          counter(
              "fpm4j_pool_recycled_processes",
              "Workers gone that ended by themselves with code 0",
              PoolSnapshot::recycled),
          counter(
              "fpm4j_pool_dropped_access_log_lines",
              "Requests missing in the access log",
              PoolSnapshot::accessDropped));

  private static final List<Family<Placed>> WORKER =
      List.of(
          gauge(
              "fpm4j_worker_active",
              "Whether the worker is not idle",
              w -> w.worker.idle() ? 0 : 1),
          gauge(
              "fpm4j_worker_start_time_seconds",
              "Start of the worker, seconds since 1970",
              w -> w.worker.startEpochMs() / MILLIS),
          counter(
              "fpm4j_worker_requests",
              "Requests the worker has begun; a new worker in the slot counts anew",
              w -> w.worker.requests()),
          gauge(
              "fpm4j_worker_request_duration_seconds",
              "Age of the request being served, or duration of the last one",
              w -> w.worker.requestDurationMicros() / MICROS),
          gauge(
              "fpm4j_worker_last_request_cpu_seconds",
              "CPU time of the last finished request",
              w -> w.worker.lastRequestCpuMicros() / MICROS),
          gauge(
              "fpm4j_worker_last_request_memory_bytes",
              "Peak memory of the last finished request, 0 if not known",
              w -> w.worker.lastRequestMemory()));

  /** A worker and the pool it is in. */
  private record Placed(String pool, WorkerSnapshot worker) {}

  private final ProcessManager manager;
  private final RequestStatistics statistics;
  private final LongSupplier droppedLogLines;
  private final boolean perWorker;

  /**
   * @param droppedLogLines lines of the error log lost so far
   */
  PoolMetrics(
      ProcessManager manager,
      RequestStatistics statistics,
      LongSupplier droppedLogLines,
      boolean perWorker) {
    this.manager = manager;
    this.statistics = statistics;
    this.droppedLogLines = droppedLogLines;
    this.perWorker = perWorker;
  }

  @Override
  public void tell(List<PoolSnapshot> pools, MetricSnapshots.Builder all) {
    List<MasterSnapshot> master = List.of(manager.master());
    MASTER.forEach(family -> all.metricSnapshot(family.read(master, m -> Labels.EMPTY)));
    all.metricSnapshot(
        Family.<LongSupplier>counter(
                "fpm4j_dropped_log_lines",
                "Lines of the error log that were lost",
                LongSupplier::getAsLong)
            .read(List.of(droppedLogLines), d -> Labels.EMPTY));
    POOL.forEach(family -> all.metricSnapshot(family.read(pools, PoolMetrics::labels)));
    all.metricSnapshot(state(pools));
    all.metricSnapshot(durations(pools));
    if (perWorker) {
      List<Placed> workers = new ArrayList<>();
      pools.forEach(pool -> pool.workers().forEach(w -> workers.add(new Placed(pool.name(), w))));
      WORKER.forEach(family -> all.metricSnapshot(family.read(workers, PoolMetrics::labels)));
    }
  }

  private static Labels labels(PoolSnapshot pool) {
    return Labels.of("pool", pool.name());
  }

  /** Slots are few and used again; a pid would make a new time series with each worker. */
  private static Labels labels(Placed placed) {
    return Labels.of(
        "pool",
        placed.pool,
        "generation",
        Integer.toString(placed.worker.generation()),
        "slot",
        Integer.toString(placed.worker.slot()));
  }

  /** A pool and a state it may be in. */
  private record InState(PoolSnapshot pool, PoolState state) {}

  private static MetricSnapshot state(List<PoolSnapshot> pools) {
    List<InState> states = new ArrayList<>();
    pools.forEach(
        pool ->
            Arrays.stream(PoolState.values())
                .forEach(state -> states.add(new InState(pool, state))));
    return Family.<InState>gauge(
            "fpm4j_pool_state",
            "1 for the state the pool is in, 0 for the others",
            each -> each.pool.state() == each.state ? 1 : 0)
        .read(
            states,
            each ->
                Labels.of(
                    "pool", each.pool.name(), "state", each.state.name().toLowerCase(Locale.ROOT)));
  }

  private HistogramSnapshot durations(List<PoolSnapshot> pools) {
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name("fpm4j_pool_request_duration_seconds")
            .help("Durations of finished requests, from the accept to the end of the answer");
    for (PoolSnapshot pool : pools) {
      statistics
          .durations(pool.name())
          .ifPresent(
              d ->
                  durations.dataPoint(
                      HistogramDataPointSnapshot.builder()
                          .labels(labels(pool))
                          .classicHistogramBuckets(buckets(d.histogram()))
                          .sum(d.sumMicros() / MICROS)
                          .build()));
    }
    return durations.build();
  }

  private static ClassicHistogramBuckets buckets(DurationHistogram histogram) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    int from = 0;
    for (int power = FIRST_POWER; power <= LAST_POWER; power++) {
      int end = DurationHistogram.bucket(1L << power);
      buckets.bucket((1L << power) / MICROS, sum(histogram, from, end));
      from = end;
    }
    return buckets.bucket(Double.POSITIVE_INFINITY, sum(histogram, from, DURATION_BUCKETS)).build();
  }

  private static long sum(DurationHistogram histogram, int from, int to) {
    long sum = 0;
    for (int bucket = from; bucket < to; bucket++) {
      sum += histogram.count(bucket);
    }
    return sum;
  }
}
