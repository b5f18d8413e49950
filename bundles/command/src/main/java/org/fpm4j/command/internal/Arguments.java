package org.fpm4j.command.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The words after a command's name, taken one by one; what nobody takes is an error. */
final class Arguments {

  private final List<String> words;

  Arguments(List<String> words) {
    this.words = new ArrayList<>(words);
  }

  /** Takes an option such as {@code --json}, wherever it stands. */
  boolean flag(String option) {
    return words.remove(option);
  }

  /** Takes the next word, if there is one. */
  Optional<String> next() throws UsageException {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    String word = words.remove(0);
    if (word.startsWith("-")) {
      throw new UsageException("unknown option " + word);
    }
    return Optional.of(word);
  }

  /**
   * Takes the next word.
   *
   * @param what names it for the message if there is none
   */
  String require(String what) throws UsageException {
    return next().orElseThrow(() -> new UsageException(what + " is missing"));
  }

  /** Takes the next word as it stands, as one that begins with a minus may be meant. */
  String value(String what) throws UsageException {
    if (words.isEmpty()) {
      throw new UsageException(what + " is missing");
    }
    return words.remove(0);
  }

  /** Takes an option and the word after it, such as {@code --pool www}, wherever they stand. */
  Optional<String> option(String option) throws UsageException {
    int at = words.indexOf(option);
    if (at < 0) {
      return Optional.empty();
    }
    if (at + 1 == words.size()) {
      throw new UsageException(option + " needs a value");
    }
    words.remove(at);
    return Optional.of(words.remove(at));
  }

  /** Takes an option whose value is a number between two, both legal. */
  OptionalInt number(String option, int least, int most) throws UsageException {
    Optional<String> word = option(option);
    if (word.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(word.get());
      if (number >= least && number <= most) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number out of range.
    }
    throw new UsageException(
        "%s must be %d to %d, is '%s'".formatted(option, least, most, word.get()));
  }

  /** Takes the next word as a process id, 2 or above. */
  int requirePid() throws UsageException {
    return pid(require("PID"));
  }

  /** Reads a process id, 2 or above. */
  static int pid(String word) throws UsageException {
    try {
      int pid = Integer.parseInt(word);
      if (pid > 1) {
        return pid;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number out of range.
    }
    throw new UsageException("'" + word + "' is not a process id");
  }

  /** Makes sure that nothing is left. */
  void end() throws UsageException {
    if (!words.isEmpty()) {
      throw new UsageException("unexpected argument '" + words.get(0) + "'");
    }
  }
}
