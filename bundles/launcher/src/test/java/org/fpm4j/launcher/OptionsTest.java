package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void takesValueThatFollowsOrIsJoined() throws CommandFailure {
    Options options = options("--run", "/a", "x", "--etc=/b");

    assertEquals(Optional.of("/a"), options.value("--run"));
    assertEquals(Optional.of("/b"), options.value("--etc"));
    assertEquals(List.of("x"), options.rest());
  }

  @Test
  void lastOfTwoCounts() throws CommandFailure {
    assertEquals(Optional.of("/b"), options("--run=/a", "--run", "/b").value("--run"));
  }

  @Test
  void joinedValueMayBeEmptyAndHoldEqualsSigns() throws CommandFailure {
    assertEquals(Optional.of(""), options("--uri=").value("--uri"));
    assertEquals(Optional.of("/a?b=c"), options("--uri=/a?b=c").value("--uri"));
  }

  @Test
  void namesThatOnlyBeginAlikeAreOthers() throws CommandFailure {
    Options options = options("--runner", "x");

    assertEquals(Optional.empty(), options.value("--run"));
    assertEquals(List.of("--runner", "x"), options.rest());
  }

  @Test
  void rejectsOptionWithoutItsValue() {
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> options("--run").value("--run"));

    assertEquals(ExitCode.USAGE, failure.exitCode());
  }

  @Test
  void makesRelativePathsAbsolute() throws CommandFailure {
    assertEquals(
        Optional.of(Path.of("b").toAbsolutePath()), options("--etc", "a/../b").path("--etc"));
  }

  @Test
  void flagsAreTakenOnceOrNotThere() {
    Options options = options("--json", "x");

    assertTrue(options.flag("--json"));
    assertFalse(options.flag("--json"));
  }

  @Test
  void nothingAfterTwoDashesIsAnOption() throws CommandFailure {
    Options options = options("--", "--run", "--json");

    assertFalse(options.flag("--json"));
    assertEquals(Optional.empty(), options.value("--run"));
    assertEquals(List.of("--run", "--json"), options.operands(0, 2));
  }

  @Test
  void secondsAreOneToADay() throws CommandFailure {
    assertEquals(60, options().seconds("--timeout", 60));
    assertEquals(86_400, options("--timeout", "86400").seconds("--timeout", 60));
    for (String wrong : List.of("0", "-1", "86401", "1s", "", "99999999999")) {
      CommandFailure failure =
          assertThrows(
              CommandFailure.class,
              () -> options("--timeout=" + wrong).seconds("--timeout", 60),
              wrong);
      assertTrue(failure.getMessage().contains("'" + wrong + "', legal are 1 to 86400"));
    }
  }

  @Test
  void rejectsOptionsNobodyTookAndWrongNumberOfOperands() {
    assertUsage("unknown option --what", options("--what"), 0, 0);
    assertUsage("unexpected operand 'x'", options("x"), 0, 0);
    assertUsage("operand missing", options(), 1, 1);
  }

  private static void assertUsage(String message, Options options, int least, int most) {
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> options.operands(least, most));
    assertEquals(ExitCode.USAGE, failure.exitCode());
    assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
  }

  private static Options options(String... words) {
    return new Options(List.of(words));
  }
}
