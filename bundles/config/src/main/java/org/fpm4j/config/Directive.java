package org.fpm4j.config;

import java.util.List;
import java.util.Optional;

/**
 * One directive, described: what metatype, the table of the README and the messages of {@link
 * Rejection}s are made of.
 *
 * @param scope where it may stand
 * @param name php-fpm's exact name; {@code env[]} and the like for arrays with a key
 * @param kind how its value is written
 * @param unit {@code s} for durations, {@code bytes} for sizes, else what is counted, else empty
 * @param fallback the value in force when it is not set, empty = none
 * @param legal the legal values in words
 * @param changeClass what applying a change takes
 * @param description one line
 */
public record Directive(
    Scope scope,
    String name,
    Kind kind,
    String unit,
    String fallback,
    String legal,
    ChangeClass changeClass,
    String description) {

  /** Where a directive may stand. */
  public enum Scope {
    /** {@code [global]}, PID {@code org.fpm4j.master}. */
    GLOBAL,
    /** A pool's section, factory PID {@code org.fpm4j.pool}. */
    POOL
  }

  /** How a value is written. */
  public enum Kind {
    /** Any text. */
    STRING,
    /** A decimal number. */
    INTEGER,
    /** A number with {@code s}, {@code m}, {@code h}, {@code d} or nothing (seconds). */
    DURATION,
    /** A number with {@code K}, {@code M}, {@code G} or nothing (bytes). */
    SIZE,
    /** {@code yes}, {@code no} and their synonyms. */
    BOOLEAN,
    /** {@code name[] = value}, repeatable. */
    LIST,
    /** {@code name[key] = value}, repeatable. */
    MAP
  }

  /** Every directive: global ones first, each scope in the order of php-fpm's {@code -tt}. */
  public static List<Directive> all() {
    return DirectiveTable.ALL;
  }

  /** The directives of one scope, in that order. */
  public static List<Directive> in(Scope scope) {
    return scope == Scope.GLOBAL ? DirectiveTable.GLOBAL : DirectiveTable.POOL;
  }

  /**
   * The directive with this name; the case of scalar names does not matter, as in php-fpm.
   *
   * @param name a scalar's name, or an array's as {@code env} or {@code env[]}
   */
  public static Optional<Directive> find(Scope scope, String name) {
    return DirectiveTable.find(scope, name);
  }

  /**
   * The directive a key sets.
   *
   * @param key as it is written: {@code pm}, or an entry of an array, {@code env[PATH]}
   */
  public static Optional<Directive> ofKey(Scope scope, String key) {
    int bracket = key.indexOf('[');
    return find(scope, bracket < 0 ? key : key.substring(0, bracket));
  }

  /** Whether it is written with brackets. */
  public boolean isArray() {
    return kind == Kind.LIST || kind == Kind.MAP;
  }

  /** The name without its brackets. */
  public String arrayName() {
    return isArray() ? name.substring(0, name.indexOf('[')) : name;
  }
}
