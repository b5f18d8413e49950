package org.fpm4j.event.internal;

import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.event.Timer;

/**
 * Timers in the order of their deadlines, those with the same in the order they were made. Adding
 * and cancelling cost O(log n) and are allowed from any thread; the rest is for the loop's thread.
 */
public final class TimerQueue {
  private final TreeSet<Entry> entries = new TreeSet<>(TimerQueue::compare);

  private final AtomicLong sequence = new AtomicLong();
  private final Executor adding;
  private final Executor cancelling;

  /**
   * Makes an empty queue.
   *
   * @param adding runs a command on the loop's thread, at once if called there, and in order
   * @param cancelling the same, but drops it if the loop has ended
   */
  public TimerQueue(Executor adding, Executor cancelling) {
    this.adding = adding;
    this.cancelling = cancelling;
  }

  private static int compare(Entry a, Entry b) {
    // By difference, not by value: the clock may pass Long.MAX_VALUE.
    long difference = a.deadline - b.deadline;
    return difference == 0 ? Long.compare(a.sequence, b.sequence) : Long.signum(difference);
  }

  /** One timer. */
  private final class Entry implements Timer {
    final Runnable task;
    final long period;
    final long sequence;
    final AtomicBoolean pending = new AtomicBoolean(true);
    long deadline;

    Entry(long deadline, long period, Runnable task) {
      this.deadline = deadline;
      this.period = period;
      this.task = task;
      this.sequence = TimerQueue.this.sequence.getAndIncrement();
    }

    @Override
    public boolean cancel() {
      boolean prevented = pending.compareAndSet(true, false);
      if (prevented) {
        cancelling.execute(() -> entries.remove(this));
      }
      return prevented;
    }

    @Override
    public boolean isPending() {
      return pending.get();
    }
  }

  /**
   * Adds a timer.
   *
   * @param deadline on the loop's clock, nanoseconds
   * @param period nanoseconds between runs, 0 for one run only
   */
  public Timer add(long deadline, long period, Runnable task) {
    Entry entry = new Entry(deadline, period, task);
    adding.execute(
        () -> {
          if (entry.isPending()) {
            entries.add(entry);
          }
        });
    return entry;
  }

  /**
   * How long until the first timer is due.
   *
   * @param now the loop's clock
   * @return nanoseconds, 0 if one is due, negative if there are no timers
   */
  public long nanosToNext(long now) {
    return entries.isEmpty() ? -1 : Math.max(0, entries.first().deadline - now);
  }

  /**
   * Takes the first timer that is due; a periodic one is put back for its next time.
   *
   * @param now the loop's clock
   * @return its task, or null if none is due
   */
  public Runnable takeDue(long now) {
    while (!entries.isEmpty() && entries.first().deadline - now <= 0) {
      Entry entry = entries.pollFirst();
      if (entry.period > 0 && entry.isPending()) {
        long missed = (now - entry.deadline) / entry.period;
        entry.deadline += (missed + 1) * entry.period;
        entries.add(entry);
        return entry.task;
      }
      if (entry.pending.compareAndSet(true, false)) {
        return entry.task;
      }
    }
    return null;
  }
}
