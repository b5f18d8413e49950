package org.fpm4j.log.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue of lines with a daemon thread that writes them to one sink. {@link #offer} may be called
 * by any thread and takes a lock only for the time of an append; the sink is used by the writer
 * thread alone.
 */
final class QueuedOutput {

  /** Memory the waiting lines may take, in bytes: some ten thousand lines of ordinary length. */
  static final int CAPACITY = 1 << 20;

  private static final int LINE_OVERHEAD = 32;

  private final LineSink sink;
  private final AtomicLong dropped;
  private final Thread writer;
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private int queuedBytes;
  private boolean closing;

  /**
   * @param dropped counts the lines that are lost, shared by all outputs of a log
   */
  QueuedOutput(String threadName, LineSink sink, AtomicLong dropped) {
    this.sink = sink;
    this.dropped = dropped;
    this.writer = new Thread(this::writeAll, threadName);
    writer.setDaemon(true);
  }

  /** Starts the writer thread. */
  QueuedOutput start() {
    writer.start();
    return this;
  }

  /** Whether a thread is the one that writes. */
  boolean isWriting(Thread thread) {
    return thread == writer;
  }

  /**
   * Queues a line, or counts it as dropped when the queue is full.
   *
   * @return false when this output was closed; the line is then the caller's to send elsewhere
   */
  boolean offer(byte[] line) {
    synchronized (queue) {
      if (closing) {
        return false;
      }
      int cost = line.length + LINE_OVERHEAD;
      if (queuedBytes + cost > CAPACITY) {
        dropped.incrementAndGet();
        return true;
      }
      queuedBytes += cost;
      queue.addLast(line);
      queue.notifyAll();
      return true;
    }
  }

  /** Takes no more lines; the writer thread writes those queued, closes the sink and ends. */
  void close() {
    synchronized (queue) {
      closing = true;
      queue.notifyAll();
    }
  }

  /**
   * Waits for the writer thread's end after {@link #close}.
   *
   * @return false when it did not end in time, its sink blocking
   */
  boolean awaitEnd(Duration patience) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(writer, patience.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !writer.isAlive();
  }

  private void writeAll() {
    try (sink) {
      for (byte[] line = next(); line != null; line = next()) {
        writeOne(line);
      }
    } catch (IOException ignored) {
      // Closing failed: there is nowhere left to say so.
    }
  }

  private void writeOne(byte[] line) {
    try {
      sink.write(line);
    } catch (IOException e) {
      dropped.incrementAndGet();
    }
  }

  private byte[] next() {
    synchronized (queue) {
      while (queue.isEmpty() && !closing) {
        try {
          queue.wait();
        } catch (InterruptedException e) {
          closing = true;
        }
      }
      byte[] line = queue.pollFirst();
      if (line != null) {
        queuedBytes -= line.length + LINE_OVERHEAD;
      }
      return line;
    }
  }
}
