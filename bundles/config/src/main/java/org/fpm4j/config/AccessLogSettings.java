package org.fpm4j.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The access log of a pool.
 *
 * @param log the file, empty = no access log
 * @param format php-fpm's format, already checked if there is a log
 * @param suppressPaths request URIs whose successful GET and HEAD requests are not logged
 * @param json whether lines are JSON objects
 */
public record AccessLogSettings(
    Optional<Path> log, String format, List<String> suppressPaths, boolean json) {

  /** Copies the list. */
  public AccessLogSettings {
    suppressPaths = List.copyOf(suppressPaths);
  }
}
