package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The part of glob(3) php-fpm's includes use: {@code *}, {@code ?} and brackets in any component of
 * a path, a leading dot only by a dot, sorted, and a directory that cannot be read is an error.
 */
public final class Glob {

  /** A class such as [:alpha:], its inner brackets escaped. */
  private static final Pattern CLASS = Pattern.compile("\\\\\\[:([a-z]+):\\\\\\]");

  private Glob() {}

  /**
   * The existing paths a pattern matches, directories too.
   *
   * @param pattern absolute
   * @throws IOException when a directory the pattern looks into cannot be read
   */
  public static List<String> expand(String pattern) throws IOException {
    List<String> found = List.of("");
    for (String component : pattern.substring(1).split("/", -1)) {
      List<String> next = new ArrayList<>();
      for (String parent : found) {
        if (hasWildcard(component)) {
          addMatches(parent, component, next);
        } else {
          next.add(parent + "/" + component);
        }
      }
      found = next;
    }
    List<String> existing = new ArrayList<>();
    for (String path : found) {
      if (Files.exists(Path.of(path))) {
        existing.add(path);
      }
    }
    Collections.sort(existing);
    return existing;
  }

  /**
   * The one directory whose entries decide what a pattern matches; empty if there may be several.
   *
   * @param pattern absolute
   */
  public static Optional<String> directory(String pattern) {
    String parent = pattern.substring(0, pattern.lastIndexOf('/') + 1);
    return hasWildcard(parent) ? Optional.empty() : Optional.of(parent);
  }

  private static boolean hasWildcard(String component) {
    return component.chars().anyMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  private static void addMatches(String parent, String component, List<String> matches)
      throws IOException {
    Pattern pattern = regex(component);
    try (DirectoryStream<Path> names = Files.newDirectoryStream(Path.of(parent + "/"))) {
      for (Path path : names) {
        String name = path.getFileName().toString();
        if (pattern.matcher(name).matches()
            && (!name.startsWith(".") || component.startsWith("."))) {
          matches.add(parent + "/" + name);
        }
      }
    } catch (NotDirectoryException ignored) {
      // glob(3) passes over files where it looks for directories
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Pattern regex(String component) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      int end = c == '[' ? endOfBrackets(component, i) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        regex.append(brackets(component.substring(i + 1, end)));
        i = end;
      } else {
        if (c == '\\' && i + 1 < component.length()) {
          c = component.charAt(++i);
        }
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException ignored) {
      // such as a range from z to a: matches itself, as glob(3) has it
      return Pattern.compile(Pattern.quote(component));
    }
  }

  /** Where brackets close that open at an index; -1 = nowhere. */
  private static int endOfBrackets(String component, int open) {
    int at = open + 1;
    if (at < component.length() && (component.charAt(at) == '!' || component.charAt(at) == '^')) {
      at++;
    }
    if (at < component.length() && component.charAt(at) == ']') {
      at++; // as the first one it is a member
    }
    while (at < component.length() && component.charAt(at) != ']') {
      int classEnd = component.startsWith("[:", at) ? component.indexOf(":]", at + 2) : -1;
      at = classEnd > 0 ? classEnd + 2 : at + 1;
    }
    return at < component.length() ? at : -1;
  }

  private static String brackets(String members) {
    boolean negated = members.startsWith("!") || members.startsWith("^");
    String plain =
        (negated ? members.substring(1) : members).replaceAll("[\\[\\]\\\\&^]", "\\\\$0");
    String classes = CLASS.matcher(plain).replaceAll(found -> posixClass(found.group(1)));
    return (negated ? "[^" : "[") + classes + "]";
  }

  private static String posixClass(String name) {
    String title =
        name.equals("xdigit")
            ? "XDigit"
            : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    return Matcher.quoteReplacement("\\p{" + title + "}");
  }
}
