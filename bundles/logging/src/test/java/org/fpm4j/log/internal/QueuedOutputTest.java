package org.fpm4j.log.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class QueuedOutputTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  private final AtomicLong dropped = new AtomicLong();

  @Test
  void writesAllThatIsQueuedBeforeItEnds() {
    MemorySink sink = MemorySink.open();
    QueuedOutput output = output(sink);
    for (int i = 0; i < 1000; i++) {
      output.offer(("line " + i + "\n").getBytes(UTF_8));
    }
    output.close();
    assertTrue(output.awaitEnd(LONG));
    assertEquals(1000, sink.lines().size());
    assertEquals("line 999\n", sink.lines().get(999));
    assertEquals(0, dropped.get());
  }

  @Test
  void dropsAndCountsLinesBeyondItsCapacityWhileTheSinkBlocks() throws InterruptedException {
    MemorySink sink = MemorySink.blocked();
    QueuedOutput output = output(sink);
    output.offer(new byte[1]);
    sink.reached.await();
    byte[] line = new byte[1024 - 32];
    for (int i = 0; i < 2000; i++) {
      output.offer(line);
    }
    assertEquals(2000 - QueuedOutput.CAPACITY / 1024, dropped.get());
    output.close();
    assertFalse(output.awaitEnd(Duration.ofMillis(10)), "a blocked sink must not hold the caller");
    sink.gate.countDown();
    assertTrue(output.awaitEnd(LONG));
    assertEquals(1 + QueuedOutput.CAPACITY / 1024, sink.lines().size());
  }

  @Test
  void countsLinesThatFailAndGoesOn() {
    MemorySink sink = MemorySink.blocked();
    sink.failing = true;
    QueuedOutput output = output(sink);
    output.offer(new byte[] {'a'});
    output.offer(new byte[] {'b'});
    sink.gate.countDown();
    output.close();
    assertTrue(output.awaitEnd(LONG));
    assertEquals(2, dropped.get());
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void refusesLinesOnceClosed() {
    QueuedOutput output = output(MemorySink.open());
    output.close();
    assertFalse(output.offer(new byte[1]));
    assertEquals(0, dropped.get());
  }

  private QueuedOutput output(LineSink sink) {
    return new QueuedOutput("log under test", sink, dropped).start();
  }
}
