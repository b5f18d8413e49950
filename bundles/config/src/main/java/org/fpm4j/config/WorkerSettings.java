package org.fpm4j.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Identity, environment and confinement of a pool's workers.
 *
 * @param user name or uid, empty = the master's; ignored unless the master is root
 * @param group name or gid, empty = the user's primary group
 * @param clearEnv whether workers start with only {@link #env} (and USER, HOME)
 * @param env the variables to set, {@code $NAME} values already resolved; in the order to be set
 * @param chdir working directory, inside {@link #chroot} if there is one; empty = unchanged ({@code
 *     /} with chroot)
 * @param chroot root directory, empty = the system's
 * @param limits resource limits
 * @param priority nice value, empty = unchanged
 * @param dumpable whether a worker may be traced and dump core
 * @param catchOutput whether stdout and stderr of a worker go to the error log instead of /dev/null
 * @param decorateOutput whether caught lines are prefixed with pool, pid and stream
 * @param limitExtensions suffixes a script must have, empty = any
 * @param apparmorHat AppArmor hat to change to, empty = none
 */
public record WorkerSettings(
    Optional<String> user,
    Optional<String> group,
    boolean clearEnv,
    Map<String, String> env,
    Optional<Path> chdir,
    Optional<Path> chroot,
    ResourceLimits limits,
    OptionalInt priority,
    boolean dumpable,
    boolean catchOutput,
    boolean decorateOutput,
    List<String> limitExtensions,
    Optional<String> apparmorHat) {

  /** Copies the collections, keeping their order. */
  public WorkerSettings {
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    limitExtensions = List.copyOf(limitExtensions);
  }
}
