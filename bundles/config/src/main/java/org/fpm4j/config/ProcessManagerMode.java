package org.fpm4j.config;

import java.util.Locale;

/** The directive {@code pm}: how a pool decides how many workers it keeps. */
public enum ProcessManagerMode {
  /** Always {@code pm.max_children} workers. */
  STATIC,
  /** Between spare limits. */
  DYNAMIC,
  /** None until a connection waits. */
  ONDEMAND;

  /** php-fpm's spelling: {@code static}, {@code dynamic}, {@code ondemand}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
