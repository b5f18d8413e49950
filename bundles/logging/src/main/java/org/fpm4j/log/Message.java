package org.fpm4j.log;

import java.util.Arrays;
import java.util.IllegalFormatException;

/** Makes one text of a format and its arguments, without ever failing. */
final class Message {

  private Message() {}

  /** The formatted text, or the format as it stands when there are no arguments. */
  static String text(String format, Object[] arguments) {
    if (arguments.length == 0) {
      return format;
    }
    try {
      return format.formatted(arguments);
    } catch (IllegalFormatException e) {
      // A wrong message is still a message; its line must not be lost, nor stop its writer.
      return format + " " + Arrays.toString(arguments);
    }
  }
}
