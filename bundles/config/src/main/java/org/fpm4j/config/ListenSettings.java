package org.fpm4j.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The listening socket of a pool.
 *
 * @param address {@code host:port}, {@code [v6]:port}, a bare port (on {@code ::}, else 0.0.0.0),
 *     or the absolute path of a Unix socket
 * @param backlog as given to listen(2), -1 = the system's limit
 * @param owner user name or uid of a Unix socket, empty = unchanged
 * @param group group name or gid of a Unix socket, empty = unchanged
 * @param mode permission bits of a Unix socket
 * @param aclUsers users given access by ACL; with either ACL list set, owner and group are ignored
 * @param aclGroups groups given access by ACL
 * @param allowedClients addresses that may connect by TCP; empty = anyone; an empty list = nobody
 */
public record ListenSettings(
    String address,
    int backlog,
    Optional<String> owner,
    Optional<String> group,
    int mode,
    List<String> aclUsers,
    List<String> aclGroups,
    Optional<List<InetAddress>> allowedClients) {

  /** Copies the lists. */
  public ListenSettings {
    aclUsers = List.copyOf(aclUsers);
    aclGroups = List.copyOf(aclGroups);
    allowedClients = allowedClients.map(List::copyOf);
  }

  /** Whether {@link #address} is the path of a Unix socket: neither a colon nor all digits. */
  public boolean isUnix() {
    return address.indexOf(':') < 0 && !address.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
