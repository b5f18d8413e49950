package org.fpm4j.config.internal;

import java.io.IOException;
import java.util.Optional;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.internal.source.ConfigurationSources;

/** Where a section was read from: a PID with or without its file, or a php-fpm.conf. */
interface SettingPlace {

  /** Whether the directive, or the entry of an array such as {@code env[A]}, is set here. */
  boolean has(String key);

  /**
   * Prepares a change and writes nothing.
   *
   * @param value empty removes the directive
   * @throws ChangeRefusedException if the place cannot be changed so
   * @throws IOException if it cannot be read
   */
  Change change(String key, Optional<String> value) throws ChangeRefusedException, IOException;

  /**
   * A change that can be made.
   *
   * @param tried the sources as they would be
   * @param write makes it
   */
  record Change(ConfigurationSources tried, Write write) {}

  /** Writes a change to where it lasts. */
  interface Write {
    /** Writes it, whole or not at all in each file. */
    void run() throws IOException;
  }
}
