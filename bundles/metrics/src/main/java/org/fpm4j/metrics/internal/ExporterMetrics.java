package org.fpm4j.metrics.internal;

import static org.fpm4j.metrics.internal.Family.gauge;
import static org.fpm4j.metrics.internal.Family.untyped;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.WorkerSnapshot;

/**
 * The metrics of hipages/php-fpm_exporter by its names, labels and units, for dashboards made for
 * it. Its counters have no {@code _total}; the Prometheus client gives every counter one, so they
 * are untyped here.
 */
final class ExporterMetrics implements Scrape.Names {

  private static final int MILLIS = 1000;
  private static final double PERCENT = 100;

  /** The stages php-fpm_exporter knows. */
  private static final List<String> STATES =
      List.of(
          "Idle",
          "Running",
          "Ending",
          "Getting request information",
          "Reading headers",
          "Finishing");

  private static final List<Family<PoolSnapshot>> POOL =
      List.of(
          gauge("phpfpm_up", "Could PHP-FPM be reached?", p -> 1),
          untyped(
              "phpfpm_scrape_failures", "The number of failures scraping from PHP-FPM.", p -> 0),
          untyped(
              "phpfpm_accepted_connections",
              "The number of requests accepted by the pool.",
              PoolSnapshot::acceptedConnections),
          gauge(
              "phpfpm_listen_queue",
              "The number of requests in the queue of pending connections.",
              PoolSnapshot::listenQueue),
          untyped(
              "phpfpm_max_listen_queue",
              "The maximum number of requests in the queue of pending connections since FPM has"
                  + " started.",
              PoolSnapshot::maxListenQueue),
          gauge(
              "phpfpm_listen_queue_length",
              "The size of the socket queue of pending connections.",
              PoolSnapshot::listenQueueLen),
          gauge("phpfpm_idle_processes", "The number of idle processes.", p -> p.idle()),
          gauge("phpfpm_active_processes", "The number of active processes.", p -> p.active()),
          gauge("phpfpm_total_processes", "The number of idle + active processes.", p -> p.total()),
          untyped(
              "phpfpm_max_active_processes",
              "The maximum number of active processes since FPM has started.",
              PoolSnapshot::maxActive),
          untyped(
              "phpfpm_max_children_reached",
              "The number of times, the process limit has been reached, when pm tries to start more"
                  + " children (works only for pm 'dynamic' and 'ondemand').",
              PoolSnapshot::maxChildrenReached),
          untyped(
              "phpfpm_slow_requests",
              "The number of requests that exceeded your 'request_slowlog_timeout' value.",
              PoolSnapshot::slowRequests));

  private static final List<Family<Child>> CHILD =
      List.of(
          untyped(
              "phpfpm_process_requests",
              "The number of requests the process has served.",
              c -> c.worker.requests()),
          gauge(
              "phpfpm_process_last_request_memory",
              "The max amount of memory the last request consumed.",
              c -> c.worker.idle() ? c.worker.lastRequestMemory() : 0),
          gauge(
              "phpfpm_process_last_request_cpu",
              "The %cpu the last request consumed.",
              Child::cpuPercent),
          gauge(
              "phpfpm_process_request_duration",
              "The duration in microseconds of the requests.",
              c -> c.worker.requestDurationMicros()));

  /** A worker under its number in its pool. */
  private record Child(PoolSnapshot pool, int number, WorkerSnapshot worker) {

    /** As php-fpm: known between requests only. */
    double cpuPercent() {
      long duration = worker.requestDurationMicros();
      return worker.idle() && duration > 0 ? PERCENT * worker.lastRequestCpuMicros() / duration : 0;
    }
  }

  /** A worker and a state it may be in. */
  private record InState(Child child, String state) {}

  private final LongSupplier epochMs;
  private final boolean perWorker;

  /**
   * @param epochMs the wall clock
   */
  ExporterMetrics(LongSupplier epochMs, boolean perWorker) {
    this.epochMs = epochMs;
    this.perWorker = perWorker;
  }

  @Override
  public void tell(List<PoolSnapshot> pools, MetricSnapshots.Builder all) {
    long now = epochMs.getAsLong();
    all.metricSnapshot(
        Family.<PoolSnapshot>untyped(
                "phpfpm_start_since",
                "The number of seconds since FPM has started.",
                p -> Math.floorDiv(now - p.startEpochMs(), MILLIS))
            .read(pools, ExporterMetrics::labels));
    POOL.forEach(family -> all.metricSnapshot(family.read(pools, ExporterMetrics::labels)));
    if (perWorker) {
      List<Child> children = children(pools);
      CHILD.forEach(family -> all.metricSnapshot(family.read(children, ExporterMetrics::labels)));
      all.metricSnapshot(
          Family.<InState>gauge(
                  "phpfpm_process_state",
                  "The state of the process (Idle, Running, ...).",
                  each -> each.child.worker.stage().equals(each.state) ? 1 : 0)
              .read(inEachState(children), each -> labels(each.child).add("state", each.state)));
    }
  }

  private static List<Child> children(List<PoolSnapshot> pools) {
    List<Child> children = new ArrayList<>();
    for (PoolSnapshot pool : pools) {
      int number = 0;
      for (WorkerSnapshot worker : pool.workers()) {
        children.add(new Child(pool, number++, worker));
      }
    }
    return children;
  }

  private static List<InState> inEachState(List<Child> children) {
    return children.stream()
        .flatMap(child -> STATES.stream().map(state -> new InState(child, state)))
        .toList();
  }

  private static Labels labels(PoolSnapshot pool) {
    String scheme = pool.listen().startsWith("/") ? "unix://" : "tcp://";
    return Labels.of("pool", pool.name(), "scrape_uri", scheme + pool.listen());
  }

  private static Labels labels(Child child) {
    return labels(child.pool).add("child", Integer.toString(child.number));
  }
}
