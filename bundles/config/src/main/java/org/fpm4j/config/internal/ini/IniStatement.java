package org.fpm4j.config.internal.ini;

/** One complete statement of PHP's ini grammar. */
public sealed interface IniStatement {

  /** {@code [name]}; the name may be empty. */
  record Section(String name) implements IniStatement {}

  /** {@code name = value}. */
  record Entry(String name, String value) implements IniStatement {}

  /** A name without {@code =}. */
  record BareName(String name) implements IniStatement {}

  /** {@code name[key] = value}; the key may be empty. */
  record ArrayEntry(String name, String key, String value) implements IniStatement {}
}
