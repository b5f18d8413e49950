package org.fpm4j.log;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes JSON (RFC 8259). A record becomes an object with one member per component, in order; so
 * the records' documentation is the documentation of the JSON.
 */
public final class Json {

  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder();

  private Json() {}

  /**
   * Writes a value on one line.
   *
   * @param value null, a boolean, a number, an enum constant, text, a record, a map with text keys
   *     or an iterable of such values
   * @throws IllegalArgumentException for anything else, and for a number that is not finite
   */
  public static String of(Object value) {
    Json json = new Json();
    json.value(value);
    return json.out.toString();
  }

  /** The components of a record by name, in order; the map may be changed. */
  public static Map<String, Object> members(Record value) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        members.put(component.getName(), component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException(value.getClass() + " cannot be read", e);
      }
    }
    return members;
  }

  private void value(Object value) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof CharSequence || value instanceof Enum<?>) {
      text(value.toString());
    } else if (value instanceof Record entry) {
      object(members(entry));
    } else if (value instanceof Map<?, ?> map) {
      object(map);
    } else if (value instanceof Iterable<?> items) {
      array(items);
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private void number(Number number) {
    if (!Double.isFinite(number.doubleValue())) {
      throw new IllegalArgumentException("no JSON for " + number);
    }
    out.append(number);
  }

  private void object(Map<?, ?> members) {
    char before = '{';
    for (Map.Entry<?, ?> member : members.entrySet()) {
      out.append(before);
      text(member.getKey().toString());
      out.append(':');
      value(member.getValue());
      before = ',';
    }
    out.append(members.isEmpty() ? "{}" : "}");
  }

  private void array(Iterable<?> items) {
    out.append('[');
    int start = out.length();
    for (Object item : items) {
      if (out.length() > start) {
        out.append(',');
      }
      value(item);
    }
    out.append(']');
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // A lone half of a surrogate pair has no UTF-8 form, but an escape.
          if (c < ' ' || c == 0x7f || isUnpaired(text, i)) {
            escape(c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean isUnpaired(String text, int index) {
    char c = text.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
  }

  private void escape(char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xf));
    }
  }
}
