package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a command did. */
record CommandOutcome(int exitCode, String output, String errors) {

  /**
   * Runs a command to its end; its streams go to files in {@code directory}, so that a process it
   * leaves behind keeps nobody waiting.
   */
  static CommandOutcome of(Path directory, List<String> words) {
    try {
      Path out = Files.createTempFile(directory, "command", ".out");
      Path err = Files.createTempFile(directory, "command", ".err");
      Process process =
          new ProcessBuilder(words)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      if (!process.waitFor(180, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("no end of " + words + ": " + Files.readString(err));
      }
      CommandOutcome outcome =
          new CommandOutcome(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return outcome;
    } catch (IOException e) {
      throw new AssertionError("cannot run " + words, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + words, e);
    }
  }

  /** Returns the output of a command that succeeded. */
  String expectSuccess() {
    if (exitCode != 0) {
      throw new AssertionError("exit code " + exitCode + ": " + errors);
    }
    return output;
  }
}
