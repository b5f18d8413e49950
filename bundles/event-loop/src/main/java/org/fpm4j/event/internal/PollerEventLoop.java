package org.fpm4j.event.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.event.EventLoops;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.ReadyHandler;
import org.fpm4j.event.Registration;
import org.fpm4j.event.SignalHandler;
import org.fpm4j.event.Timer;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Signal;
import org.fpm4j.posix.SignalDescriptor;

/**
 * An event loop around a {@link Poller}.
 *
 * <p>Each round runs the tasks that were posted, then the timers that are due, then waits for
 * descriptors until the next timer, then calls the handlers of those found ready. Only the mailbox
 * and the set of taken signals are shared between threads.
 */
public class PollerEventLoop implements EventLoops.Running {
  /** What a process must have blocked from its start for signals to be available. */
  static final Set<Signal> NEEDED_SIGNALS =
      EnumSet.of(
          Signal.SIGTERM,
          Signal.SIGINT,
          Signal.SIGQUIT,
          Signal.SIGHUP,
          Signal.SIGUSR1,
          Signal.SIGUSR2,
          Signal.SIGCHLD);

  private final Thread thread;
  private final Poller poller;
  private final Mailbox mailbox;
  private final boolean signalsAvailable;
  private final TimerQueue timers = new TimerQueue(this::execute, this::executeUnlessClosed);
  private final Set<Signal> takenSignals = EnumSet.noneOf(Signal.class);

  private Watch[] watches = new Watch[64];
  private long round;

