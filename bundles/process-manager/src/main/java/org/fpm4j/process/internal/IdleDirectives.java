package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import org.fpm4j.config.PoolSettings;

/**
 * Directives of php-fpm that are accepted, so that its configurations run unchanged, but that
 * nothing carries out: whoever sets one is told.
 */
final class IdleDirectives {

  private IdleDirectives() {}

  /** Returns the names of those that are set to something other than their default. */
  static List<String> in(PoolSettings settings) {
    List<String> names = new ArrayList<>();
    if (settings.status().statusListen().isEmpty()) {
      settings.status().statusPath().ifPresent(path -> names.add("pm.status_path"));
      settings.status().pingPath().ifPresent(path -> names.add("ping.path"));
    }
    return names;
  }
}
