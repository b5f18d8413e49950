package org.fpm4j.config.internal.source;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fpm4j.config.Directive;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.ResourceLimits;

/**
 * The text of a scalar directive as a value: Integer (durations in seconds), Long (sizes in bytes),
 * Boolean, LogLevel, ProcessManagerMode or String. Takes what php-fpm takes and refuses with its
 * reasons; besides, numbers php-fpm would wrap around are refused.
 */
final class ValueSyntax {

  private static final String NOT_A_NUMBER = "is not a valid number (greater or equal than zero)";
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]*");
  private static final Pattern LEADING_INTEGER = Pattern.compile("\\s*([-+]?[0-9]+).*");
  private static final Pattern PLAIN_DURATION = Pattern.compile("-?[0-9]+[smhd]?");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([KMGkmg]?)");
  private static final Map<String, Integer> FACILITIES =
      Map.ofEntries(
          Map.entry("KERN", 0),
          Map.entry("USER", 1),
          Map.entry("MAIL", 2),
          Map.entry("DAEMON", 3),
          Map.entry("AUTH", 4),
          Map.entry("SYSLOG", 5),
          Map.entry("LPR", 6),
          Map.entry("NEWS", 7),
          Map.entry("UUCP", 8),
          Map.entry("CRON", 9),
          Map.entry("AUTHPRIV", 10),
          Map.entry("FTP", 11),
          Map.entry("LOCAL0", 16),
          Map.entry("LOCAL1", 17),
          Map.entry("LOCAL2", 18),
          Map.entry("LOCAL3", 19),
          Map.entry("LOCAL4", 20),
          Map.entry("LOCAL5", 21),
          Map.entry("LOCAL6", 22),
          Map.entry("LOCAL7", 23));

  private ValueSyntax() {}

  /** Reads a value of a directive that is no array. */
  static Object read(Directive directive, String text) throws InvalidValueException {
    return switch (directive.name()) {
      case "pm" -> mode(text);
      case "log_level" -> level(text);
      case "syslog.facility" -> facility(text);
      case "rlimit_core" -> coreLimit(text);
      default ->
          switch (directive.kind()) {
            case INTEGER -> integer(text);
            case DURATION -> seconds(text);
            case BOOLEAN -> bool(text);
            case SIZE -> bytes(text);
            default -> text;
          };
    };
  }

  /**
   * What the value of an unset directive is: its fallback if that is a plain value, else 0 or
   * empty.
   */
  static Object unset(Directive directive) {
    try {
      return read(directive, directive.fallback());
    } catch (InvalidValueException ignored) {
      // a fallback in words, or none: php-fpm's zero
      return switch (directive.kind()) {
        case INTEGER, DURATION -> 0;
        case SIZE -> 0L;
        case BOOLEAN -> false;
        default -> directive.name().equals("rlimit_core") ? 0 : "";
      };
    }
  }

  static boolean bool(String text) throws InvalidValueException {
    return switch (text) {
      case "1", "yes", "true", "on" -> true;
      case "", "0", "no", "none", "false", "off" -> false;
      default -> throw new InvalidValueException("invalid boolean value");
    };
  }

  /**
   * Says how php-fpm's loose reading of durations took a text that is not a number and a unit, such
   * as {@code 1h30m}; empty if there is nothing to say.
   */
  static Optional<String> misreading(Directive directive, String text, Object value) {
    return directive.kind() == Directive.Kind.DURATION && !PLAIN_DURATION.matcher(text).matches()
        ? Optional.of("'" + text + "' is read as " + value + "s, as php-fpm does")
        : Optional.empty();
  }

  private static int integer(String text) throws InvalidValueException {
    if (!INTEGER.matcher(text).matches()) {
      throw new InvalidValueException(NOT_A_NUMBER);
    }
    if (text.isEmpty() || text.equals("-")) {
      return 0;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidValueException(NOT_A_NUMBER);
    }
  }

  private static int seconds(String text) throws InvalidValueException {
    if (text.isEmpty()) {
      throw new InvalidValueException("invalid time value");
    }
    char last = text.charAt(text.length() - 1);
    int unit =
        switch (last) {
          case 's' -> 1;
          case 'm' -> 60;
          case 'h' -> 60 * 60;
          case 'd' -> 24 * 60 * 60;
          default -> {
            if (last < '0' || last > '9') {
              throw new InvalidValueException("unknown suffix used in time value");
            }
            yield 1;
          }
        };
    Matcher number = LEADING_INTEGER.matcher(text);
    try {
      long count = number.matches() ? Integer.parseInt(number.group(1)) : 0;
      return Math.toIntExact(count * unit);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new InvalidValueException("invalid time value");
    }
  }

  private static long bytes(String text) throws InvalidValueException {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new InvalidValueException("is not a valid size (a number, then K, M, G or nothing)");
    }
    int shift =
        switch (size.group(2).toUpperCase(Locale.ROOT)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(size.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw new InvalidValueException("is not a valid size (too large)");
    }
    return number << shift;
  }

  private static int coreLimit(String text) throws InvalidValueException {
    if (text.equalsIgnoreCase("unlimited")) {
      return ResourceLimits.UNLIMITED;
    }
    int limit = integer(text);
    if (limit < 0) {
      throw new InvalidValueException("must be greater than zero or 'unlimited'");
    }
    return limit;
  }

  private static ProcessManagerMode mode(String text) throws InvalidValueException {
    for (ProcessManagerMode mode : ProcessManagerMode.values()) {
      if (mode.text().equalsIgnoreCase(text)) {
        return mode;
      }
    }
    throw new InvalidValueException("invalid process manager (static, dynamic or ondemand)");
  }

  private static LogLevel level(String text) throws InvalidValueException {
    String name = text.equalsIgnoreCase("warn") ? "warning" : text;
    for (LogLevel level : LogLevel.values()) {
      if (level.name().equalsIgnoreCase(name)) {
        return level;
      }
    }
    throw new InvalidValueException("invalid value for 'log_level'");
  }

  private static int facility(String text) throws InvalidValueException {
    Integer code = FACILITIES.get(text.toUpperCase(Locale.ROOT));
    if (code == null) {
      throw new InvalidValueException("invalid value");
    }
    return code << 3;
  }
}
