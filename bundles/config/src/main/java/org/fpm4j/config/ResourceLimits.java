package org.fpm4j.config;

/**
 * {@code rlimit_files} and {@code rlimit_core}; soft and hard limit alike.
 *
 * @param files open descriptors, 0 = leave as inherited
 * @param core core file size in bytes, 0 = leave as inherited, {@link #UNLIMITED} = no limit
 */
public record ResourceLimits(int files, int core) {
  /** The value of {@code rlimit_core = unlimited}. */
  public static final int UNLIMITED = -1;

  /** Leaves both limits as inherited. */
  public static final ResourceLimits INHERITED = new ResourceLimits(0, 0);
}
