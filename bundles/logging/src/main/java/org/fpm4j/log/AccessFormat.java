package org.fpm4j.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.fpm4j.log.internal.AccessJson;
import org.fpm4j.log.internal.AccessTime;

/**
 * php-fpm's {@code access.format}, compiled. Control characters in what a client sent become {@code
 * \x0a} and the like, so that nobody forges lines; php-fpm writes them as they are. Used by one
 * thread at a time: it remembers the last second it has written.
 */
public final class AccessFormat {

  private static final String NONE = "-";
  private static final String DEFAULT_TIME = "%d/%b/%Y:%H:%M:%S %z";

  /** Longest modifier; php-fpm cuts there. */
  private static final int MODIFIER = 128;

  private static final long KILO = 1024;

  /** Writes one part of a line. */
  private interface Part {
    void append(StringBuilder line, AccessEntry entry);
  }

  private final List<Part> parts = new ArrayList<>();
  private final TreeSet<String> parameters = new TreeSet<>();
  private final TreeSet<String> headers = new TreeSet<>();
  private final String pool;
  private boolean cpu;

  /**
   * Compiles a format.
   *
   * @param format checked already; what is no token is left out
   * @param pool shown by {@code %n}
   */
  public AccessFormat(String format, String pool) {
    this.pool = bytes(pool);
    compile(format);
  }

  /**
   * Lines that are JSON objects instead. The format still says what is asked for beyond the usual:
   * {@code %{NAME}e}, {@code %{Name}o} and {@code %C}.
   */
  public static AccessFormat json(String format, String pool) {
    AccessFormat made = new AccessFormat(format, pool);
    AccessJson json = new AccessJson(pool, made.parameters(), made.headers(), made.showsCpu());
    made.parts.clear();
    made.parts.add((line, entry) -> line.append(bytes(json.of(entry))));
    return made;
  }

  /** Names of the request parameters it shows ({@code %{NAME}e}). */
  public List<String> parameters() {
    return List.copyOf(parameters);
  }

  /** Names of the response headers it shows ({@code %{Name}o}). */
  public List<String> headers() {
    return List.copyOf(headers);
  }

  /** Whether it shows CPU time ({@code %C}). */
  public boolean showsCpu() {
    return cpu;
  }

  /** Appends a line with its newline, each character one byte. */
  public void append(StringBuilder line, AccessEntry entry) {
    for (Part part : parts) {
      part.append(line, entry);
    }
    line.append('\n');
  }

  /** A text as the bytes of its UTF-8, one character each. */
  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private void compile(String format) {
    int at = 0;
    while (at < format.length()) {
      int percent = format.indexOf('%', at);
      if (percent < 0) {
        percent = format.length();
      }
      addText(format.substring(at, percent));
      at = percent + 1;
      String modifier = "";
      if (at < format.length() && format.charAt(at) == '{') {
        int end = format.indexOf('}', at);
        end = end < 0 ? format.length() : end;
        modifier = format.substring(at + 1, end);
        modifier = modifier.substring(0, Math.min(MODIFIER - 1, modifier.length()));
        at = end + 1;
      }
      if (at < format.length()) {
        addToken(format.charAt(at), modifier);
      }
      at++;
    }
  }

  private void addText(String text) {
    if (!text.isEmpty()) {
      String fixed = bytes(text);
      parts.add((line, entry) -> line.append(fixed));
    }
  }

  private void addToken(char token, String modifier) {
    String lower = modifier.toLowerCase(Locale.ROOT);
    parts.add(
        switch (token) {
          case 'C' -> cpuPart(lower);
          case 'd' -> durationPart(lower);
          case 'e' -> parameterPart(modifier);
          case 'f' -> (line, entry) -> appendOrNone(line, entry.script());
          case 'l' -> (line, entry) -> line.append(entry.contentLength());
          case 'm' -> (line, entry) -> appendOrNone(line, entry.method());
          case 'M' -> memoryPart(lower);
          case 'n' -> (line, entry) -> line.append(pool);
          case 'o' -> headerPart(modifier);
          case 'p' -> (line, entry) -> line.append(entry.pid());
          case 'P' -> (line, entry) -> line.append(entry.parentPid());
          case 'q' -> (line, entry) -> appendSafe(line, entry.query());
          case 'Q' -> (line, entry) -> line.append(entry.query().isEmpty() ? "" : "?");
          case 'r' -> (line, entry) -> appendOrNone(line, entry.uri());
          case 'R' -> (line, entry) -> appendOrNone(line, entry.client());
          case 's' -> AccessFormat::appendStatus;
          case 't' -> timePart(modifier, true);
          case 'T' -> timePart(modifier, false);
          case 'u' -> (line, entry) -> appendSafe(line, entry.user());
          default -> (line, entry) -> line.append('%');
        });
  }

  private Part cpuPart(String which) {
    cpu = true;
    boolean user = !which.equals("system");
    boolean system = !which.equals("user");
    return (line, entry) -> {
      long used = (user ? entry.userMicros() : 0) + (system ? entry.systemMicros() : 0);
      long duration = Math.max(1, entry.durationMicros());
      appendFixed(line, (used * 10_000 + duration / 2) / duration, 2);
    };
  }

  private static Part durationPart(String unit) {
    return switch (unit) {
      case "milli", "milliseconds", "mili", "miliseconds" ->
          (line, entry) -> appendFixed(line, entry.durationMicros(), 3);
      case "micro", "microseconds" -> (line, entry) -> line.append(entry.durationMicros());
      default -> (line, entry) -> appendFixed(line, (entry.durationMicros() + 500) / 1000, 3);
    };
  }

  private static Part memoryPart(String unit) {
    long divisor =
        switch (unit) {
          case "kilo", "kilobytes" -> KILO;
          case "mega", "megabytes" -> KILO * KILO;
          default -> 1;
        };
    return (line, entry) -> line.append(entry.memoryBytes() / divisor);
  }

  private Part parameterPart(String name) {
    parameters.add(name);
    return (line, entry) -> appendOrNone(line, entry.parameter(name));
  }

  private Part headerPart(String name) {
    headers.add(name);
    return (line, entry) -> appendOrNone(line, entry.header(name));
  }

  private static Part timePart(String format, boolean begin) {
    AccessTime time = new AccessTime(format.isEmpty() ? DEFAULT_TIME : format);
    return (line, entry) ->
        line.append(
            time.at(
                Math.floorDiv(
                    entry.finishMicros() - (begin ? entry.durationMicros() : 0), 1_000_000L)));
  }

  private static void appendStatus(StringBuilder line, AccessEntry entry) {
    if (entry.status() == 0) {
      line.append(NONE);
    } else {
      line.append(entry.status());
    }
  }

  private static void appendOrNone(StringBuilder line, Optional<String> text) {
    if (text.isPresent()) {
      appendSafe(line, text.get());
    } else {
      line.append(NONE);
    }
  }

  private static void appendOrNone(StringBuilder line, String text) {
    appendSafe(line, text.isEmpty() ? NONE : text);
  }

  private static void appendSafe(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f) {
        line.append("\\x")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        line.append(c);
      }
    }
  }

  /** Appends a number given in units of its last decimal. */
  private static void appendFixed(StringBuilder line, long value, int decimals) {
    long unit = decimals == 2 ? 100 : 1000;
    line.append(value / unit).append('.');
    String rest = Long.toString(unit + value % unit);
    line.append(rest, 1, rest.length());
  }
}
