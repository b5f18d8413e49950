package org.fpm4j.process.internal.page;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.process.internal.page.Figure.Kind;

/**
 * What php-fpm's status page says of a pool, each value once and in its order; the forms render it.
 *
 * @param snapshot the pool at one moment
 * @param nowEpochMs that moment, milliseconds since 1970
 * @param full whether the workers are shown one by one
 */
record StatusPage(PoolSnapshot snapshot, long nowEpochMs, boolean full) {

  /** The names of a worker's figures, for the head of a table. */
  static final List<String> WORKER_NAMES =
      List.of(
          "pid",
          "state",
          "start time",
          "start since",
          "requests",
          "request duration",
          "request method",
          "request uri",
          "content length",
          "user",
          "script",
          "last request cpu",
          "last request memory");

  private static final long MS_PER_SECOND = 1000;
  private static final int HUNDREDTHS = 100;
  private static final String NONE = "-";

  /** What a worker is said to do that has been forked and not shown itself yet. */
  private static final String STARTING = "Reading headers";

  /** Returns what is said of the pool as a whole. */
  List<Figure> pool() {
    return List.of(
        new Figure("pool", Kind.TEXT, snapshot.name()),
        new Figure("process manager", Kind.WORD, snapshot.processManager()),
        time("start time", snapshot.startEpochMs()),
        Figure.number("start since", sinceSeconds(snapshot.startEpochMs())),
        Figure.number("accepted conn", snapshot.acceptedConnections()),
        Figure.number("listen queue", snapshot.listenQueue()),
        Figure.number("max listen queue", snapshot.maxListenQueue()),
        Figure.number("listen queue len", snapshot.listenQueueLen()),
        Figure.number("idle processes", snapshot.idle()),
        Figure.number("active processes", snapshot.active()),
        Figure.number("total processes", snapshot.total()),
        Figure.number("max active processes", snapshot.maxActive()),
        Figure.number("max children reached", snapshot.maxChildrenReached()),
        Figure.number("slow requests", snapshot.slowRequests()));
  }

  /** Returns what is said of each worker; empty unless the page is a full one. */
  List<List<Figure>> workers() {
    List<List<Figure>> workers = new ArrayList<>();
    if (full) {
      for (WorkerSnapshot worker : snapshot.workers()) {
        workers.add(worker(worker));
      }
    }
    return workers;
  }

  private List<Figure> worker(WorkerSnapshot worker) {
    return List.of(
        Figure.number("pid", worker.pid()),
        new Figure("state", Kind.WORD, state(worker)),
        time("start time", worker.startEpochMs()),
        Figure.number("start since", sinceSeconds(worker.startEpochMs())),
        Figure.number("requests", worker.requests()),
        Figure.number("request duration", worker.requestDurationMicros()),
        text("request method", worker.method()),
        new Figure("request URI", Kind.URI, uri(worker)),
        Figure.number("content length", worker.contentLength()),
        text("user", worker.user()),
        text("script", worker.script()),
        new Figure("last request cpu", Kind.NUMBER, cpuPercent(worker)),
        Figure.number("last request memory", worker.idle() ? worker.lastRequestMemory() : 0));
  }

  private static String state(WorkerSnapshot worker) {
    return worker.stage().equals("Free") ? STARTING : worker.stage();
  }

  private static String uri(WorkerSnapshot worker) {
    if (worker.uri().isEmpty()) {
      return NONE;
    }
    return worker.query().isEmpty() ? worker.uri() : worker.uri() + "?" + worker.query();
  }

  private static Figure text(String name, String value) {
    return new Figure(name, Kind.TEXT, value.isEmpty() ? NONE : value);
  }

  private static Figure time(String name, long epochMs) {
    return new Figure(name, Kind.TIME, Long.toString(epochMs / MS_PER_SECOND));
  }

  /** Returns for how many seconds something has been there. */
  long sinceSeconds(long epochMs) {
    return Math.max(0, nowEpochMs / MS_PER_SECOND - epochMs / MS_PER_SECOND);
  }

  /** CPU time over duration of the last request, in percent with two digits; 0 unless idle. */
  private static String cpuPercent(WorkerSnapshot worker) {
    long hundredths = 0;
    if (worker.idle() && worker.requestDurationMicros() > 0) {
      double ratio = (double) worker.lastRequestCpuMicros() / worker.requestDurationMicros();
      hundredths = Math.round(ratio * HUNDREDTHS * HUNDREDTHS);
    }
    String digits = Long.toString(hundredths % HUNDREDTHS);
    return hundredths / HUNDREDTHS + (digits.length() < 2 ? ".0" : ".") + digits;
  }
}
