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
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The part of glob(3) php-fpm's includes use: {@code *}, {@code ?} and brackets in any component of
 * a path, a leading dot only by a dot, sorted, and a directory that cannot be read is an error.
 */
public final class Glob {

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
    return component.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
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
      int end = c == '[' ? component.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        String members = component.substring(i + 1, end);
        boolean negated = members.startsWith("!") || members.startsWith("^");
        regex.append(negated ? "[^" : "[");
        regex.append(
            (negated ? members.substring(1) : members).replaceAll("[\\[\\]\\\\&^]", "\\\\$0"));
        regex.append(']');
        i = end;
      } else {
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
}
