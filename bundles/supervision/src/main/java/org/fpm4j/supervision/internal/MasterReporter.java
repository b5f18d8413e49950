package org.fpm4j.supervision.internal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessManager;

/**
 * Turns the master's life into the assignments of sd_notify(3), php-fpm's status line among them.
 *
 * <pre>
 *   ready          READY=1, STATUS, MAINPID
 *   reload begins  RELOADING=1, MONOTONIC_USEC     (the latter for Type=notify-reload)
 *   reload ends    READY=1                         once no other reload is under way
 *   stop begins    STOPPING=1, EXTEND_TIMEOUT_USEC if it is graceful and process_control_timeout is set
 *   periodically   STATUS; WATCHDOG=1
 * </pre>
 *
 * <p>The watchdog is fed by a timer of the event loop: a loop that hangs lets it starve. Event loop
 * only.
 */
final class MasterReporter {

  /** What the ladder takes after process_control_timeout (TERM, 1 s, KILL), and the JVM to end. */
  private static final Duration END_OF_STOP = Duration.ofSeconds(5);

  private final EventLoop loop;
  private final ProcessManager manager;
  private final StateReports reports;
  private final Duration watchdogPeriod;
  private Duration statusPeriod = Duration.ZERO;
  private Duration processControlTimeout = Duration.ZERO;
  private Timer watchdog;
  private Timer status;
  private boolean ready;
  private int reloads;
  private long requestsBefore;

  /**
   * Assigns only; see {@link #start}.
   *
   * @param watchdogPeriod zero if there is no watchdog to feed
   */
  MasterReporter(
      EventLoop loop, ProcessManager manager, StateReports reports, Duration watchdogPeriod) {
    this.loop = loop;
    this.manager = manager;
    this.reports = reports;
    this.watchdogPeriod = watchdogPeriod;
  }

  /** Feeds the watchdog from now on; a master that is ready already says so. */
  void start() {
    if (!watchdogPeriod.isZero()) {
      watchdog = loop.scheduleAtFixedRate(watchdogPeriod, () -> reports.passing("WATCHDOG=1"));
    }
    if (manager.master().ready()) {
      onReady();
    }
  }

  /**
   * Takes the settings it depends on.
   *
   * @param interval time between status lines, zero for none
   * @param controlTimeout what bounds a graceful stop, zero if nothing does
   */
  void configure(Duration interval, Duration controlTimeout) {
    processControlTimeout = controlTimeout;
    if (!interval.equals(statusPeriod)) {
      statusPeriod = interval;
      scheduleStatus();
    }
  }

  private void scheduleStatus() {
    if (status != null) {
      status.cancel();
      status = null;
    }
    if (ready && !statusPeriod.isZero()) {
      status = loop.scheduleAtFixedRate(statusPeriod, this::reportStatus);
    }
  }

  /** Hears what happens; events of pools say nothing here. */
  void onEvent(ProcessEvent event) {
    switch (event.type()) {
      case MASTER_READY -> onReady();
      case MASTER_RELOADING -> onReloading();
      case MASTER_RELOADED -> onReloaded();
      case MASTER_STOPPING -> onStopping();
      default -> {}
    }
  }

  private void onReady() {
    if (ready) {
      return;
    }
    ready = true;
    MasterSnapshot master = manager.master();
    reports.state("READY=1\nSTATUS=Ready to handle connections\nMAINPID=" + master.pid());
    requestsBefore = requests(manager.pools());
    scheduleStatus();
  }

  /** Told anew when reloads overlap: the manager waits for a time stamp later than its signal. */
  private void onReloading() {
    reloads++;
    reports.state("RELOADING=1\nMONOTONIC_USEC=" + loop.nanoTime() / 1000);
  }

  private void onReloaded() {
    reloads = Math.max(0, reloads - 1);
    if (reloads == 0 && manager.master().state() == MasterState.NORMAL) {
      reports.state("READY=1");
    }
  }

  private void onStopping() {
    boolean finishing = manager.master().state() == MasterState.FINISHING;
    String extension = "";
    if (finishing && !processControlTimeout.isZero()) {
      long micros = processControlTimeout.plus(END_OF_STOP).toNanos() / 1000;
      extension = "\nEXTEND_TIMEOUT_USEC=" + micros;
    }
    reports.state("STOPPING=1\nSTATUS=" + (finishing ? "Finishing" : "Terminating") + extension);
  }

  private void reportStatus() {
    if (manager.master().state() != MasterState.NORMAL) {
      return;
    }
    List<PoolSnapshot> pools = manager.pools();
    long requests = requests(pools);
    double seconds = statusPeriod.toMillis() / 1000.0;
    String line =
        String.format(
            Locale.ROOT,
            "STATUS=Processes active: %d, idle: %d, Requests: %d, slow: %d, Traffic: %.2freq/sec",
            pools.stream().mapToInt(PoolSnapshot::active).sum(),
            pools.stream().mapToInt(PoolSnapshot::idle).sum(),
            requests,
            pools.stream().mapToLong(PoolSnapshot::slowRequests).sum(),
            Math.max(0, requests - requestsBefore) / seconds);
    requestsBefore = requests;
    // As php-fpm's; but while reloading it would say that the reload is over.
    reports.passing(reloads == 0 ? "READY=1\n" + line : line);
  }

  private static long requests(List<PoolSnapshot> pools) {
    return pools.stream().mapToLong(PoolSnapshot::acceptedConnections).sum();
  }

  /** Says no more. */
  void close() {
    if (watchdog != null) {
      watchdog.cancel();
    }
    if (status != null) {
      status.cancel();
    }
    reports.close();
  }
}
