package org.fpm4j.event;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Signal;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One thread that runs handlers one at a time and sleeps when there is nothing to run.
 *
 * <p>All methods may be called from any thread. Handlers, timers and tasks run on the loop's thread
 * and must not block it. What they throw is logged with their class and ends nothing: not the loop,
 * not the registration. After the loop was closed nothing runs any more and every method that would
 * have to throws {@link IllegalStateException}.
 */
@ProviderType
public interface EventLoop {

  /**
   * Watches a descriptor.
   *
   * <p>Called on the loop's thread it takes effect, and throws, at once. Called on another it takes
   * effect before anything posted later, and a refusal by the kernel is logged.
   *
   * @param descriptor open, not watched yet; it stays the caller's, who closes the registration
   *     first and the descriptor then
   * @param interest may be empty
   * @return the way to change and end it
   * @throws java.io.UncheckedIOException if the mechanism cannot watch it: select for a number of
   *     1024 or more, epoll for a regular file
   */
  Registration watch(
      Descriptor descriptor, Set<Interest> interest, Mode mode, ReadyHandler handler);

  /**
   * Runs a task once.
   *
   * @param delay from now; negative counts as zero. Timers due at the same time run in the order
   *     they were made.
   */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs a task again and again, the first time after one period. A run that is late does not shift
   * the later ones; runs that were missed altogether are left out.
   *
   * @param period above zero
   */
  Timer scheduleAtFixedRate(Duration period, Runnable task);

  /** Runs a task soon, after all tasks posted before it by any thread. */
  void post(Runnable task);

  /**
   * Runs a task soon, as {@link #post}, and hands its result over.
   *
   * @return completed on the loop's thread; exceptionally with what the task threw, or with {@link
   *     java.util.concurrent.CancellationException} if the loop was closed before
   */
  <T> CompletableFuture<T> submit(Callable<T> task);

  /**
   * Receives signals instead of their usual effect. A signal that arrived before is delivered too.
   *
   * @param signals each may be registered for once at a time
   * @throws IllegalStateException if {@link #signalsAvailable} is false, or one is taken
   */
  Registration onSignal(Set<Signal> signals, SignalHandler handler);

  /**
   * Whether this loop can receive signals: only in a process that was started for it, with the
   * signals blocked.
   */
  boolean signalsAvailable();

  /** Whether the caller is on the loop's thread. */
  boolean inLoop();

  /**
   * The loop's clock: nanoseconds, monotonic, origin unspecified; differences alone mean something.
   * On Linux the same as CLOCK_MONOTONIC, so it compares with the scoreboard's times.
   */
  long nanoTime();

  /** How readiness is learned: {@code epoll}, {@code poll} or {@code select}. */
  String mechanism();
}
