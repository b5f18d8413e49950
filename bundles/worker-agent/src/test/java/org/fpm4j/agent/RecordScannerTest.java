package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.fpm4j.agent.NativeTestPrograms.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordScannerTest {

  @TempDir Path scratch;

  @Test
  void survivesEverySplitTruncationAndNoiseUnderTheSanitizers()
      throws IOException, InterruptedException {
    Outcome outcome = NativeTestPrograms.run(scratch, "scan_test");

    assertEquals(0, outcome.status(), outcome::output);
  }
}
