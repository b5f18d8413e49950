package org.fpm4j.config;

/** php-fpm's log levels, least severe first. */
public enum LogLevel {
  DEBUG,
  NOTICE,
  WARNING,
  ERROR,
  ALERT
}
