package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermSignalTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  @TempDir private Path temp;
  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<String> stops = new ArrayList<>();
  private PoolFixture fixture;
  private Master master;

  @BeforeEach
  void makeMaster() throws IOException {
    fixture = new PoolFixture(temp);
    master = new Master(loop, fixture.parts(loop), this::onEvent, () -> {});
  }

  @AfterEach
  void close() {
    fixture.run.close();
  }

  private void onEvent(ProcessEvent event) {
    if (event.type() == ProcessEvent.Type.MASTER_STOPPING) {
      stops.add(event.text());
    }
  }

  @Test
  void endsRequestsAtOnceWithoutAStopTimeout() {
    new TermSignal(loop, fixture.log, master, Duration.ZERO).received();
    assertEquals(List.of("terminating"), stops);
  }

  @Test
  void finishesRequestsUntilTheStopTimeoutIsOver() {
    new TermSignal(loop, fixture.log, master, TIMEOUT).received();
    assertEquals(List.of("finishing"), stops);
    loop.advance(TIMEOUT);
    assertEquals(List.of("finishing", "terminating"), stops);
    assertTrue(
        fixture.log.contains("WARNING: requests did not end within the stop timeout (8 s)"),
        fixture.log.lines.toString());
  }

  @Test
  void secondOneEndsRequestsAtOnce() {
    TermSignal term = new TermSignal(loop, fixture.log, master, TIMEOUT);
    term.received();
    term.received();
    assertEquals(List.of("finishing", "terminating"), stops);
  }

  @Test
  void limitsAGracefulStopThatWasUnderWay() {
    master.stop(true);
    new TermSignal(loop, fixture.log, master, TIMEOUT).received();
    assertEquals(List.of("finishing"), stops);
    loop.advance(TIMEOUT);
    assertEquals(List.of("finishing", "terminating"), stops);
  }
}
