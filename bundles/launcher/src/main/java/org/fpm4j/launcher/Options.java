package org.fpm4j.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words after the command, from which options are taken out by name: a command takes those it
 * knows and then says {@link #operands} or {@link #rest}. An option's value follows it or is joined
 * with {@code =}; {@code --} ends the options; of an option given twice the last counts.
 *
 * <p>Mutable, for one thread.
 */
final class Options {

  private final List<String> words;

  Options(List<String> words) {
    this.words = new ArrayList<>(words);
  }

  /** Takes the option {@code name} and its value, empty if it was not given. */
  Optional<String> value(String name) throws CommandFailure {
    Optional<String> value = Optional.empty();
    for (int i = indexOf(name); i >= 0; i = indexOf(name)) {
      String word = words.remove(i);
      if (word.length() > name.length()) {
        value = Optional.of(word.substring(name.length() + 1));
      } else if (i < words.size()) {
        value = Optional.of(words.remove(i));
      } else {
        throw CommandFailure.usage("option " + name + " wants a value");
      }
    }
    return value;
  }

  /** Takes the option {@code name} and its value as an absolute path. */
  Optional<Path> path(String name) throws CommandFailure {
    return value(name).map(value -> Path.of(value).toAbsolutePath().normalize());
  }

  /** Takes the option {@code name} and its value as a number of seconds from 1 to a day. */
  int seconds(String name, int otherwise) throws CommandFailure {
    Optional<String> value = value(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int seconds = Integer.parseInt(value.get());
      if (seconds >= 1 && seconds <= 86_400) {
        return seconds;
      }
    } catch (NumberFormatException ignored) {
      // answered below together with numbers out of range
    }
    throw CommandFailure.usage(
        "option " + name + " is '" + value.get() + "', legal are 1 to 86400 seconds");
  }

  /** Takes the option {@code name}, which has no value; returns whether it was given. */
  boolean flag(String name) {
    int end = words.indexOf("--");
    List<String> options = end < 0 ? words : words.subList(0, end);
    return options.removeIf(name::equals);
  }

  /** Returns what is left, in order, for somebody else to understand. */
  List<String> rest() {
    return List.copyOf(words);
  }

  /** Returns the operands; an option that nobody took, or too few or many operands, is an error. */
  List<String> operands(int least, int most) throws CommandFailure {
    List<String> operands = new ArrayList<>();
    boolean optionsEnded = false;
    for (String word : words) {
      if (!optionsEnded && word.equals("--")) {
        optionsEnded = true;
      } else if (!optionsEnded && word.startsWith("-") && word.length() > 1) {
        throw CommandFailure.usage("unknown option " + word);
      } else {
        operands.add(word);
      }
    }
    if (operands.size() < least) {
      throw CommandFailure.usage("operand missing");
    }
    if (operands.size() > most) {
      throw CommandFailure.usage("unexpected operand '" + operands.get(most) + "'");
    }
    return operands;
  }

  private int indexOf(String name) {
    for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
      if (words.get(i).equals(name) || words.get(i).startsWith(name + "=")) {
        return i;
      }
    }
    return -1;
  }
}
