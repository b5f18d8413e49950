package org.fpm4j.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the C programs of {@code src/test/c} that the build has compiled. */
final class NativeTestPrograms {

  private static final Path DIRECTORY = Path.of("target/test-classes/native").toAbsolutePath();
  private static final Path LIBRARIES = Path.of("target/classes/native").toAbsolutePath();
  private static final long PATIENCE_S = 300;

  private NativeTestPrograms() {}

  /** What a program left behind. */
  record Outcome(int status, String output) {}

  /** Runs a program to its end with the agent's path in its environment. */
  static Outcome run(Path scratch, String program, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(scratch, program, ".out");
    ProcessBuilder builder = new ProcessBuilder(DIRECTORY.resolve(program).toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("AGENT_PRELOAD", "LD_PRELOAD=" + library());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    boolean ended = process.waitFor(PATIENCE_S, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    assertTrue(ended, () -> builder.command() + " did not end:\n" + text);
    return new Outcome(process.exitValue(), text);
  }

  private static Path library() throws IOException {
    try (var found = Files.find(LIBRARIES, 2, (path, type) -> path.toString().endsWith(".so"))) {
      return found.findFirst().orElseThrow();
    }
  }
}
