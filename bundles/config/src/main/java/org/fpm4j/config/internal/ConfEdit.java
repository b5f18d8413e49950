package org.fpm4j.config.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Kind;
import org.fpm4j.config.internal.ini.IniLineWriter;
import org.fpm4j.config.internal.ini.IniStatement;
import org.fpm4j.config.internal.source.ConfOutline;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Origin;

/**
 * Changes one directive of one section in the files of a php-fpm.conf: replaces the line that
 * counts, or puts a new one behind a comment that shows the directive, else at the end of the
 * section. Every other line stays, byte by byte. A line that is read for several sections, because
 * its file is included more than once, is left alone. Used once, by one thread.
 */
final class ConfEdit {

  private final String main;
  private final ConfOutline outline;
  private final DirectiveSet section;
  private final Map<String, List<String>> files = new HashMap<>();
  private final Map<Origin, List<String>> edits = new HashMap<>();

  /**
   * @param main the file that includes the others
   * @param section one of those the outline is of
   */
  ConfEdit(String main, ConfOutline outline, DirectiveSet section) {
    this.main = main;
    this.outline = outline;
    this.section = section;
  }

  /** Whether the section has the directive, or the entry of an array such as {@code env[A]}. */
  boolean has(String key) {
    return !lines(key).isEmpty();
  }

  /**
   * The changed texts by file, each byte a character; none if there is nothing to change.
   *
   * @param value empty removes the directive
   */
  Map<String, String> with(String key, Optional<String> value)
      throws IOException, ChangeRefusedException {
    if (key.equals("include")) {
      throw new ChangeRefusedException("include is not a directive of a pool: edit " + main);
    }
    Optional<Directive> directive = directive(key);
    boolean list = directive.filter(known -> known.kind() == Kind.LIST).isPresent();
    List<ConfOutline.Line> present = lines(key);
    if (value.isEmpty() || list) {
      for (ConfOutline.Line line : present) {
        replace(line, List.of());
      }
    }
    if (value.isPresent()) {
      List<String> values =
          list
              ? Stream.of(value.get().split(",", -1)).map(String::strip).toList()
              : List.of(value.get());
      present = lines(key, sibling(key));
      // An entry of an array counts where it stands first, a scalar where it stands last.
      boolean first = directive.filter(Directive::isArray).isPresent();
      if (present.isEmpty()) {
        add(key, values);
      } else {
        ConfOutline.Line line = present.get(first ? 0 : present.size() - 1);
        replace(line, written(key, values, text(line.at())));
      }
    }
    return texts();
  }

  private void replace(ConfOutline.Line line, List<String> written) throws ChangeRefusedException {
    String where = line.at().source() + ":" + line.at().line();
    if (outline.isShared(line.at())) {
      throw new ChangeRefusedException(where + " is read for several pools: edit it yourself");
    }
    if (line.statements().size() > 1) {
      throw new ChangeRefusedException(where + " says more than that: edit it yourself");
    }
    edits.put(line.at(), written);
  }

  private void add(String key, List<String> values) throws IOException, ChangeRefusedException {
    Optional<ConfOutline.Line> place = place(key);
    List<String> written = new ArrayList<>(written(key, values, ""));
    if (place.isPresent()) {
      Origin at = place.get().at();
      String former = text(at);
      if (former.endsWith("\r")) {
        written.replaceAll(line -> line + "\r");
      }
      written.add(0, former);
      edits.put(at, written);
    } else {
      written.add(file(main).get(0));
      edits.put(new Origin(main, 1), written);
    }
  }

  private List<String> written(String key, List<String> values, String former)
      throws ChangeRefusedException {
    String end = former.endsWith("\r") ? "\r" : "";
    String line = former.substring(0, former.length() - end.length());
    List<String> written = new ArrayList<>();
    for (String value : values) {
      written.add(written(key, value, line) + end);
    }
    return written;
  }

