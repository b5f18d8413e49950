package org.fpm4j.config;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that is configured, at one moment.
 *
 * <p>A pool that was rejected is still in {@link #pools} with its last good settings, if it had any
 * in this master's life; a pool that is neither there nor {@link #isRejected rejected} is gone and
 * to be removed, unless the configuration is {@link #incomplete}.
 *
 * @param master the global directives; the last good ones if they were rejected
 * @param pools by name
 * @param rejections what could not be taken, in the order of the sources
 * @param notices php-fpm's remarks
 * @param incomplete whether a source could not be read to its end: then a pool that is not named
 *     here may still be defined there, and is to be left alone
 */
public record Configuration(
    MasterSettings master,
    SortedMap<String, PoolSettings> pools,
    List<Rejection> rejections,
    List<Notice> notices,
    boolean incomplete) {

  /** Copies the collections. */
  public Configuration {
    pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
    rejections = List.copyOf(rejections);
    notices = List.copyOf(notices);
  }

  /** Whether the pool's newest definition was rejected, so that it runs on with what it has. */
  public boolean isRejected(String pool) {
    return rejections.stream().anyMatch(r -> r.pool().filter(pool::equals).isPresent());
  }
}
