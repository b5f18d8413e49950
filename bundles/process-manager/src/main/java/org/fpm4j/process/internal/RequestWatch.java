package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Signal;
import org.fpm4j.scoreboard.RequestText;
import org.fpm4j.scoreboard.SlotSnapshot;
import org.fpm4j.scoreboard.Stage;

/**
 * A pool's {@code request_terminate_timeout} and {@code request_slowlog_timeout}, looked at by a
 * heartbeat of a third of the shorter one, at least 130 ms, as php-fpm's ({@code
 * fpm_pctl_check_request_timeout}). {@code request_slowlog_interval} counts from the last report. A
 * worker that outlives its SIGTERM by {@link #GRACE} is killed. An idle kept-alive connection is no
 * request. Event loop only.
 */
final class RequestWatch implements AutoCloseable {

  static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration SHORTEST = Duration.ofMillis(130);

  /** Who is told of slow requests. Called on the event loop. */
  interface SlowReport {
    /**
     * A request is slow.
     *
     * @param script as the web server sent it
     * @param again whether this request was reported before
     */
    void onSlow(Worker worker, String script, Duration elapsed, boolean again);
  }

  /**
   * The slow request a worker was reported for.
   *
   * @param began when it began, by which it is known
   * @param reported when it was reported last
   */
  private record Slow(long began, long reported) {}

  private final EventLoop loop;
  private final Log log;
  private final SlowReport onSlow;
  private final Iterable<Generation> generations;
  private final Map<Worker, Slow> slowRequest = new HashMap<>();
  private final Map<Worker, Long> terminatedAt = new HashMap<>();
  private RequestSettings settings;
  private Timer heartbeat;

  /**
   * Makes a watch that rests until it gets settings.
   *
   * @param generations a live view of the pool's generations
   * @param onSlow told of each slow request
   */
  RequestWatch(EventLoop loop, Log log, Iterable<Generation> generations, SlowReport onSlow) {
    this.loop = loop;
    this.log = log;
    this.generations = generations;
    this.onSlow = onSlow;
  }

  /** Takes settings; without a timeout the heart stands still. */
  void onSettings(RequestSettings wanted) {
    if (settings != null && wanted.equals(settings)) {
      return;
    }
    close();
    settings = wanted;
    Duration shorter =
        shorter(
            shorter(wanted.terminateTimeout(), wanted.slowlogTimeout()), wanted.slowlogInterval());
    if (!shorter.isZero()) {
      Duration third = shorter.dividedBy(3);
      heartbeat =
          loop.scheduleAtFixedRate(
              third.compareTo(SHORTEST) > 0 ? third : SHORTEST, this::onHeartbeat);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    if (one.isZero() || other.isZero()) {
      return one.plus(other);
    }
    return one.compareTo(other) < 0 ? one : other;
  }

  private void onHeartbeat() {
    for (Generation generation : generations) {
      for (Worker worker : generation.workers()) {
        check(generation, worker);
      }
    }
    slowRequest.keySet().removeIf(this::isGone);
    terminatedAt.keySet().removeIf(this::isGone);
  }

  private boolean isGone(Worker worker) {
    for (Generation generation : generations) {
      if (generation.workers().contains(worker)) {
        return false;
      }
    }
    return true;
  }

  private void check(Generation generation, Worker worker) {
    Stage stage = generation.stage(worker);
    boolean answered = stage == Stage.END || stage == Stage.FINISHED;
    if (stage == Stage.FREE
        || stage == Stage.ACCEPTING
        || (answered && !settings.trackFinished())
        || generation.reader().keptAliveIdle(worker.slot())) {
      return;
    }
    long began = generation.reader().requestStartNanos(worker.slot());
    Duration elapsed = Duration.ofNanos(Math.max(0, loop.nanoTime() - began));
    if (isOver(elapsed, settings.slowlogTimeout())
        && stage == Stage.EXECUTING
        && isDue(worker, began)) {
      report(generation, worker, began, elapsed);
    } else if (isOver(elapsed, settings.terminateTimeout())) {
      terminate(generation, worker, elapsed);
    }
  }

  /** Whether a slow request is to be reported: it is new, or the interval is over. */
  private boolean isDue(Worker worker, long began) {
    Slow last = slowRequest.get(worker);
    return last == null
        || last.began() != began
        || isOver(Duration.ofNanos(loop.nanoTime() - last.reported()), settings.slowlogInterval());
  }

  private void report(Generation generation, Worker worker, long began, Duration elapsed) {
    Slow last = slowRequest.put(worker, new Slow(began, loop.nanoTime()));
    boolean again = last != null && last.began() == began;
    log.warning("%s", describe(generation, worker, "executing too slow", elapsed) + ", logging");
    String script = generation.reader().snapshot(worker.slot()).request().script();
    onSlow.onSlow(worker, script, elapsed, again);
  }

  private static boolean isOver(Duration elapsed, Duration limit) {
    return !limit.isZero() && elapsed.toSeconds() >= limit.toSeconds();
  }

  private void terminate(Generation generation, Worker worker, Duration elapsed) {
    Long since = terminatedAt.putIfAbsent(worker, loop.nanoTime());
    if (since == null) {
      log.warning(
          "%s", describe(generation, worker, "execution timed out", elapsed) + ", terminating");
      generation.signal(worker, Signal.SIGTERM);
    } else if (loop.nanoTime() - since >= GRACE.toNanos()) {
      LeaveWatch.kill(generation, worker, log);
    }
  }

  private static String describe(
      Generation generation, Worker worker, String what, Duration elapsed) {
    SlotSnapshot slot = generation.reader().snapshot(worker.slot());
    RequestText request = slot.request();
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    return "child %d, script '%s' (request: \"%s %s%s\") %s (%d.%06d sec)"
        .formatted(
            worker.pid(),
            printable(request.script()),
            request.method(),
            request.uri(),
            query,
            what,
            elapsed.toSeconds(),
            elapsed.toNanosPart() / 1000);
  }

  /** php-fpm shows bytes below blank and above 0x7f as a dot. */
  private static String printable(String script) {
    return script.replaceAll("[^\\x20-\\x7f]", ".");
  }

  @Override
  public void close() {
    if (heartbeat != null) {
      heartbeat.cancel();
      heartbeat = null;
    }
  }
}
