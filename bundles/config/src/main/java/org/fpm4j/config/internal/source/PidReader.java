package org.fpm4j.config.internal.source;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Kind;
import org.fpm4j.config.Directive.Scope;

/**
 * Reads the properties of a PID into a section: the same keys as in php-fpm.conf, the values plain
 * text. Blanks around a value and one pair of quotes are taken off, the case of booleans does not
 * matter, and lists may be separated by commas or be arrays. Keys of Config Admin and File Install
 * are passed over.
 */
public final class PidReader {

  private static final Pattern ARRAY = Pattern.compile("([^\\[]+)\\[(.*)\\]");

  private final SectionWriter writer;

  /** Failures go to {@code findings}. */
  public PidReader(Findings findings) {
    this.writer = new SectionWriter(findings);
  }

  /**
   * Adds one property to a section.
   *
   * @param value a String, a number, a Boolean, or an array or Collection of such
   */
  public void read(DirectiveSet section, String key, Object value, Origin from) {
    if (isForeign(key)) {
      return;
    }
    Matcher array = ARRAY.matcher(key);
    if (!array.matches()) {
      scalar(section, key, texts(value), from);
      return;
    }
    String name = array.group(1).strip();
    Optional<Directive> list =
        Directive.find(Scope.POOL, name).filter(directive -> directive.kind() == Kind.LIST);
    for (String text : texts(value)) {
      for (String part : list.isPresent() ? List.of(text.split(",", -1)) : List.of(text)) {
        String flag = name.endsWith("_flag") ? part.toLowerCase(Locale.ROOT) : part;
        writer.arrayEntry(section, name, array.group(2), plain(flag), from);
      }
    }
  }

  /**
   * Rejects a section for two array keys that differ in case only: Config Admin does not tell them
   * apart and would drop one of them, or both.
   */
  public void rejectCollision(DirectiveSet section, String first, String second, Origin from) {
    writer.reject(
        section,
        "%s and %s differ in case only, which Config Admin does not tell apart: keep one, or use a php-fpm.conf"
            .formatted(first, second),
        from);
  }

  /** Rejects a section for a file that nobody could read. */
  public void rejectUnread(DirectiveSet section, String reason, Origin from) {
    writer.reject(section, reason, from);
  }

  private void scalar(DirectiveSet section, String key, List<String> texts, Origin from) {
    Optional<Directive> directive = Directive.find(section.scope(), key);
    boolean words = key.equals("program.args") || key.equals("security.limit_extensions");
    String text = String.join(words ? " " : ",", texts);
    boolean bool = directive.filter(d -> d.kind() == Kind.BOOLEAN).isPresent();
    writer.entry(section, key, plain(bool ? text.toLowerCase(Locale.ROOT) : text), from);
  }

  /** Whether a key belongs to Config Admin or File Install. */
  public static boolean isForeign(String key) {
    return key.startsWith("service.")
        || key.startsWith("felix.fileinstall.")
        || key.startsWith("org.apache.felix.configadmin.")
        || key.startsWith("component.")
        || key.startsWith(":");
  }

  /** A value as it is meant: blanks around it and one pair of quotes are taken off. */
  public static String plain(String text) {
    String stripped = text.strip();
    boolean quoted =
        stripped.length() >= 2
            && (stripped.charAt(0) == '"' || stripped.charAt(0) == '\'')
            && stripped.charAt(stripped.length() - 1) == stripped.charAt(0);
    return quoted ? stripped.substring(1, stripped.length() - 1) : stripped;
  }

  /** A property's value, or the values of an array or Collection, as texts. */
  public static List<String> texts(Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof Collection<?> many) {
      many.forEach(one -> texts.add(String.valueOf(one)));
    } else if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        texts.add(String.valueOf(Array.get(value, i)));
      }
    } else {
      texts.add(String.valueOf(value));
    }
    return texts;
  }

  /** The first two keys of a file that differ in case only. */
  static Optional<Map.Entry<String, PropertiesText.Entry>> collision(PropertiesText text) {
    List<PropertiesText.Entry> entries = text.entries();
    for (int i = 0; i < entries.size(); i++) {
      for (int j = 0; j < i; j++) {
        String earlier = entries.get(j).key();
        String later = entries.get(i).key();
        if (later.equalsIgnoreCase(earlier) && !later.equals(earlier)) {
          return Optional.of(Map.entry(earlier, entries.get(i)));
        }
      }
    }
    return Optional.empty();
  }
}
