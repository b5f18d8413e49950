package org.fpm4j.process.internal.page;

import java.util.Locale;

/**
 * One value of a status page.
 *
 * @param name php-fpm's name, as its text page has it
 * @param kind what the forms must know of the value
 * @param value as it is; each form escapes it in its own way
 */
record Figure(String name, Kind kind, String value) {

  /** Kinds of values. */
  enum Kind {
    /** Digits, perhaps with a point: no form quotes them. */
    NUMBER,
    /** Seconds since 1970; the text and HTML forms show a date. */
    TIME,
    /** A word of ours, which needs no escaping. */
    WORD,
    /** What a client or an operator chose: method, user, script, the pool's name. */
    TEXT,
    /** The URI with its query. */
    URI
  }

  static Figure number(String name, long value) {
    return new Figure(name, Kind.NUMBER, Long.toString(value));
  }

  /** The name in all forms but the text page. */
  String lowerCaseName() {
    return name.toLowerCase(Locale.ROOT);
  }
}
