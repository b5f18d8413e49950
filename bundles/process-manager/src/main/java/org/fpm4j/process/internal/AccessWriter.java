package org.fpm4j.process.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.agent.AccessRecord;
import org.fpm4j.agent.ControlProtocolException;
import org.fpm4j.log.AccessFile;
import org.fpm4j.log.AccessFormat;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.PosixException;

/**
 * The thread that turns a pool's access records into lines of its access log. It exists only while
 * the pool has one. The pipes are the queue: while the file does not take lines they fill, and then
 * the workers drop records and count them; the event loop is not concerned.
 *
 * <p>Its methods are called on the event loop.
 */
final class AccessWriter {

  /**
   * Where lines go and how they look.
   *
   * @param suppressed URIs whose successful GET and HEAD requests are not logged
   */
  record Target(AccessFile file, AccessFormat format, Set<String> suppressed) {}

  /** What a pipe should hold while nobody reads: some 5000 requests. */
  private static final int PIPE_BYTES = 1 << 20;

  private static final int BUFFER_BYTES = 1 << 15;

  /** A pipe of records; of a generation's workers. */
  private static final class Source {
    final Descriptor pipe;
    final int parentPid;
    final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
    boolean damaged;

    Source(Descriptor pipe, int parentPid) {
      this.pipe = pipe;
      this.parentPid = parentPid;
    }
  }

  private final Log log;
  private final AtomicLong lost;
  private final EventDescriptor wake;
  private final Thread thread;
  private final Queue<Source> arriving = new ConcurrentLinkedQueue<>();
  private final List<Source> sources = new ArrayList<>();
  private final StringBuilder lines = new StringBuilder();
  private volatile Target target;
  private volatile boolean ending;
  private Target inUse;
  private long lostInARow;

  /**
   * Starts the thread.
   *
   * @param log the pool's
   * @param lost counts the lines that could not be written
   */
  AccessWriter(String pool, Log log, Target target, AtomicLong lost) throws PosixException {
    this.log = log;
    this.lost = lost;
    this.target = target;
    this.inUse = target;
    this.wake = EventDescriptor.open();
    this.thread = new Thread(this::run, "fpm4j access log " + pool);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Puts a target in place of the former, whose file is closed. Records written from now on go
   * there.
   */
  void target(Target wanted) {
    target = wanted;
    wakeUp();
  }

  Target target() {
    return target;
  }

  /**
   * Begins to read a pipe, until all its writers are gone; the pipe is this object's from now on.
   */
  void read(Descriptor pipe, int parentPid) {
    arriving.add(new Source(pipe, parentPid));
    wakeUp();
  }

  /** Writes what is in the pipes and ends, on the thread's own time. */
  void end() {
    ending = true;
    wakeUp();
  }

  /** Waits for the thread's end after {@link #end}, which its file may hold up. Any thread. */
  void awaitEnd(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, nanos));
  }

  boolean hasEnded() {
    return !thread.isAlive();
  }

  private void wakeUp() {
    try {
      wake.signal();
    } catch (PosixException e) {
      log.error("access log cannot be woken: %s", e.getMessage());
    }
  }

  private void run() {
    try (Poller poller = Pollers.open("poll")) {
      poller.add(wake.descriptor(), Poller.READ);
      while (!ending) {
        poller.await(-1);
        wake.drain();
        adopt(poller);
        sources.removeIf(source -> !isOpen(source, read(source), poller));
        useTarget(); // closes the former also when nothing was read
      }
      adopt(poller);
      sources.forEach(this::drain);
      useTarget();
    } catch (PosixException e) {
      log.error("access log is not written any more: %s", e.getMessage());
    } finally {
      sources.forEach(source -> source.pipe.close());
      inUse.file().close();
      wake.close();
    }
  }

  private void adopt(Poller poller) throws PosixException {
    for (Source source = arriving.poll(); source != null; source = arriving.poll()) {
      source.pipe.configureBlocking(false);
      source.pipe.pipeCapacity(PIPE_BYTES);
      poller.add(source.pipe, Poller.READ);
      sources.add(source);
    }
  }

  private static boolean isOpen(Source source, int read, Poller poller) {
    if (read != Descriptor.END) {
      return true;
    }
    poller.remove(source.pipe.number());
    source.pipe.close();
    return false;
  }

  /** What a pipe holds at most, should workers go on writing. */
  private void drain(Source source) {
    for (int bytes = 0; bytes < 2 * PIPE_BYTES; ) {
      int read = read(source);
      if (read <= 0) {
        return;
      }
      bytes += read;
    }
  }

  /** Reads once and writes the lines; what {@link Descriptor#read} says, an error as its end. */
  private int read(Source source) {
    try {
      int read = source.pipe.read(source.bytes);
      if (read > 0) {
        useTarget(); // asked for after reading: what came since it was replaced belongs there
        takeRecords(source);
        writeLines();
      }
      return read;
    } catch (PosixException e) {
      log.error("access records cannot be read: %s", e.getMessage());
      return Descriptor.END;
    }
  }

  private void takeRecords(Source source) {
    ByteBuffer bytes = source.bytes.flip();
    try {
      for (AccessRecord record = AccessRecord.take(bytes);
          record != null;
          record = AccessRecord.take(bytes)) {
        if (!isSuppressed(record)) {
          inUse.format().append(lines, new LoggedRequest(record, source.parentPid));
        }
      }
      bytes.compact();
    } catch (ControlProtocolException e) {
      bytes.clear();
      lost.incrementAndGet();
      if (!source.damaged) { // the workers write there, which a script may make them do
        source.damaged = true;
        log.warning("access records are damaged: %s", e.getMessage());
      }
    }
  }

  /** php-fpm's {@code access.suppress_path}. */
  private boolean isSuppressed(AccessRecord record) {
    return inUse.suppressed().contains(record.uri())
        && record.query().isEmpty()
        && record.contentLength() == 0
        && record.status() / 100 == 2
        && (record.method().equals("GET") || record.method().equals("HEAD"));
  }

  private void writeLines() {
    if (!lines.isEmpty()) {
      int missed = inUse.file().write(lines.toString().getBytes(StandardCharsets.ISO_8859_1));
      lines.setLength(0);
      lost.addAndGet(missed);
      reportLost(missed);
    }
  }

  private void useTarget() {
    Target wanted = target;
    if (!wanted.equals(inUse)) {
      if (!wanted.file().equals(inUse.file())) {
        inUse.file().close();
      }
      inUse = wanted;
    }
  }

  /** Says once that lines are lost, and once that they no longer are. */
  private void reportLost(int missed) {
    if (missed > 0 && lostInARow == 0) {
      log.error("access log loses lines: %s", inUse.file().failure());
    } else if (missed == 0 && lostInARow > 0) {
      log.notice("access log takes lines again, %d were lost", lostInARow);
    }
    lostInARow = missed == 0 ? 0 : lostInARow + missed;
  }
}
