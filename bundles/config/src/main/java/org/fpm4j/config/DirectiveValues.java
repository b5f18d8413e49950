package org.fpm4j.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Settings as directives and values, for people to read. No state; any thread. */
public final class DirectiveValues {

  /** In place of the values of environment variables, among which passwords are common. */
  public static final String HIDDEN = "(hidden)";

  private DirectiveValues() {}

  /**
   * A pool's directives with the values in force, defaults included; an empty value is none.
   *
   * @return by name, arrays as {@code php_value[KEY]}; flags among the php values, as 1 and 0, and
   *     of {@code env[KEY]} the key alone
   */
  public static SortedMap<String, String> of(PoolSettings settings) {
    return values(Directive.Scope.POOL, name -> SettingsChange.value(settings, name));
  }

  /** The global directives, likewise. */
  public static SortedMap<String, String> of(MasterSettings settings) {
    return values(Directive.Scope.GLOBAL, name -> SettingsChange.value(settings, name));
  }

  private static SortedMap<String, String> values(
      Directive.Scope scope, Function<String, Optional<Object>> settings) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Directive directive : Directive.in(scope)) {
      settings.apply(directive.name()).ifPresent(value -> put(values, directive.name(), value));
    }
    return Collections.unmodifiableSortedMap(values);
  }

  private static void put(Map<String, String> values, String name, Object value) {
    String array = name.endsWith("[]") ? name.substring(0, name.length() - 2) : "";
    if (value instanceof Map<?, ?> entries) {
      entries.keySet().forEach(key -> values.put(array + "[" + key + "]", HIDDEN));
    } else if (value instanceof Collection<?> items && !array.isEmpty()) {
      int number = 0;
      for (Object item : items) {
        if (item instanceof IniEntry entry) {
          values.put(array + "[" + entry.name() + "]", entry.value());
        } else {
          values.put(array + "[" + number++ + "]", text(item));
        }
      }
    } else if (value instanceof Integer mode && name.equals("listen.mode")) {
      values.put(name, "%04o".formatted(mode));
    } else {
      values.put(name, text(value));
    }
  }

  private static String text(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(DirectiveValues::text).orElse("");
    }
    if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? Integer.toString(optional.getAsInt()) : "";
    }
    if (value instanceof Duration duration) {
      return duration.toSeconds() + "s";
    }
    if (value instanceof Boolean flag) {
      return flag ? "yes" : "no";
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof InetAddress address) {
      return address.getHostAddress();
    }
    if (value instanceof Collection<?> items) {
      return items.stream().map(DirectiveValues::text).collect(Collectors.joining(" "));
    }
    return String.valueOf(value);
  }
}
