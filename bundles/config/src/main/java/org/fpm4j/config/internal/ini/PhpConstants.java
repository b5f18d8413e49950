package org.fpm4j.config.internal.ini;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * PHP's constants that stand in configurations: the error levels, and what is the same in every PHP
 * on 64-bit Linux. PHP_VERSION and its like belong to the pool's program, which is not known here;
 * they stay as written.
 */
final class PhpConstants {

  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("E_ERROR", "1"),
          Map.entry("E_WARNING", "2"),
          Map.entry("E_PARSE", "4"),
          Map.entry("E_NOTICE", "8"),
          Map.entry("E_CORE_ERROR", "16"),
          Map.entry("E_CORE_WARNING", "32"),
          Map.entry("E_COMPILE_ERROR", "64"),
          Map.entry("E_COMPILE_WARNING", "128"),
          Map.entry("E_USER_ERROR", "256"),
          Map.entry("E_USER_WARNING", "512"),
          Map.entry("E_USER_NOTICE", "1024"),
          Map.entry("E_STRICT", "2048"),
          Map.entry("E_RECOVERABLE_ERROR", "4096"),
          Map.entry("E_DEPRECATED", "8192"),
          Map.entry("E_USER_DEPRECATED", "16384"),
          Map.entry("E_ALL", "32767"),
          Map.entry("PHP_OS", "Linux"),
          Map.entry("PHP_OS_FAMILY", "Linux"),
          Map.entry("PHP_INT_SIZE", "8"),
          Map.entry("PHP_INT_MAX", "9223372036854775807"),
          Map.entry("PHP_EOL", "\n"),
          Map.entry("DIRECTORY_SEPARATOR", "/"),
          Map.entry("PATH_SEPARATOR", ":"));

  private PhpConstants() {}

  static Optional<String> value(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "true" -> Optional.of("1");
      case "false", "null" -> Optional.of("");
      default -> Optional.ofNullable(VALUES.get(name));
    };
  }
}
