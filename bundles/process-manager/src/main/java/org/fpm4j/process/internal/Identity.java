package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.WorkerSettings;
import org.fpm4j.posix.Accounts;

/**
 * Who a pool's processes run as.
 *
 * @param uid user id
 * @param gid group id
 * @param groups supplementary groups, of the user database as {@code initgroups(3)} takes them
 * @param user login name, empty when a numeric {@code user} has no account
 * @param home home directory of that account, empty likewise
 */
record Identity(int uid, int gid, List<Integer> groups, String user, String home) {

  /**
   * Resolves {@code user} and {@code group} as php-fpm does for a master that is root. Whether they
   * may be root's ({@code -R}) was decided when the configuration was checked.
   *
   * @return empty when {@code user} is not set: the processes run as the master does
   * @throws IOException in php-fpm's words when a name is unknown
   */
  static Optional<Identity> resolve(WorkerSettings worker) throws IOException {
    if (worker.user().isEmpty()) {
      return Optional.empty();
    }
    String name = worker.user().get();
    Optional<Accounts.User> account =
        isNumber(name) ? Accounts.user(Integer.parseInt(name)) : Accounts.user(name);
    if (account.isEmpty() && !isNumber(name)) {
      throw new IOException("cannot get uid for user '" + name + "'");
    }
    int uid = account.map(Accounts.User::uid).orElseGet(() -> Integer.parseInt(name));
    int gid =
        worker.group().isPresent()
            ? groupId(worker.group().get())
            : account.map(Accounts.User::gid).orElse(uid);
    String login = account.map(Accounts.User::name).orElse("");
    List<Integer> groups = login.isEmpty() ? List.of(gid) : Accounts.groups(login, gid);
    return Optional.of(
        new Identity(uid, gid, groups, login, account.map(Accounts.User::home).orElse("")));
  }

  private static int groupId(String name) throws IOException {
    if (isNumber(name)) {
      return Integer.parseInt(name);
    }
    return Accounts.group(name)
        .orElseThrow(() -> new IOException("cannot get gid for group '" + name + "'"))
        .gid();
  }

  private static boolean isNumber(String name) {
    return name.matches("[0-9]{1,9}");
  }
}
