package org.fpm4j.config;

import java.util.Optional;
import org.fpm4j.config.Directive.Scope;

/**
 * A change of one directive that {@link ConfigurationEditor#set} has written.
 *
 * @param pool the pool's name, empty text for the global directives
 * @param key a directive, an array's with its key: {@code env[PATH]}
 * @param value null if the directive was taken out
 */
public record SettingWritten(String pool, String key, String value) {

  /** What was written and what that costs, in words for the operator who did it. */
  public String text() {
    String what = value == null ? key + " removed" : key + " = " + value + " written";
    return what + changeClass().map(cost -> "; " + cost.effect()).orElse("");
  }

  private Optional<ChangeClass> changeClass() {
    return Directive.ofKey(pool.isEmpty() ? Scope.GLOBAL : Scope.POOL, key)
        .map(Directive::changeClass);
  }
}
