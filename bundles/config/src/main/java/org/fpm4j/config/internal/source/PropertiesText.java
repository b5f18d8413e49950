package org.fpm4j.config.internal.source;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a Java properties file with its lines kept, so that an entry's line can be named and
 * one entry can be changed without touching the rest. Immutable.
 */
public final class PropertiesText {

  /**
   * One entry.
   *
   * @param key unescaped
   * @param value unescaped
   * @param line its first line, from 1
   * @param lines how many physical lines it takes
   */
  public record Entry(String key, String value, int line, int lines) {}

  private final List<String> lines;
  private final List<Entry> entries = new ArrayList<>();

  private PropertiesText(List<String> lines) {
    this.lines = lines;
  }

  /** Reads a whole file's text. */
  public static PropertiesText parse(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\r\n|\r|\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    PropertiesText parsed = new PropertiesText(List.copyOf(lines));
    parsed.parseEntries();
    return parsed;
  }

  /** The entries in order, repeated keys too. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /**
   * The text with one entry changed: in its place, else after a comment that shows the key, else at
   * the end.
   *
   * @param value null removes every entry of the key
   */
  public String with(String key, String value) {
    List<String> changed = new ArrayList<>(lines);
    List<Entry> same = entries.stream().filter(entry -> entry.key().equals(key)).toList();
    String written = value == null ? "" : escapeKey(key) + " = " + escapeValue(value);
    for (int i = same.size() - 1; i >= 0; i--) {
      Entry entry = same.get(i);
      changed.subList(entry.line() - 1, entry.line() - 1 + entry.lines()).clear();
      // Of a repeated key the last one counts.
      if (value != null && i == same.size() - 1) {
        changed.add(entry.line() - 1, written);
      }
    }
    if (value != null && same.isEmpty()) {
      changed.add(placeFor(key), written);
    }
    return String.join("\n", changed) + "\n";
  }

  private int placeFor(String key) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i).strip();
      if (line.startsWith("#")) {
        String shown = line.substring(1).strip();
        if (shown.startsWith(key) && shown.substring(key.length()).strip().startsWith("=")) {
          return i + 1;
        }
      }
    }
    return lines.size();
  }

  private void parseEntries() {
    int next = 0;
    while (next < lines.size()) {
      int first = next;
      String line = stripLeading(lines.get(next++));
      if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
        continue;
      }
      StringBuilder logical = new StringBuilder(line);
      while (endsWithOddBackslashes(logical)) {
        logical.setLength(logical.length() - 1);
        logical.append(next < lines.size() ? stripLeading(lines.get(next++)) : "");
      }
      if (!logical.isEmpty()) {
        entries.add(entry(logical.toString(), first + 1, next - first));
      }
    }
  }

  private static Entry entry(String line, int number, int count) {
    int end = 0;
    while (end < line.length() && " \t\f=:".indexOf(line.charAt(end)) < 0) {
      end += line.charAt(end) == '\\' ? 2 : 1;
    }
    end = Math.min(end, line.length());
    String rest = stripLeading(line.substring(end));
    if (rest.startsWith("=") || rest.startsWith(":")) {
      rest = stripLeading(rest.substring(1));
    }
    return new Entry(unescape(line.substring(0, end)), unescape(rest), number, count);
  }

  private static boolean endsWithOddBackslashes(CharSequence text) {
    int backslashes = 0;
    while (backslashes < text.length() && text.charAt(text.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        plain.append(c);
        continue;
      }
      char escaped = text.charAt(++i);
      switch (escaped) {
        case 't' -> plain.append('\t');
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 'f' -> plain.append('\f');
        case 'u' -> {
          int code = i + 5 <= text.length() ? hex(text.substring(i + 1, i + 5)) : -1;
          if (code >= 0) {
            plain.append((char) code);
            i += 4;
          } else {
            plain.append(escaped);
          }
        }
        default -> plain.append(escaped);
      }
    }
    return plain.toString();
  }

  private static int hex(String digits) {
    try {
      return digits.startsWith("+") || digits.startsWith("-") ? -1 : Integer.parseInt(digits, 16);
    } catch (NumberFormatException ignored) {
      // no escape then: the letter stands for itself
      return -1;
    }
  }

  private static String escapeKey(String key) {
    String escaped = escape(key).replaceAll("[ =:]", "\\\\$0");
    return escaped.startsWith("#") || escaped.startsWith("!") ? "\\" + escaped : escaped;
  }

  private static String escapeValue(String value) {
    String escaped = escape(value);
    return escaped.startsWith(" ") ? "\\" + escaped : escaped;
  }

  /** Everything but ASCII is escaped, so that the file's encoding does not matter. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> escaped.append("\\\\");
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        case '\f' -> escaped.append("\\f");
        default -> {
          if (c >= ' ' && c <= '~') {
            escaped.append(c);
          } else {
            escaped.append("\\u%04x".formatted((int) c));
          }
        }
      }
    }
    return escaped.toString();
  }

  private static String stripLeading(String text) {
    int start = 0;
    while (start < text.length() && " \t\f".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    return text.substring(start);
  }
}
