package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurvivorsTest {

  @TempDir Path directory;

  @Test
  void endsThoseThatHaveTheScoreboardMappedAndNobodyElse() throws Exception {
    // A program has its own file mapped; so a copy of it stands for the scoreboard.
    Process survivor = sleeper("www.1.scoreboard");
    Process other = sleeper("www.2.scoreboard");
    try {
      Survivors survivors =
          new Survivors(directory.resolve("www.1.scoreboard"), new RecordingLog());
      assertEquals(List.of((int) survivor.pid()), survivors.pids());

      assertEquals(1, survivors.end());

      assertTrue(survivor.waitFor(60, TimeUnit.SECONDS));
      assertEquals(List.of(), survivors.pids());
      assertTrue(other.isAlive());
    } finally {
      survivor.destroyForcibly();
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void sparesItsOwnProcess() throws Exception {
    Path scoreboard = directory.resolve("www.1.scoreboard");
    Files.writeString(scoreboard, "damaged");
    try (FileChannel file = FileChannel.open(scoreboard)) {
      MappedByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());

      assertEquals(0, new Survivors(scoreboard, new RecordingLog()).end());

      assertEquals('d', mapped.get(0));
    }
  }

  private Process sleeper(String name) throws IOException, InterruptedException {
    Path program = directory.resolve(name);
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    Process process = new ProcessBuilder(program.toString(), "1000").start();
    while (new Survivors(program, new RecordingLog()).pids().isEmpty()) {
      assertTrue(process.isAlive());
      Thread.onSpinWait();
    }
    return process;
  }

  @Test
  void nobodyIsNoTrouble() {
    assertEquals(0, new Survivors(directory.resolve("www.1.scoreboard"), new RecordingLog()).end());
  }
}
