package org.fpm4j.config.internal.validation;

/** Which users and groups there are; names only, since all-digit ids need no account. */
public interface Accounts {

  /** Whether a user of this name exists. */
  boolean hasUser(String name);

  /** Whether a group of this name exists. */
  boolean hasGroup(String name);

  /**
   * Whether worker processes of this user and group would have uid or gid 0.
   *
   * @param user name or number
   * @param group name or number, empty = the user's primary group
   */
  boolean isRoot(String user, String group);
}
