package org.fpm4j.command.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** Takes the next word as a process id, 2 or above. */
  int requirePid() throws UsageException {
    String word = require("PID");
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
