package org.fpm4j.status.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Memory and CPU time of processes, from {@code /proc/PID/smaps_rollup} and {@code stat}. The
 * kernel walks a process's page tables for the first, which takes tenths of a millisecond each; so
 * a reading is made on a background thread, when somebody asks, and is kept for at least five
 * seconds and twenty times as long as it took. Who asks later gets the old one at once, unless a
 * new one is a matter of a few milliseconds; only the very first is waited for longer, half a
 * second at most. Any thread.
 */
final class ProcessCosts {

  /**
   * What one process costs; -1 for what cannot be read.
   *
   * @param pss proportional set size, bytes
   * @param cpuMs user and system time since its start, milliseconds
   */
  record Cost(long pss, long cpuMs) {
    static final Cost UNKNOWN = new Cost(-1, -1);
  }

  /** All of them at about the same time, how long that took, and until when it is good. */
  private record Reading(Map<Integer, Cost> costs, long tookNanos, long goodUntilNanos) {}

  private static final long KEPT_NANOS = 5_000_000_000L;
  private static final int SHARE = 20;
  private static final long FIRST_WAIT_MS = 500;
  private static final long QUICK_NANOS = 3_000_000;
  private static final long QUICK_WAIT_MS = 10;

  /** Linux shows times to user space in hundredths of a second, whatever its own clock does. */
  private static final long MS_PER_TICK = 10;

  private static final int USER_TIME = 11;

  private final Path proc;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final AtomicReference<CountDownLatch> underWay = new AtomicReference<>();
  private volatile Reading last;

  /**
   * @param proc where procfs is
   * @param executor runs the readings
   * @param nanoTime the clock
   */
  ProcessCosts(Path proc, Executor executor, LongSupplier nanoTime) {
    this.proc = proc;
    this.executor = executor;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns the last reading by pid, and has a new one made if it is old; empty before the first.
   *
   * @param pids whom to look at then
   */
  Map<Integer, Cost> get(Collection<Integer> pids) {
    Reading known = last;
    if (known == null) {
      await(refresh(pids), FIRST_WAIT_MS);
    } else if (nanoTime.getAsLong() - known.goodUntilNanos() >= 0) {
      CountDownLatch done = refresh(pids);
      if (known.tookNanos() <= QUICK_NANOS) {
        await(done, QUICK_WAIT_MS);
      }
    }
    return last == null ? Map.of() : last.costs();
  }

  /** Has a reading made, unless one is under way; the result tells its end. */
  private CountDownLatch refresh(Collection<Integer> pids) {
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch before = underWay.compareAndExchange(null, done);
    if (before != null) {
      return before;
    }
    executor.execute(
        () -> {
          try {
            read(pids);
          } finally {
            underWay.set(null);
            done.countDown();
          }
        });
    return done;
  }

  private void read(Collection<Integer> pids) {
    long begin = nanoTime.getAsLong();
    Map<Integer, Cost> costs = new HashMap<>();
    pids.forEach(pid -> costs.put(pid, cost(pid)));
    long end = nanoTime.getAsLong();
    last = new Reading(costs, end - begin, end + Math.max(KEPT_NANOS, SHARE * (end - begin)));
  }

  private static void await(CountDownLatch done, long patienceMs) {
    try {
      boolean unused = done.await(patienceMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Cost cost(int pid) {
    Path process = proc.resolve(Integer.toString(pid));
    return new Cost(pss(process), cpuMs(process));
  }

  /** Unreadable for a process that has gone, or of another user when we are not root. */
  private static long pss(Path process) {
    try {
      for (String line : Files.readAllLines(process.resolve("smaps_rollup"))) {
        if (line.startsWith("Pss:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException | NumberFormatException ignored) {
      // told as -1
    }
    return -1;
  }

  private static long cpuMs(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name before the last parenthesis may hold anything.
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return MS_PER_TICK
          * (Long.parseLong(words[USER_TIME]) + Long.parseLong(words[USER_TIME + 1]));
    } catch (IOException | RuntimeException ignored) {
      return -1;
    }
  }
}
