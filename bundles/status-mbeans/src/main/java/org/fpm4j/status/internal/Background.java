package org.fpm4j.status.internal;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One daemon thread with a bounded queue, there only while it has work; what does not fit is
 * counted and dropped.
 */
final class Background extends ThreadPoolExecutor {

  private static final int QUEUE = 1024;
  private static final int IDLE_SECONDS = 10;

  private final AtomicLong dropped = new AtomicLong();

  Background(String threadName) {
    super(
        1,
        1,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(QUEUE),
        task -> daemon(task, threadName));
    allowCoreThreadTimeOut(true);
    setRejectedExecutionHandler((task, executor) -> dropped.incrementAndGet());
  }

  /** Tasks that did not fit. */
  long dropped() {
    return dropped.get();
  }

  /** Takes no more tasks and waits for those it has, for at most a second. */
  void finish() {
    shutdown();
    try {
      if (!awaitTermination(1, TimeUnit.SECONDS)) {
        shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
