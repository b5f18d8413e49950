package org.fpm4j.launcher;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Lines on standard error in php-fpm's form, for what has to be said before the logging bundle is
 * there or after it is gone, and for libraries that print. Thread-safe: a line is one write.
 */
final class LogLine {

  /** php-fpm's names of the levels used here. */
  enum Level {
    ERROR,
    WARNING
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss", Locale.ENGLISH);

  private LogLine() {}

  /** Writes one line; a closed standard error is not worth stopping for. */
  static void write(Level level, String text) {
    writeBytes(
        ("["
                + LocalDateTime.now(ZoneId.systemDefault()).format(TIME)
                + "] "
                + level
                + ": "
                + text
                + "\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends what is printed to standard output and error from now on to standard error as log lines
   * of level warning; a line that has the form of one already stays as it is.
   */
  static void capturePrinting() {
    PrintStream lines = new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
    System.setOut(lines);
    System.setErr(lines);
  }

  @SuppressWarnings("resource") // closing the stream would close fd 2
  private static void writeBytes(byte[] line) {
    try {
      new FileOutputStream(FileDescriptor.err).write(line);
    } catch (IOException ignored) {
      // nobody is left to tell
    }
  }

  /** Splits into lines what is printed. */
  private static final class Lines extends OutputStream {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (b != '\n') {
        line.write(b);
        return;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      if (text.startsWith("[")) {
        writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
      } else if (!text.isBlank()) {
        LogLine.write(Level.WARNING, text.stripTrailing());
      }
    }
  }
}
