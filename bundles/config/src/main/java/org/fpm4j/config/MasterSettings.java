package org.fpm4j.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The global directives. Zero durations and counts mean "off" where php-fpm says so.
 *
 * @param log the error log and its level
 * @param pidFile where the master's pid is written, empty = nowhere
 * @param emergencyRestartThreshold crashes within the interval that renew a pool's generation, 0 =
 *     off
 * @param emergencyRestartInterval the window of the threshold, zero = off
 * @param processControlTimeout how long a worker may ignore a signal before the next, harder one
 * @param processMax workers over all pools, 0 = unlimited
 * @param processPriority the master's nice value, empty = unchanged
 * @param daemonize whether the start command returns once the master is up
 * @param limits resource limits of the master
 * @param eventsMechanism {@code epoll}, {@code poll} or {@code select}; empty = the best there is
 * @param systemdInterval time between notifications to systemd, zero = none
 */
public record MasterSettings(
    LogSettings log,
    Optional<Path> pidFile,
    int emergencyRestartThreshold,
    Duration emergencyRestartInterval,
    Duration processControlTimeout,
    int processMax,
    OptionalInt processPriority,
    boolean daemonize,
    ResourceLimits limits,
    Optional<String> eventsMechanism,
    Duration systemdInterval) {}