  /**
   * Opens what the loop needs; {@link #begin} starts it.
   *
   * @param mechanism epoll, poll, select or auto
   * @param name the thread's name
   * @param signals whether to receive signals if the process was started for it
   * @throws IllegalArgumentException for an unknown mechanism
   */
  protected PollerEventLoop(String mechanism, String name, boolean signals) throws IOException {
    String chosen = mechanism.equals("auto") ? Pollers.mechanisms().get(0) : mechanism;
    poller = Pollers.open(chosen);
    try {
      mailbox = new Mailbox();
    } catch (PosixException noDescriptor) {
      poller.close();
      throw noDescriptor;
    }
    signalsAvailable = signals && SignalDescriptor.areBlocked(NEEDED_SIGNALS);
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** Opens and starts a loop; see {@link EventLoops}. */
  public static PollerEventLoop start(String mechanism, String name, boolean signals)
      throws IOException {
    PollerEventLoop loop = new PollerEventLoop(mechanism, name, signals);
    loop.begin();
    return loop;
  }

  /** Starts the loop's thread. */
  protected final void begin() throws PosixException {
    poller.add(mailbox.descriptor(), Poller.READ);
    thread.start();
  }

  private void run() {
    try {
      while (!mailbox.isClosing()) {
        runPosted();
        runDueTimers();
        if (!mailbox.isClosing()) {
          dispatch(await());
        }
      }
    } catch (PosixException broken) {
      log().log(Level.ERROR, "event loop " + thread.getName() + " ends", broken);
    } finally {
      mailbox.close();
      poller.close();
    }
  }

  /** Runs what was posted up to now; what these tasks post has to wait a round, for fairness. */
  private void runPosted() {
    int count = mailbox.size();
    for (int i = 0; i < count && !mailbox.isClosing(); i++) {
      Runnable task = mailbox.take();
      if (task == null) {
        return; // another thread has just asked to close and dropped the rest
      }
      guard(task, task::run);
    }
  }

  private void runDueTimers() {
    long now = nanoTime();
    for (Runnable task = timers.takeDue(now);
        task != null && !mailbox.isClosing();
        task = timers.takeDue(now)) {
      guard(task, task::run);
    }
  }

  private int await() throws PosixException {
    int found = poller.await(mailbox.fallAsleep() ? timers.nanosToNext(nanoTime()) : 0);
    mailbox.awake();
    round++;
    return found;
  }

  private void dispatch(int found) throws PosixException {
    for (int i = 0; i < found && !mailbox.isClosing(); i++) {
      int number = poller.descriptor(i);
      if (number == mailbox.descriptor().number()) {
        mailbox.drain();
        continue;
      }
      Watch watch = number < watches.length ? watches[number] : null;
      if (watch == null || watch.addedIn == round) {
        continue;
      }
      if (!watch.descriptor.isOpen()) {
        log().log(Level.WARNING, "descriptor {0} was closed while watched", number);
        watch.close();
        continue;
      }
      Set<Interest> ready = watch.tell(poller.ready(i));
      if (!ready.isEmpty()) {
        guard(watch.handler, () -> watch.handler.onReady(ready));
      }
    }
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  /** Runs a handler and logs what it throws. */
  final void guard(Object handler, Action action) {
    try {
      action.run();
    } catch (Throwable failure) {
      log().log(Level.ERROR, handler.getClass().getName() + " failed in the event loop", failure);
    }
  }

  /** Looked up when needed: loading the logging classes costs more than the loop itself. */
  private static System.Logger log() {
    return System.getLogger("org.fpm4j.event");
  }

  @Override
  public Registration watch(
      Descriptor descriptor, Set<Interest> interest, Mode mode, ReadyHandler handler) {
    Objects.requireNonNull(handler, "handler");
    Watch watch = new Watch(this, descriptor, interest, mode, handler);
    execute(() -> add(watch));
    return watch;
  }

  private void add(Watch watch) {
    if (watch.isClosed()) {
      return;
    }
    int number = watch.number;
    if (number >= watches.length) {
      watches = Arrays.copyOf(watches, Math.max(number + 1, 2 * watches.length));
    }
    Watch former = watches[number];
    if (former != null && !former.descriptor.isOpen()) {
      // Its owner closed the descriptor first and the number has come back.
      former.close();
    }
    try {
      poller.add(watch.descriptor, watch.pollerInterest());
    } catch (PosixException refused) {
      throw new UncheckedIOException(refused);
    }
    watch.addedIn = round;
    watches[number] = watch;
  }

  /** Passes a changed interest on to the poller. On the loop's thread. */
  final void modify(Watch watch) {
    if (watches[watch.number] == watch) {
      try {
        poller.modify(watch.descriptor, watch.pollerInterest());
      } catch (PosixException refused) {
        throw new UncheckedIOException(refused);
      }
    }
  }

  /** Forgets a watch. On the loop's thread. */
  final void remove(Watch watch) {
    if (watch.number < watches.length && watches[watch.number] == watch) {
      poller.remove(watch.number);
      watches[watch.number] = null;
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Objects.requireNonNull(task, "task");
    return timers.add(nanoTime() + Math.max(0, delay.toNanos()), 0, task);
  }

  @Override
  public Timer scheduleAtFixedRate(Duration period, Runnable task) {
    Objects.requireNonNull(task, "task");
    long nanos = period.toNanos();
    if (nanos <= 0) {
      throw new IllegalArgumentException("period " + period + " is not above zero");
    }
    return timers.add(nanoTime() + nanos, nanos, task);
  }

  @Override
  public void post(Runnable task) {
    Objects.requireNonNull(task, "task");
    if (!mailbox.add(task)) {
      throw new IllegalStateException("event loop " + thread.getName() + " is closed");
    }
  }

  /** Runs a command now if called on the loop's thread, otherwise posts it. */
  final void execute(Runnable command) {
    if (inLoop()) {
      command.run();
    } else {
      post(command);
    }
  }

  /** As {@link #execute}, but does nothing after the loop was closed. */
  final void executeUnlessClosed(Runnable command) {
    if (inLoop()) {
      command.run();
    } else {
      mailbox.add(command);
    }
  }

  @Override
  public <T> CompletableFuture<T> submit(Callable<T> task) {
    Objects.requireNonNull(task, "task");
    CompletableFuture<T> result = new CompletableFuture<>();
    post(Mailbox.submitted(task, result));
    return result;
  }

  @Override
  public Registration onSignal(Set<Signal> signals, SignalHandler handler) {
    Objects.requireNonNull(handler, "handler");
    if (!signalsAvailable) {
      throw new IllegalStateException("this process was not started with its signals blocked");
    }
    synchronized (takenSignals) {
      List<Signal> twice = new ArrayList<>(signals);
      twice.retainAll(takenSignals);
      if (!twice.isEmpty()) {
        throw new IllegalStateException(twice + " is registered for already");
      }
      takenSignals.addAll(signals);
    }
    try {
      return new SignalWatch(this, signals, handler);
    } catch (PosixException refused) {
      release(signals);
      throw new UncheckedIOException(refused);
    }
  }

  /** Lets others register for these signals. From any thread. */
  final void release(Set<Signal> signals) {
    synchronized (takenSignals) {
      takenSignals.removeAll(signals);
    }
  }

  @Override
  public boolean signalsAvailable() {
    return signalsAvailable;
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public String mechanism() {
    return poller.mechanism();
  }

  @Override
  public void close() {
    mailbox.requestClose();
    if (inLoop()) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
