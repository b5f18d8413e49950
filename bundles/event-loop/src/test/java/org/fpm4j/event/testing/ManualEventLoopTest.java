package org.fpm4j.event.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Signal;
import org.junit.jupiter.api.Test;

class ManualEventLoopTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<String> ran = new ArrayList<>();

  @Test
  void timersSeeTheirOwnDeadlineOnTheClock() {
    loop.schedule(Duration.ofMillis(30), () -> ran.add("b" + loop.nanoTime()));
    loop.schedule(Duration.ofMillis(10), () -> ran.add("a" + loop.nanoTime()));
    loop.advance(Duration.ofMillis(29));
    assertEquals(List.of("a10000000"), ran);
    loop.advance(Duration.ofMillis(1));
    assertEquals(List.of("a10000000", "b30000000"), ran);
  }

  @Test
  void timerMadeByATimerRunsInTheSameAdvance() {
    loop.schedule(
        Duration.ofSeconds(1), () -> loop.schedule(Duration.ofSeconds(1), () -> ran.add("inner")));
    loop.advance(Duration.ofSeconds(2));
    assertEquals(List.of("inner"), ran);
  }

  @Test
  void fixedRateRunsOncePerPeriodUntilCancelled() {
    Timer timer = loop.scheduleAtFixedRate(Duration.ofSeconds(1), () -> ran.add("tick"));
    loop.advance(Duration.ofSeconds(3));
    assertEquals(3, ran.size());
    assertTrue(timer.cancel());
    loop.advance(Duration.ofSeconds(3));
    assertEquals(3, ran.size());
  }

  @Test
  void postedTasksWaitUntilTheyAreRun() throws Exception {
    CompletableFuture<String> result = loop.submit(() -> "done");
    loop.post(() -> loop.post(() -> ran.add("posted by a task")));
    assertFalse(result.isDone());
    loop.runPosted();
    assertEquals("done", result.get());
    assertEquals(List.of("posted by a task"), ran);
  }

  @Test
  void reportsOnlyWhatIsWatchedAndArmed() throws Exception {
    Descriptor descriptor = Descriptor.of(0);
    Registration watch =
        loop.watch(
            descriptor, Set.of(Interest.READ), Mode.ONE_SHOT, ready -> ran.add(ready.toString()));
    loop.ready(descriptor, Interest.WRITE);
    loop.ready(descriptor, Interest.READ, Interest.WRITE);
    loop.ready(descriptor, Interest.READ);
    assertEquals(List.of("[READ]"), ran);
    assertEquals(Set.of(), loop.watchedFor(descriptor));
    watch.rearm();
    assertEquals(Set.of(Interest.READ), loop.watchedFor(descriptor));
    watch.close();
    assertTrue(watch.isClosed());
    assertEquals(0, loop.watchCount());
    loop.ready(descriptor, Interest.READ);
    assertEquals(1, ran.size());
  }

  @Test
  void deliversSignalsToWhoRegistered() throws Exception {
    Registration registration =
        loop.onSignal(Set.of(Signal.SIGHUP), (signal, sender) -> ran.add(signal + " " + sender));
    loop.signal(Signal.SIGHUP, 7);
    assertEquals(List.of("SIGHUP 7"), ran);
    registration.close();
    assertThrows(IllegalStateException.class, () -> loop.signal(Signal.SIGHUP, 7));
  }
}
