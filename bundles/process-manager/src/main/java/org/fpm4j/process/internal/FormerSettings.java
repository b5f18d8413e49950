package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.fpm4j.config.AccessLogSettings;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.config.ResourceLimits;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.config.WorkerSettings;

/**
 * Settings for a pool that a dead master left serving and whose own are not to be had: it was taken
 * out of the configuration, or is rejected. They keep the workers it has.
 */
final class FormerSettings {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final int OWNER_AND_GROUP = 0660;
  private static final int TRACE_DEPTH = 20;

  private FormerSettings() {}

  /** Whether settings come from here: they name no program to start. */
  static boolean isFormer(PoolSettings settings) {
    return settings.program().program().isEmpty();
  }

  /** Returns settings that fit the newest of the found generations. */
  static PoolSettings of(List<Takeover.Found> found) {
    Takeover.Found newest = found.get(found.size() - 1);
    GenerationFile note = newest.note();
    return new PoolSettings(
        note.pool(),
        new ProgramSettings(
            "", List.of(), Optional.empty(), Optional.empty(), List.of(), List.of()),
        new ListenSettings(
            note.listen(),
            -1,
            Optional.empty(),
            Optional.empty(),
            OWNER_AND_GROUP,
            List.of(),
            List.of(),
            Optional.empty()),
        new ProcessManagerSettings(
            ProcessManagerMode.STATIC,
            Math.max(1, newest.handshake().workers()),
            0,
            0,
            0,
            0,
            Duration.ZERO,
            0,
            0,
            START_TIMEOUT,
            Duration.ZERO,
            0),
        new WorkerSettings(
            Optional.empty(),
            Optional.empty(),
            true,
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            ResourceLimits.INHERITED,
            OptionalInt.empty(),
            false,
            false,
            true,
            List.of(),
            Optional.empty()),
        new RequestSettings(
            Duration.ZERO, false, Duration.ZERO, Duration.ZERO, Optional.empty(), TRACE_DEPTH),
        new StatusSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), "", Optional.empty()),
        new AccessLogSettings(Optional.empty(), "", List.of(), false));
  }
}
