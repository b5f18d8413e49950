package org.fpm4j.event.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.ConsoleHandler;
import java.util.logging.Logger;
import org.fpm4j.event.EventLoops;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class PollerEventLoopTest extends LoopFixture {
  private static final Logger LOGGER = Logger.getLogger("org.fpm4j.event");

  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final ConsoleHandler capture = new ConsoleHandler();

  @BeforeEach
  void captureLog() {
    capture.setFilter(
        entry -> {
          logged.add(entry.getMessage());
          return false;
        });
    LOGGER.addHandler(capture);
    LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void releaseLog() {
    LOGGER.removeHandler(capture);
    LOGGER.setUseParentHandlers(true);
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void timersRunInOrderOfDeadlineThenOfMaking(String mechanism) throws Exception {
    HeldClockLoop held = new HeldClockLoop(mechanism);
    loop = held;
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(1);
    long start = loop.nanoTime();
    inLoop(
        () -> {
          held.holdClock();
          loop.schedule(Duration.ofMillis(20), done::countDown);
          loop.schedule(Duration.ofMillis(10), () -> ran.add("second"));
          Timer cancelled = loop.schedule(Duration.ofMillis(10), () -> ran.add("never"));
          loop.schedule(Duration.ofMillis(10), () -> ran.add("third"));
          loop.schedule(Duration.ofMillis(1), () -> ran.add("first"));
          loop.schedule(Duration.ZERO, () -> ran.add("zero"));
          assertTrue(cancelled.cancel());
          assertFalse(cancelled.isPending());
          held.releaseClock();
        });
    done.await();
    assertTrue(loop.nanoTime() - start >= 20_000_000);
    assertEquals(List.of("zero", "first", "second", "third"), ran);
  }

  /** A loop whose clock can stand still, so that a pause of the test's thread moves no deadline. */
  private static final class HeldClockLoop extends PollerEventLoop {
    private final AtomicReference<Long> held = new AtomicReference<>();

    HeldClockLoop(String mechanism) throws IOException {
      super(mechanism, "test-loop", false);
      begin();
    }

    void holdClock() {
      held.set(super.nanoTime());
    }

    void releaseClock() {
      held.set(null);
    }

    @Override
    public long nanoTime() {
      Long now = held.get();
      return now == null ? super.nanoTime() : now;
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void fixedRateGoesOnUntilCancelled(String mechanism) throws Exception {
    start(mechanism);
    CountDownLatch three = new CountDownLatch(3);
    Timer timer = loop.scheduleAtFixedRate(Duration.ofMillis(1), three::countDown);
    three.await();
    assertTrue(timer.cancel());
    assertFalse(timer.cancel());
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void tasksOfOneThreadRunInOrderAndNoneIsLost(String mechanism) throws Exception {
    start(mechanism);
    int threads = 4;
    int perThread = 5_000;
    int[] last = new int[threads];
    List<String> disorder = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(threads * perThread);
    List<Thread> posters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int id = t;
      Thread poster =
          new Thread(
              () -> {
                for (int i = 1; i <= perThread; i++) {
                  int number = i;
                  loop.post(
                      () -> {
                        if (last[id] + 1 != number) {
                          disorder.add(id + ":" + number);
                        }
                        last[id] = number;
                        done.countDown();
                      });
                }
              });
      posters.add(poster);
      poster.start();
    }
    assertTrue(done.await(100, TimeUnit.SECONDS), done.getCount() + " tasks missing");
    assertEquals(List.of(), disorder);
    for (Thread poster : posters) {
      poster.join();
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void sleepingLoopIsWokenByEveryKindOfWork(String mechanism) throws Exception {
    start(mechanism);
    for (int i = 0; i < 200; i++) {
      assertEquals(i, loop.submit(constant(i)).get());
    }
    CountDownLatch timer = new CountDownLatch(1);
    loop.schedule(Duration.ZERO, timer::countDown);
    timer.await();
  }

  private static Callable<Integer> constant(int i) {
    return () -> i;
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void failingHandlersEndNothing(String mechanism) throws Exception {
    start(mechanism);
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch twice = new CountDownLatch(2);
    try (EventDescriptor event = EventDescriptor.open()) {
      Registration watch =
          loop.watch(
              event.descriptor(),
              Set.of(Interest.READ),
              Mode.LEVEL,
              ready -> {
                if (calls.incrementAndGet() == 2) {
                  event.drain();
                }
                twice.countDown();
                throw new IOException("thrown by a handler, on purpose");
              });
      event.signal();
      twice.await();
      inLoop(watch::close);
    }
    loop.post(
        () -> {
          throw new AssertionError("thrown by a task, on purpose");
        });
    inLoop(() -> {});
    assertEquals(3, logged.size(), logged.toString());
    assertTrue(logged.get(0).matches(getClass().getName() + ".* failed in the event loop"));
    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () ->
                inLoop(
                    () -> {
                      throw new IllegalStateException("expected");
                    }));
    assertEquals("expected", failed.getCause().getMessage());
    inLoop(() -> {});
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void closedByItsOwnHandlerItRefusesWorkAndCancelsWhatWaits(String mechanism) throws Exception {
    start(mechanism);
    AtomicReference<CompletableFuture<Integer>> waiting = new AtomicReference<>();
    AtomicReference<Timer> timer = new AtomicReference<>();
    inLoop(
        () -> {
          waiting.set(loop.submit(constant(1)));
          timer.set(loop.schedule(Duration.ofHours(1), () -> {}));
          loop.close();
        });
    Timer late = timer.get();
    loop.close();
    assertTrue(late.cancel());
    assertThrows(CancellationException.class, waiting.get()::get);
    assertThrows(IllegalStateException.class, () -> loop.post(() -> {}));
    assertThrows(IllegalStateException.class, () -> loop.schedule(Duration.ZERO, () -> {}));
  }

  @Test
  void bestMechanismIsEpoll() throws Exception {
    start("auto");
    assertEquals("epoll", loop.mechanism());
  }

  @Test
  void unknownMechanismIsRefusedInPhpFpmsWords() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> start("kqueue"));
    assertEquals("event mechanism 'kqueue' is not available on this system", refused.getMessage());
  }

  @Test
  void signalsAreLeftAloneUnlessAskedForAndBlocked() throws Exception {
    start("epoll");
    assertFalse(loop.signalsAvailable());
    assertThrows(
        IllegalStateException.class,
        () -> loop.onSignal(Set.of(Signal.SIGHUP), (signal, sender) -> {}));
    try (EventLoops.Running other = EventLoops.startWithSignals("epoll", "other")) {
      assertFalse(other.signalsAvailable(), "the JVM of the tests does not block SIGHUP");
    }
  }
}
