package org.fpm4j.log.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.fpm4j.log.LogLevel;

/**
 * The bytes of a line for one kind of target. Which prefix a line gets is the target's; how it is
 * cut is the same for all: php-fpm composes in {@value #BUFFER} bytes (zlog.c), and a line that
 * does not fit there is cut to {@code log_limit}, ending in three dots.
 */
abstract class LineForm {

  private static final int BUFFER = 2048;
  private static final byte[] DOTS = {'.', '.', '.', '\n'};

  /**
   * What stands before a message.
   *
   * @param origin the code that logs, shown at debug level only; null when not at that level
   */
  abstract String prefix(LogLevel level, Origin origin);

  /** What the target itself wants before a text that is not decorated: nothing, if it is a file. */
  String frame(LogLevel level) {
    return "";
  }

  /** The form of the copy that goes to standard error during the start. */
  LineForm forStandardError() {
    return this;
  }

  /** Where a message was logged. */
  record Origin(String method, int line) {
    @Override
    public String toString() {
      return method + "(), line " + line + ": ";
    }
  }

  /**
   * Composes a whole line, with its newline.
   *
   * @param text the message; line breaks in it become blanks
   * @param limit {@code log_limit} in bytes
   */
  byte[] line(LogLevel level, Origin origin, String text, int limit) {
    String oneLine = text.replace('\n', ' ').replace('\r', ' ');
    byte[] bytes = (prefix(level, origin) + oneLine + "\n").getBytes(StandardCharsets.UTF_8);
    return bytes.length <= BUFFER ? bytes : cut(bytes, Math.min(BUFFER, limit));
  }

  /** A text as a line of its own would hold it. */
  static String fitting(String text, int limit) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < BUFFER) {
      return text;
    }
    byte[] cut = cut(bytes, Math.min(BUFFER, limit));
    return new String(cut, 0, cut.length - 1, StandardCharsets.UTF_8);
  }

  private static byte[] cut(byte[] bytes, int length) {
    int end = length - DOTS.length;
    while (isContinuation(bytes[end])) {
      end--;
    }
    byte[] cut = Arrays.copyOf(bytes, end + DOTS.length);
    System.arraycopy(DOTS, 0, cut, end, DOTS.length);
    return cut;
  }

  /** Whether a byte of UTF-8 goes on with a character that was begun. */
  static boolean isContinuation(byte utf8) {
    return (utf8 & 0xc0) == 0x80;
  }
}
