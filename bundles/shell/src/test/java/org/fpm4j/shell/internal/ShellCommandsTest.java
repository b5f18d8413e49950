package org.fpm4j.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.command.CommandInterpreter;
import org.junit.jupiter.api.Test;

class ShellCommandsTest {

  private final List<List<String>> asked = new ArrayList<>();
  private CommandInterpreter.Answer answer = new CommandInterpreter.Answer(0, "POOL\nwww\n");
  private final ShellCommands commands =
      new ShellCommands(
          words -> {
            asked.add(words);
            return answer;
          });

  @Test
  void passesWordsOnAndReturnsTheTable() throws InterruptedException {
    assertEquals("POOL\nwww", commands.workers("www", "--json"));
    commands.resetMaxima("www");
    assertEquals(
        List.of(List.of("workers", "www", "--json"), List.of("reset-maxima", "www")), asked);
  }

  @Test
  void throwsWhatFailed() {
    answer = new CommandInterpreter.Answer(1, "no pool 'x'\n");
    assertEquals(
        "no pool 'x'",
        assertThrows(IllegalArgumentException.class, () -> commands.reload("x")).getMessage());
  }
}
