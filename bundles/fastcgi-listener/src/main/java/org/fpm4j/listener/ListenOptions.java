package org.fpm4j.listener;

import java.util.List;
import java.util.Optional;

/**
 * How a socket listens and who may connect; all but the backlog concern Unix sockets only.
 *
 * @param backlog {@code listen.backlog}: connections that may wait; the kernel cuts it to
 *     net.core.somaxconn, negative means that limit
 * @param owner {@code listen.owner}: a user's name, which sets that user's primary group too, or a
 *     uid; empty leaves it
 * @param group {@code listen.group}: a group's name or gid; empty leaves it
 * @param mode {@code listen.mode}, 0–0777
 * @param aclUsers {@code listen.acl_users}: names of users who may connect besides; with any entry
 *     in either list, owner and group are ignored
 * @param aclGroups {@code listen.acl_groups}, the same for groups
 */
public record ListenOptions(
    int backlog,
    Optional<String> owner,
    Optional<String> group,
    int mode,
    List<String> aclUsers,
    List<String> aclGroups) {
  /** php-fpm's defaults on Linux. */
  public static final ListenOptions DEFAULT =
      new ListenOptions(-1, Optional.empty(), Optional.empty(), 0660, List.of(), List.of());

  /** Copies the lists. */
  public ListenOptions {
    if (mode < 0 || mode > 0777) {
      throw new IllegalArgumentException(
          "listen.mode 0" + Integer.toOctalString(mode) + " not in 0..0777");
    }
    aclUsers = List.copyOf(aclUsers);
    aclGroups = List.copyOf(aclGroups);
  }
}