  private String written(String key, String value, String former) throws ChangeRefusedException {
    boolean flag =
        directive(key)
            .filter(known -> known.kind() == Kind.BOOLEAN || known.name().endsWith("_flag[]"))
            .isPresent();
    return new IniLineWriter(bytes(key), bytes(value), flag ? ConfEdit::flag : text -> text)
        .line(former)
        .orElseThrow(
            () -> new ChangeRefusedException("no line of a file can say " + key + " = " + value));
  }

  private static String flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "yes", "true", "on" -> "yes";
      case "", "0", "no", "none", "false", "off" -> "no";
      default -> text;
    };
  }

  private Map<String, String> texts() throws IOException {
    List<Origin> fromTheEnd = new ArrayList<>(edits.keySet());
    fromTheEnd.sort(Comparator.comparingInt(Origin::line).reversed());
    Map<String, String> texts = new HashMap<>();
    for (Origin at : fromTheEnd) {
      List<String> lines = file(at.source());
      lines.remove(at.line() - 1);
      lines.addAll(at.line() - 1, edits.get(at));
      texts.put(at.source(), String.join("\n", lines));
    }
    return texts;
  }

  /** The line to put a new one behind; empty = the beginning of the main file. */
  private Optional<ConfOutline.Line> place(String key) throws IOException {
    Optional<ConfOutline.Line> last = Optional.empty();
    Optional<ConfOutline.Line> statement = Optional.empty();
    Optional<ConfOutline.Line> shown = Optional.empty();
    for (ConfOutline.Line line : outline.lines()) {
      if (line.after() == section && !outline.isShared(line.at())) {
        String text = text(line.at()).strip();
        last = text.isEmpty() ? last : Optional.of(line);
        statement = line.statements().isEmpty() ? statement : Optional.of(line);
        shown = shows(text, key) ? Optional.of(line) : shown;
      }
    }
    if (shown.isPresent()) {
      return shown;
    }
    return statement.isPresent() ? statement : last;
  }

  private static boolean shows(String text, String key) {
    String shown = text.startsWith(";") ? text.substring(1).strip() : "";
    return shown.startsWith(key) && shown.substring(key.length()).strip().startsWith("=");
  }

  private List<ConfOutline.Line> lines(String... keys) {
    List<ConfOutline.Line> found = new ArrayList<>();
    for (ConfOutline.Line line : outline.lines()) {
      DirectiveSet current = line.before();
      for (IniStatement statement : line.statements()) {
        if (statement instanceof IniStatement.Section) {
          current = line.after();
        } else if (current == section && isOneOf(statement, keys)) {
          found.add(line);
        }
      }
    }
    return found;
  }

  private static boolean isOneOf(IniStatement statement, String... keys) {
    for (String key : keys) {
      boolean same =
          statement instanceof IniStatement.Entry entry
              ? entry.name().equalsIgnoreCase(key)
              : statement instanceof IniStatement.ArrayEntry array
                  && key.equals(array.name() + "[" + array.key() + "]");
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** The other name of the same entry: {@code php_flag[A]} sets what {@code php_value[A]} sets. */
  private static String sibling(String key) {
    if (key.startsWith("php_value[") || key.startsWith("php_admin_value[")) {
      return key.replaceFirst("value", "flag");
    }
    return key.startsWith("php_flag[") || key.startsWith("php_admin_flag[")
        ? key.replaceFirst("flag", "value")
        : "";
  }

  private Optional<Directive> directive(String key) {
    return Directive.ofKey(section.scope(), key);
  }

  private String text(Origin at) throws IOException {
    return file(at.source()).get(at.line() - 1);
  }

  private List<String> file(String name) throws IOException {
    List<String> lines = files.get(name);
    if (lines == null) {
      String text = Files.readString(Path.of(name), StandardCharsets.ISO_8859_1);
      lines = new ArrayList<>(List.of(text.split("\n", -1)));
      files.put(name, lines);
    }
    return lines;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
