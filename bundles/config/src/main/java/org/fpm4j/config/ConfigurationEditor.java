package org.fpm4j.config;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Changes the configuration where it was written, so that the change lasts. An OSGi service; any
 * thread may call, and waits for the thread {@code fpm4j-config}.
 */
@ProviderType
public interface ConfigurationEditor {

  /** The configuration in force; empty before the first one is complete. */
  Optional<Configuration> current();

  /**
   * Checks a change and writes it to the file (or PID) the pool was read from, keeping comments and
   * order. Returns when it is written; it takes effect as if somebody had edited the file.
   *
   * @param pool the pool's name, empty text for the global directives
   * @param key a directive, an array's with its key: {@code env[PATH]}
   * @param value the new value; null removes the directive
   * @throws ChangeRefusedException if the configuration would be rejected, or cannot be written
   */
  void set(String pool, String key, String value) throws ChangeRefusedException;

  /** Reads everything anew, as a reload does: also what was rejected for want of a directory. */
  void reread();
}
