package org.fpm4j.process;

import java.util.Optional;
import org.fpm4j.scoreboard.DurationHistogram;
import org.osgi.annotation.versioning.ProviderType;

/** How long requests took, for who draws curves; an OSGi service. Any thread, without waiting. */
@ProviderType
public interface RequestStatistics {

  /**
   * Durations of the requests a pool has finished since its start, or since a later master took it
   * over for those of generations that were gone by then.
   *
   * @param histogram counts by duration
   * @param sumMicros of all durations
   */
  record Durations(DurationHistogram histogram, long sumMicros) {}

  /** Returns a pool's; empty if there is no such pool. */
  Optional<Durations> durations(String pool);
}
