package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.fpm4j.agent.NativeTestPrograms.Outcome;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The agent in real processes: one test per scenario of {@code src/test/c/driver.c}. */
class AgentScenarioTest {

  private static final int CANNOT_RUN_HERE = 77;

  @TempDir static Path scratch;

  @TestFactory
  Stream<DynamicTest> agent() throws IOException, InterruptedException {
    Outcome claims = NativeTestPrograms.run(scratch, "driver");
    assertEquals(0, claims.status(), claims::output);
    return claims.output().lines().map(claim -> DynamicTest.dynamicTest(claim, () -> holds(claim)));
  }

  private static void holds(String claim) throws IOException, InterruptedException {
    Outcome outcome = NativeTestPrograms.run(scratch, "driver", claim);
    assumeTrue(outcome.status() != CANNOT_RUN_HERE, outcome::output);
    assertEquals(0, outcome.status(), outcome::output);
  }
}
