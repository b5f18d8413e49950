package org.fpm4j.config.internal.ini;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.fpm4j.config.internal.ini.IniStatement.ArrayEntry;
import org.fpm4j.config.internal.ini.IniStatement.Entry;

/**
 * Writes a directive as a line that {@link IniLineParser} reads back as the same: each spelling is
 * read before it is used, plain if that will do, else quoted.
 */
public final class IniLineWriter {

  private static final String NOT_A_VALUE = "\0";

  private final String key;
  private final String value;
  private final UnaryOperator<String> meaning;

  /**
   * @param key a scalar's name, or an array's with its key
   * @param meaning what a value stands for: two spellings of one boolean are the same
   */
  public IniLineWriter(String key, String value, UnaryOperator<String> meaning) {
    this.key = key;
    this.value = value;
    this.meaning = meaning;
  }

  /**
   * The line.
   *
   * @param former the line it replaces, whose indentation and comment stay; empty text if none
   * @return empty if no line can say it
   */
  public Optional<String> line(String former) {
    if ((key + value).chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
      return Optional.empty();
    }
    String comment = former.substring(commentStart(former));
    for (String head : List.of(former.substring(0, former.indexOf('=') + 1), key + " =")) {
      String blanks = former.startsWith(head) ? blanks(former.substring(head.length())) : " ";
      for (String spelling : List.of(value, quoted(value), "'" + value + "'")) {
        String line = (head + blanks + spelling).stripTrailing() + comment;
        if (isRight(line)) {
          return Optional.of(line);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isRight(String line) {
    IniLine parsed = IniLineParser.parse(line, name -> NOT_A_VALUE);
    if (parsed.syntaxError().isPresent() || parsed.statements().size() != 1) {
      return false;
    }
    IniStatement statement = parsed.statements().get(0);
    return statement instanceof Entry entry
        ? entry.name().equalsIgnoreCase(key) && means(entry.value())
        : statement instanceof ArrayEntry array
            && key.equals(array.name() + "[" + array.key() + "]")
            && means(array.value());
  }

  private boolean means(String read) {
    return meaning.apply(read).equals(meaning.apply(value));
  }

  /** Where the line's comment begins, with the blanks before it; its length if it has none. */
  private static int commentStart(String line) {
    List<IniStatement> whole = IniLineParser.parse(line, name -> name).statements();
    for (int at = line.indexOf(';'); at >= 0; at = line.indexOf(';', at + 1)) {
      String before = line.substring(0, at);
      if (IniLineParser.parse(before, name -> name).statements().equals(whole)) {
        return before.stripTrailing().length();
      }
    }
    return line.length();
  }

  private static String blanks(String text) {
    return text.substring(0, text.length() - text.stripLeading().length());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "\\${") + '"';
  }
}
