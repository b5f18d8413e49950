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

  private static final Pattern SETTING =
      Pattern.compile(
          "^[ \\t]*events\\.mechanism[ \\t]*=[ \\t]*[\"']?(epoll|poll|select)[\"']?[ \\t]*(;.*)?$",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private EventMechanism() {}

  /** Returns the mechanism, lower case; empty if the file does not set one or cannot be read. */
  static Optional<String> in(Path file) {
    try {
      Matcher matcher = SETTING.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      return matcher
          .results()
          .map(found -> found.group(1).toLowerCase(Locale.ROOT))
          .reduce((a, b) -> b);
    } catch (IOException ignored) {
      // a missing file sets nothing, an unreadable one is reported by the configuration
      return Optional.empty();
    }
  }
}
