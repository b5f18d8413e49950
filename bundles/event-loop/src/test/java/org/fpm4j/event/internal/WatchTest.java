package org.fpm4j.event.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.PosixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class WatchTest extends LoopFixture {
  private static final Set<Interest> READ = Set.of(Interest.READ);

  @ParameterizedTest
  @MethodSource("mechanisms")
  void levelIsReportedUntilRead(String mechanism) throws Exception {
    start(mechanism);
    assertEquals(mechanism, loop.mechanism());
    CompletableFuture<Integer> third = new CompletableFuture<>();
    AtomicInteger times = new AtomicInteger();
    try (EventDescriptor event = EventDescriptor.open()) {
      Registration watch =
          loop.watch(
              event.descriptor(),
              READ,
              Mode.LEVEL,
              ready -> {
                assertEquals(READ, ready);
                assertTrue(loop.inLoop());
                if (times.incrementAndGet() == 3) {
                  event.drain();
                  third.complete(3);
                }
              });
      event.signal();
      third.get();
      inLoop(watch::close);
      assertEquals(3, times.get());
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void oneShotIsReportedOncePerArming(String mechanism) throws Exception {
    start(mechanism);
    AtomicInteger times = new AtomicInteger();
    AtomicReference<CountDownLatch> called = new AtomicReference<>(new CountDownLatch(1));
    try (EventDescriptor event = EventDescriptor.open()) {
      Registration watch =
          loop.watch(
              event.descriptor(),
              READ,
              Mode.ONE_SHOT,
              ready -> {
                times.incrementAndGet();
                called.get().countDown();
              });
      event.signal();
      called.get().await();
      // Two rounds of the loop would have reported it again.
      inLoop(() -> {});
      inLoop(() -> {});
      assertEquals(1, times.get());
      called.set(new CountDownLatch(1));
      watch.rearm();
      called.get().await();
      assertEquals(2, times.get());
      inLoop(watch::close);
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void interestCanChange(String mechanism) throws Exception {
    start(mechanism);
    Descriptor.Pipe pipe = Descriptor.pipe();
    CompletableFuture<Set<Interest>> seen = new CompletableFuture<>();
    Registration watch =
        loop.watch(pipe.write(), Set.of(), Mode.ONE_SHOT, ready -> seen.complete(ready));
    inLoop(() -> {});
    assertFalse(seen.isDone());
    watch.interest(Set.of(Interest.READ, Interest.WRITE));
    assertEquals(Set.of(Interest.WRITE), seen.get());
    inLoop(watch::close);
    pipe.read().close();
    pipe.write().close();
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void handlerClosedByAnotherOfTheSameRoundIsNotCalled(String mechanism) throws Exception {
    start(mechanism);
    AtomicInteger calls = new AtomicInteger();
    try (EventDescriptor one = EventDescriptor.open();
        EventDescriptor two = EventDescriptor.open()) {
      one.signal();
      two.signal();
      List<Registration> both = new ArrayList<>();
      inLoop(
          () -> {
            for (EventDescriptor event : List.of(one, two)) {
              both.add(
                  loop.watch(
                      event.descriptor(),
                      READ,
                      Mode.LEVEL,
                      ready -> {
                        calls.incrementAndGet();
                        both.forEach(Registration::close);
                      }));
            }
          });
      inLoop(() -> {});
      inLoop(() -> {});
      assertEquals(1, calls.get());
      assertTrue(both.get(0).isClosed());
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void descriptorClosedWhileWatchedIsGivenUp(String mechanism) throws Exception {
    start(mechanism);
    EventDescriptor event = EventDescriptor.open();
    AtomicInteger calls = new AtomicInteger();
    Registration watch =
        loop.watch(event.descriptor(), READ, Mode.LEVEL, ready -> calls.incrementAndGet());
    inLoop(event::close);
    inLoop(() -> {});
    inLoop(() -> {});
    assertEquals(0, calls.get());
    // Nothing is left for epoll to report; the others notice.
    assertEquals(!mechanism.equals("epoll"), watch.isClosed());
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void numberOfAClosedDescriptorCanBeWatchedAgain(String mechanism) throws Exception {
    start(mechanism);
    EventDescriptor first = EventDescriptor.open();
    int number = first.descriptor().number();
    loop.watch(first.descriptor(), READ, Mode.LEVEL, ready -> {});
    inLoop(() -> {});
    // Against the rules: the registration is still open.
    first.close();
    EventDescriptor second = EventDescriptor.open();
    assertEquals(number, second.descriptor().number());
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    Registration watch =
        loop.watch(second.descriptor(), READ, Mode.ONE_SHOT, ready -> seen.complete(true));
    second.signal();
    assertTrue(seen.get());
    inLoop(watch::close);
    second.close();
  }

  @Test
  void selectRefusesAHighDescriptorWithItsReason() throws Exception {
    start("select");
    try (EventDescriptor event = EventDescriptor.open();
        Descriptor high = event.descriptor().duplicate(1024)) {
      ExecutionException refused =
          assertThrows(
              ExecutionException.class,
              () -> inLoop(() -> loop.watch(high, READ, Mode.LEVEL, ready -> {})));
      assertEquals(UncheckedIOException.class, refused.getCause().getClass());
      assertEquals(PosixException.class, refused.getCause().getCause().getClass());
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void idleLoopSleepsAlsoBesideAClosedPeerNobodyAsksAbout(String mechanism) throws Exception {
    start(mechanism);
    loop.schedule(Duration.ofHours(1), () -> {});
    Descriptor.Pipe pipe = Descriptor.pipe();
    pipe.write().close();
    Registration watch = loop.watch(pipe.read(), Set.of(), Mode.LEVEL, ready -> {});
    inLoop(() -> {});
    try (Poller clock = Pollers.open("poll")) {
      // Once the last round has ended, which may take its time, the thread does not run at all.
      long before;
      do {
        before = switchesOfLoopThread();
        clock.await(50_000_000);
      } while (before != switchesOfLoopThread());
    }
    inLoop(watch::close);
    pipe.read().close();
  }

  /** How often the thread went to sleep so far, as /proc/self/task/TID/status counts it. */
  private static long switchesOfLoopThread() throws IOException {
    List<Path> threads;
    try (Stream<Path> listing = Files.list(Path.of("/proc/self/task"))) {
      threads = listing.toList();
    }
    for (Path thread : threads) {
      String status = "";
      try {
        status = Files.readString(thread.resolve("status"));
      } catch (IOException ignored) {
        // One of the JVM's own that has ended since.
      }
      if (status.startsWith("Name:\ttest-loop\n")) {
        Matcher count = Pattern.compile("\nvoluntary_ctxt_switches:\\s*(\\d+)").matcher(status);
        assertTrue(count.find(), status);
        return Long.parseLong(count.group(1));
      }
    }
    throw new AssertionError("no thread is called test-loop");
  }
}
