package org.fpm4j.log.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogSettings;
import org.fpm4j.log.LogTarget;
import org.fpm4j.log.WorkerOutput;

/**
 * The error log. A line is composed by the thread that logs and written by the target's {@link
 * QueuedOutput}; a new target or a reopened file gets a new output, the old one writes what it has
 * and ends. So each file's lines stay in order without a lock around writing.
 */
class QueuedErrorLog implements ErrorLog {

  private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(1);
  private static final StackWalker CALLERS = StackWalker.getInstance();
  private static final Set<String> OWN_CLASSES =
      Set.of(
          Log.class.getName(),
          Log.class.getPackageName() + ".PoolLog",
          QueuedErrorLog.class.getName(),
          QueuedErrorLog.class.getName() + "$1",
          WorkerLines.class.getName());

  /** What is in force, replaced as a whole so that a logging thread needs no lock. */
  private record Route(LogSettings settings, LineForm form, QueuedOutput output) {}

  /** A sink of {@link LogServiceSink#line} and the queue before it. */
  private record Mirror(LineSink sink, QueuedOutput output) {}

  private final Clock clock;
  private final long pid;
  private final boolean onlyStandardError;
  private final AtomicLong dropped = new AtomicLong();
  private final QueuedOutput standardError;
  private volatile Route route;
  private volatile boolean running;

  /** Where messages go as well, null if nowhere. */
  private volatile Mirror mirror;

  /**
   * @param clock in the zone the lines' times are shown in
   * @param pid of the master
   * @param onlyStandardError whether lines stay on standard error whatever the target, which is
   *     opened nevertheless (php-fpm's {@code --force-stderr})
   * @param standardError where lines for standard error go
   */
  QueuedErrorLog(
      Clock clock, long pid, LogLevel level, boolean onlyStandardError, LineSink standardError) {
    this.clock = clock;
    this.pid = pid;
    this.onlyStandardError = onlyStandardError;
    this.standardError = new QueuedOutput("fpm4j log to stderr", standardError, dropped);
    this.route =
        new Route(
            LogSettings.DEFAULT.withLevel(level), new StampedForm(clock, pid), this.standardError);
  }

  /** Starts the writing; lines logged before have been waiting. */
  final void start() {
    standardError.start();
  }

  /**
   * Gives messages to a sink as well, in place of the one before; it may be as slow as it likes.
   */
  final synchronized void mirror(LineSink sink) {
    endMirror();
    mirror = new Mirror(sink, new QueuedOutput("fpm4j log to OSGi", sink, dropped).start());
  }

  /** Ends that, if it is still this one that is given them. */
  final synchronized void endMirror(LineSink sink) {
    if (mirror != null && mirror.sink() == sink) {
      endMirror();
    }
  }

  private void endMirror() {
    if (mirror != null) {
      mirror.output().close();
      mirror = null;
    }
  }

  /** What is logged while a message is given to the sink is not given to it: it would not end. */
  private void tell(LogLevel level, String text) {
    Mirror now = mirror;
    if (now != null && !now.output().isWriting(Thread.currentThread())) {
      now.output().offer(LogServiceSink.line(level, text));
    }
  }

  /** Writes what is queued, for at most two seconds. Later lines are lost. */
  final void close() {
    QueuedOutput target = route.output();
    target.close();
    target.awaitEnd(CLOSING_PATIENCE);
    standardError.close();
    standardError.awaitEnd(CLOSING_PATIENCE);
    synchronized (this) {
      endMirror();
    }
  }

  @Override
  public final boolean isEnabled(LogLevel level) {
    return level.compareTo(route.settings().level()) >= 0;
  }

  @Override
  public final void write(LogLevel level, String text) {
    Route now = route;
    if (level.compareTo(now.settings().level()) < 0) {
      return;
    }
    byte[] line = now.form().line(level, origin(now), text, now.settings().limit());
    send(now, line);
    tell(level, text);
    if (!running && now.output() != standardError && level.compareTo(LogLevel.NOTICE) >= 0) {
      LineForm form = now.form().forStandardError();
      standardError.offer(
          form == now.form() ? line : form.line(level, origin(now), text, now.settings().limit()));
    }
  }

