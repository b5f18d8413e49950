package org.fpm4j.event.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.ReadyHandler;
import org.fpm4j.event.Registration;
import org.fpm4j.event.SignalHandler;
import org.fpm4j.event.Timer;
import org.fpm4j.event.internal.TimerQueue;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Signal;

/**
 * An event loop in which nothing happens by itself. The test's thread is the loop's thread; it runs
 * what was posted, moves the clock, and says which descriptor is ready and which signal arrives.
 *
 * <p>No system call is made: any {@link Descriptor} object will do. What a handler throws comes out
 * of the method that ran it. Only {@link #post} and {@link #submit} may be called from other
 * threads.
 */
public final class ManualEventLoop implements EventLoop {
  private final Thread thread = Thread.currentThread();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final TimerQueue timers = new TimerQueue(Runnable::run, Runnable::run);
  private final Map<Descriptor, ManualWatch> watches = new LinkedHashMap<>();
  private final List<ManualSignals> signals = new ArrayList<>();
  private long now;

  /** Makes a loop whose clock stands at 0 and whose thread is the calling one. */
  public ManualEventLoop() {}

  /** Runs what was posted, and what that posts in turn, until nothing is left. */
  public void runPosted() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /**
   * Moves the clock forward, stopping at each timer that becomes due to run it, and runs what was
   * posted before, between and after.
   */
  public void advance(Duration time) {
    long target = now + time.toNanos();
    runPosted();
    while (true) {
      long next = timers.nanosToNext(now);
      if (next < 0 || now + next > target) {
        break;
      }
      now += next;
      Runnable task = timers.takeDue(now);
      if (task != null) {
        task.run();
      }
      runPosted();
    }
    now = target;
  }

  /**
   * Reports a descriptor ready, as the kernel would: nothing happens if it is not watched for any
   * of this, or a one-shot watch was not re-armed. Then runs what was posted.
   *
   * @throws Exception what the handler throws
   */
  public void ready(Descriptor descriptor, Interest... interests) throws Exception {
    ManualWatch watch = watches.get(descriptor);
    Set<Interest> ready = EnumSet.noneOf(Interest.class);
    ready.addAll(List.of(interests));
    if (watch != null && watch.armed) {
      ready.retainAll(watch.interest);
      if (!ready.isEmpty()) {
        watch.armed = watch.mode == Mode.LEVEL;
        watch.handler.onReady(Set.copyOf(ready));
      }
    }
    runPosted();
  }

  /**
   * Reports all that are watched ready, one after the other, as {@link #ready}.
   *
   * @throws Exception what a handler throws; the rest is not reported then
   */
  public void readyAll(Interest... interests) throws Exception {
    for (Descriptor each : List.copyOf(watches.keySet())) {
      ready(each, interests);
    }
  }

  /**
   * Delivers a signal, then runs what was posted.
   *
   * @throws IllegalStateException if nobody registered for it
   * @throws Exception what the handler throws
   */
  public void signal(Signal signal, int senderPid) throws Exception {
    for (ManualSignals registered : List.copyOf(signals)) {
      if (registered.wanted.contains(signal)) {
        registered.handler.onSignal(signal, senderPid);
        runPosted();
        return;
      }
    }
    throw new IllegalStateException(signal + " is not registered for");
  }

  /** What the descriptor is watched for now; empty if it is not, or waits to be re-armed. */
  public Set<Interest> watchedFor(Descriptor descriptor) {
    ManualWatch watch = watches.get(descriptor);
    return watch == null || !watch.armed ? Set.of() : Set.copyOf(watch.interest);
  }

  /** How many descriptors are watched. */
  public int watchCount() {
    return watches.size();
  }

  private final class ManualWatch implements Registration {
    final Descriptor descriptor;
    final Mode mode;
    final ReadyHandler handler;
    Set<Interest> interest;
    boolean armed = true;

    ManualWatch(Descriptor descriptor, Set<Interest> interest, Mode mode, ReadyHandler handler) {
      this.descriptor = descriptor;
      this.interest = Set.copyOf(interest);
      this.mode = mode;
      this.handler = handler;
    }

    @Override
    public void rearm() {
      armed = true;
    }

    @Override
    public void interest(Set<Interest> wanted) {
      interest = Set.copyOf(wanted);
      armed = true;
    }

    @Override
    public boolean isClosed() {
      return watches.get(descriptor) != this;
    }

    @Override
    public void close() {
      watches.remove(descriptor, this);
    }
  }

  private final class ManualSignals implements Registration {
    final Set<Signal> wanted;
    final SignalHandler handler;

    ManualSignals(Set<Signal> wanted, SignalHandler handler) {
      this.wanted = Set.copyOf(wanted);
      this.handler = handler;
    }

    @Override
    public void rearm() {
      throw new UnsupportedOperationException("a registration for signals is always armed");
    }

    @Override
    public void interest(Set<Interest> wantedInterest) {
      throw new UnsupportedOperationException("a registration for signals has no interest");
    }

    @Override
    public boolean isClosed() {
      return !signals.contains(this);
    }

    @Override
    public void close() {
      signals.remove(this);
    }
  }

  @Override
  public Registration watch(
      Descriptor descriptor, Set<Interest> interest, Mode mode, ReadyHandler handler) {
    if (watches.containsKey(descriptor)) {
      throw new IllegalArgumentException(descriptor + " is watched already");
    }
    ManualWatch watch = new ManualWatch(descriptor, interest, mode, handler);
    watches.put(descriptor, watch);
    return watch;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return timers.add(now + Math.max(0, delay.toNanos()), 0, task);
  }

  @Override
  public Timer scheduleAtFixedRate(Duration period, Runnable task) {
    if (period.isZero() || period.isNegative()) {
      throw new IllegalArgumentException("period " + period + " is not above zero");
    }
    return timers.add(now + period.toNanos(), period.toNanos(), task);
  }

  @Override
  public void post(Runnable task) {
    tasks.add(task);
  }

  @Override
  public <T> CompletableFuture<T> submit(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    post(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  @Override
  public Registration onSignal(Set<Signal> wanted, SignalHandler handler) {
    ManualSignals registration = new ManualSignals(wanted, handler);
    signals.add(registration);
    return registration;
  }

  @Override
  public boolean signalsAvailable() {
    return true;
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public String mechanism() {
    return "manual";
  }
}
