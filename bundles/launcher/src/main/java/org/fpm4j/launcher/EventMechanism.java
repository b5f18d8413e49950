package org.fpm4j.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds {@code events.mechanism} in a configuration file before anything else of it is read: the
 * event loop is there before the configuration is. What is no mechanism is left for the
 * configuration's own check to report.
 */
final class EventMechanism {

  private static final String KEY = "events.mechanism";

  private EventMechanism() {}

  /** Returns the mechanism, lower case; empty if the file does not set one or cannot be read. */
  static Optional<String> in(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
      // Hardly any file has it, and regular expressions take 15 ms of a start.
      return text.contains(KEY) ? lastSetting(text) : Optional.empty();
    } catch (IOException ignored) {
      // a missing file sets nothing, an unreadable one is reported by the configuration
      return Optional.empty();
    }
  }

  private static Optional<String> lastSetting(String text) {
    String blank = "[ \\t]*";
    Pattern setting =
        Pattern.compile(
            "^"
                + blank
                + Pattern.quote(KEY)
                + blank
                + "="
                + blank
                + "[\"']?(epoll|poll|select)[\"']?"
                + blank
                + "(;.*)?$",
            Pattern.MULTILINE);
    Matcher matcher = setting.matcher(text);
    Optional<String> last = Optional.empty();
    while (matcher.find()) {
      last = Optional.of(matcher.group(1));
    }
    return last;
  }
}
