package org.fpm4j.event.internal;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.PosixException;

/**
 * What other threads want the loop to do, and the eventfd that wakes it for that. This is nearly
 * all that threads share in a loop.
 *
 * <p>The eventfd is written only if the loop sleeps or is about to: a busy loop finds the task by
 * itself.
 */
final class Mailbox {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final EventDescriptor wakeUp;
  private volatile boolean closing;

  Mailbox() throws PosixException {
    wakeUp = EventDescriptor.open();
  }

  /** A task whose result somebody waits for. */
  private record Submitted<T>(Callable<T> task, CompletableFuture<T> result) implements Runnable {
    @Override
    public void run() {
      try {
        result.complete(task.call());
      } catch (Throwable failure) {
        result.completeExceptionally(failure);
      }
    }
  }

  /** Readable when the loop shall wake; to be watched by it. */
  Descriptor descriptor() {
    return wakeUp.descriptor();
  }

  /**
   * Adds a task and wakes the loop. From any thread.
   *
   * @return false, and nothing is added, if the loop ends or has ended
   */
  boolean add(Runnable task) {
    if (closing) {
      return false;
    }
    tasks.add(task);
    wake();
    if (closing) {
      // The loop may have emptied the queue before this task came.
      drop();
    }
    return true;
  }

  /** Makes a task that completes a future; dropping it cancels that. */
  static <T> Runnable submitted(Callable<T> task, CompletableFuture<T> result) {
    return new Submitted<>(task, result);
  }

  /** Tells the loop to end and wakes it. From any thread. */
  void requestClose() {
    closing = true;
    wake();
  }

  boolean isClosing() {
    return closing;
  }

  private void wake() {
    if (asleep.compareAndSet(true, false)) {
      // Locked against the close at the loop's end: the number could be another file's by then.
      synchronized (wakeUp) {
        if (wakeUp.descriptor().isOpen()) {
          try {
            wakeUp.signal();
          } catch (PosixException impossible) {
            throw new AssertionError("an eventfd refused to count", impossible);
          }
        }
      }
    }
  }

  /** How many tasks wait. */
  int size() {
    return tasks.size();
  }

  /** Takes the oldest task, or null. On the loop's thread, as the methods below. */
  Runnable take() {
    return tasks.poll();
  }

  /**
   * Announces that the loop will wait.
   *
   * @return false if it must not, there is work
   */
  boolean fallAsleep() {
    // Whoever adds after this line wakes the loop; whoever added before is seen by isEmpty().
    asleep.set(true);
    return tasks.isEmpty() && !closing;
  }

  /** Announces that the loop has waited. */
  void awake() {
    asleep.set(false);
  }

  /** Ends the readability of the descriptor. */
  void drain() throws PosixException {
    wakeUp.drain();
  }

  /** Refuses and drops all tasks, and closes the descriptor. */
  void close() {
    closing = true;
    drop();
    synchronized (wakeUp) {
      wakeUp.close();
    }
  }

  private void drop() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      if (task instanceof Submitted<?> submitted) {
        submitted.result().cancel(false);
      }
    }
  }
}
