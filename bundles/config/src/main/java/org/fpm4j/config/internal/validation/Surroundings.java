package org.fpm4j.config.internal.validation;

import java.util.Map;

/**
 * What a configuration is checked against beside itself.
 *
 * @param prefix base of relative paths, absolute
 * @param environment the master's environment, for {@code env[X] = $NAME} and PATH
 * @param accounts users and groups
 * @param master who the master is
 */
public record Surroundings(
    String prefix, Map<String, String> environment, Accounts accounts, Privilege master) {

  /** What the master may do, and so what it asks of pools. */
  public enum Privilege {
    /** Not root: users, groups, chroot and priorities are ignored. */
    USER,
    /** Root: each pool must have another user. */
    ROOT,
    /** Root, and pools may be root too. */
    ROOT_ALLOWED
  }
}
