package org.fpm4j.process.internal.page;

import org.fpm4j.process.PoolSnapshot;

/**
 * The OpenMetrics form: php-fpm's metrics with its names, types and order, then ours, whose names
 * begin with {@code fpm4j_}. No labels.
 */
final class OpenMetricsForm {

  private static final String COUNTER = "counter";
  private static final String GAUGE = "gauge";

  private final StringBuilder text = new StringBuilder();

  private OpenMetricsForm() {}

  static String render(StatusPage page) {
    OpenMetricsForm form = new OpenMetricsForm();
    form.appendPhpFpms(page.snapshot(), page);
    form.appendOurs(page.snapshot());
    return form.text.append("# EOF\n").toString();
  }

  private void appendPhpFpms(PoolSnapshot pool, StatusPage page) {
    metric(
        "phpfpm_up",
        GAUGE,
        "Could pool "
            + pool.name()
            + " using a "
            + pool.processManager()
            + " PM on PHP-FPM be reached?",
        1);
    metric(
        "phpfpm_start_since",
        COUNTER,
        "The number of seconds since FPM has started.",
        page.sinceSeconds(pool.startEpochMs()));
    metric(
        "phpfpm_accepted_connections",
        COUNTER,
        "The number of requests accepted by the pool.",
        pool.acceptedConnections());
    metric(
        "phpfpm_listen_queue",
        GAUGE,
        "The number of requests in the queue of pending connections.",
        pool.listenQueue());
    metric(
        "phpfpm_max_listen_queue",
        COUNTER,
        "The maximum number of requests in the queue of pending connections since FPM has started.",
        pool.maxListenQueue());
    // php-fpm has these two lines the other way round here.
    text.append("# TYPE phpfpm_listen_queue_length gauge\n")
        .append("# HELP phpfpm_listen_queue_length")
        .append(" The size of the socket queue of pending connections.\n");
    sample("phpfpm_listen_queue_length", pool.listenQueueLen());
    metric("phpfpm_idle_processes", GAUGE, "The number of idle processes.", pool.idle());
    metric("phpfpm_active_processes", GAUGE, "The number of active processes.", pool.active());
    metric("phpfpm_total_processes", GAUGE, "The number of idle + active processes.", pool.total());
    metric(
        "phpfpm_max_active_processes",
        COUNTER,
        "The maximum number of active processes since FPM has started.",
        pool.maxActive());
    metric(
        "phpfpm_max_children_reached",
        COUNTER,
        "The number of times, the process limit has been reached, when pm tries to start more"
            + " children (works only for pm 'dynamic' and 'ondemand').",
        pool.maxChildrenReached());
    metric(
        "phpfpm_slow_requests",
        COUNTER,
        "The number of requests that exceeded your 'request_slowlog_timeout' value.",
        pool.slowRequests());
  }

  private void appendOurs(PoolSnapshot pool) {
    total("fpm4j_requests", "Requests finished.", pool.requests());
    total("fpm4j_workers_spawned", "Workers forked.", pool.spawned());
    total("fpm4j_workers_exited", "Workers gone, for whatever reason.", pool.exited());
    total("fpm4j_workers_killed", "Workers among them that a signal ended.", pool.exitedBySignal());
    total("fpm4j_workers_recycled", "Workers among them that ended orderly.", pool.recycled());
    metric("fpm4j_draining_workers", GAUGE, "Workers told to exit when idle.", pool.draining());
    metric("fpm4j_max_children", GAUGE, "The limit pm.max_children.", pool.maxChildren());
    metric("fpm4j_generation", GAUGE, "Number of the generation that serves.", pool.generation());
    quantile("p50", "Half of the requests", pool.durations().p50Micros());
    quantile("p95", "95 % of the requests", pool.durations().p95Micros());
    quantile("p99", "99 % of the requests", pool.durations().p99Micros());
  }

  private void quantile(String name, String which, long micros) {
    metric(
        "fpm4j_request_duration_" + name + "_microseconds",
        GAUGE,
        which + " took no longer, right to 3.2 %.",
        micros);
  }

  /** A counter as OpenMetrics wants it: the sample's name ends in {@code _total}. */
  private void total(String name, String help, long value) {
    describe(name, COUNTER, help);
    sample(name + "_total", value);
  }

  private void metric(String name, String type, String help, long value) {
    describe(name, type, help);
    sample(name, value);
  }

  private void describe(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
