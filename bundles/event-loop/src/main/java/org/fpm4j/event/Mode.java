package org.fpm4j.event;

/** When a watched descriptor is reported. */
public enum Mode {
  /** As long as it is ready. */
  LEVEL,
  /** Once; then not before {@link Registration#rearm}. */
  ONE_SHOT
}
