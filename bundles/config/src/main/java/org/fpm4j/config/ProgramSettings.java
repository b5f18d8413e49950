package org.fpm4j.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a pool's workers run.
 *
 * @param program an absolute path, or a name to be found on the master's PATH
 * @param args the program's arguments, not its name
 * @param phpIni php.ini file or its directory ({@code -c}), empty = the program's own
 * @param phpIniScanDir the value of PHP_INI_SCAN_DIR, empty = the program's own
 * @param phpValues {@code php_value} and {@code php_flag} in the order to be applied: of a repeated
 *     name the last entry wins
 * @param phpAdminValues likewise {@code php_admin_value} and {@code php_admin_flag}; applied after
 *     {@link #phpValues}
 */
public record ProgramSettings(
    String program,
    List<String> args,
    Optional<Path> phpIni,
    Optional<String> phpIniScanDir,
    List<IniEntry> phpValues,
    List<IniEntry> phpAdminValues) {

  /** Copies the lists. */
  public ProgramSettings {
    args = List.copyOf(args);
    phpValues = List.copyOf(phpValues);
    phpAdminValues = List.copyOf(phpAdminValues);
  }
}