  private void send(Route seen, byte[] line) {
    // The output may have been replaced since the route was read; its successor is open then.
    if (!seen.output().offer(line) && !route.output().offer(line)) {
      dropped.incrementAndGet();
    }
  }

  private static LineForm.Origin origin(Route route) {
    if (route.settings().level() != LogLevel.DEBUG) {
      return null;
    }
    return CALLERS.walk(
        frames ->
            frames
                .filter(frame -> !OWN_CLASSES.contains(frame.getClassName()))
                .findFirst()
                .map(frame -> new LineForm.Origin(frame.getMethodName(), frame.getLineNumber()))
                .orElseThrow());
  }

  @Override
  public final synchronized void configure(LogSettings settings) throws IOException {
    Route old = route;
    if (isSame(settings.target(), old.settings().target())) {
      boolean sameForm = settings.json() == old.settings().json();
      route = new Route(settings, sameForm ? old.form() : form(settings), old.output());
      return;
    }
    route = open(settings);
    closeUnlessStandardError(old.output());
  }

  /** The first call of a record's equals() takes milliseconds; most starts need none. */
  private static boolean isSame(LogTarget one, LogTarget other) {
    return one.getClass() == other.getClass()
        && (one instanceof LogTarget.StandardError || one.equals(other));
  }

  @Override
  public final LogSettings settings() {
    return route.settings();
  }

  @Override
  public final void running() {
    running = true;
  }

  @Override
  public final synchronized void reopen() throws IOException {
    Route old = route;
    if (old.settings().target() instanceof LogTarget.File) {
      route = open(old.settings());
      closeUnlessStandardError(old.output());
    }
  }

  @Override
  public final long dropped() {
    return dropped.get();
  }

  @Override
  public final WorkerOutput workerOutput(String pool, long worker, boolean decorated) {
    return new WorkerLines(
        new WorkerLines.Lines() {
          @Override
          public byte[] prefix(String text) {
            Route now = route;
            return isEnabled(LogLevel.WARNING)
                ? (now.form().prefix(LogLevel.WARNING, origin(now)) + text)
                    .getBytes(StandardCharsets.UTF_8)
                : new byte[0];
          }

          @Override
          public byte[] frame() {
            return route.form().frame(LogLevel.WARNING).getBytes(StandardCharsets.UTF_8);
          }

          @Override
          public int limit() {
            return route.settings().limit();
          }

          @Override
          public boolean buffered() {
            LogSettings now = route.settings();
            return now.buffering() || now.target() instanceof LogTarget.Syslog;
          }

          @Override
          public Optional<JsonForm> json() {
            Route now = route;
            return now.settings().json() && now.form() instanceof JsonForm form
                ? Optional.of(form)
                : Optional.empty();
          }

          @Override
          public boolean isMirrored() {
            return mirror != null;
          }

          @Override
          public void mirror(String text) {
            tell(LogLevel.WARNING, text);
          }

          @Override
          public void write(byte[] line) {
            send(route, line);
          }
        },
        pool,
        worker,
        decorated);
  }

  private Route open(LogSettings settings) throws IOException {
    return new Route(settings, form(settings), output(settings.target()));
  }

  private QueuedOutput output(LogTarget target) throws IOException {
    if (target instanceof LogTarget.File file) {
      LineSink sink = FileSink.append(file.path(), "error_log");
      if (!onlyStandardError) {
        return new QueuedOutput("fpm4j log to file", sink, dropped).start();
      }
      sink.close();
    }
    if (target instanceof LogTarget.Syslog && !onlyStandardError) {
      LineSink sink = new SyslogSink(SyslogSink.DAEMON);
      return new QueuedOutput("fpm4j log to syslog", sink, dropped).start();
    }
    return standardError;
  }

  /** JSON is for files and standard error: syslog has a form and a time of its own. */
  final LineForm form(LogSettings settings) {
    if (settings.target() instanceof LogTarget.Syslog syslog && !onlyStandardError) {
      return new SyslogForm(clock, syslog, pid);
    }
    return settings.json() ? new JsonForm(clock, pid) : new StampedForm(clock, pid);
  }

  private void closeUnlessStandardError(QueuedOutput output) {
    if (output != standardError) {
      output.close();
    }
  }
}
