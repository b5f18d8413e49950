package org.fpm4j.status.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessCostsTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir Path proc;

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger readings = new AtomicInteger();
  private ProcessCosts costs;

  @BeforeEach
  void makeProcess() throws IOException {
    Files.createDirectory(proc.resolve("7"));
    Files.writeString(
        proc.resolve("7/smaps_rollup"),
        "5000-7000 ---p\nRss:  900 kB\nPss:    123 kB\nPss_Dirty: 9 kB\n");
    Files.writeString(
        proc.resolve("7/stat"), "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 120 30 0 0 20 0 1 0 99\n");
    costs =
        new ProcessCosts(
            proc,
            task -> {
              readings.incrementAndGet();
              task.run();
            },
            now::get);
  }

  @Test
  void readsMemoryAndProcessorTime() {
    assertEquals(
        Map.of(7, new ProcessCosts.Cost(123 * 1024, 1500), 8, ProcessCosts.Cost.UNKNOWN),
        costs.get(List.of(7, 8)));
  }

  @Test
  void keepsAReadingForSomeSeconds() {
    costs.get(List.of(7, 8));
    now.addAndGet(4 * SECOND);
    costs.get(List.of(7, 8));
    assertEquals(1, readings.get());
    now.addAndGet(2 * SECOND);
    costs.get(List.of(7, 8));
    assertEquals(2, readings.get());
  }
}
