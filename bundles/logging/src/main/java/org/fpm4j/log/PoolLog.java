package org.fpm4j.log;

/** Puts php-fpm's pool prefix before each message. */
record PoolLog(Log log, String pool) implements Log {

  @Override
  public void write(LogLevel level, String text) {
    if (log.isEnabled(level)) {
      log.write(level, "[pool " + pool + "] " + text);
    }
  }

  @Override
  public boolean isEnabled(LogLevel level) {
    return log.isEnabled(level);
  }
}
