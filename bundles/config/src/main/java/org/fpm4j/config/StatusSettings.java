package org.fpm4j.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a pool answers about itself.
 *
 * @param statusPath path of the status page, empty = none; starts with {@code /}
 * @param statusListen address of an own socket for the status page, as {@link
 *     ListenSettings#address}; empty = only the pool's
 * @param pingPath path of the ping page, empty = none; starts with {@code /}
 * @param pingResponse body of the ping page, not empty
 * @param allowedClients addresses that may connect to {@code statusListen} by TCP; empty = anyone;
 *     an empty list = nobody
 */
public record StatusSettings(
    Optional<String> statusPath,
    Optional<String> statusListen,
    Optional<String> pingPath,
    String pingResponse,
    Optional<List<InetAddress>> allowedClients) {

  /** Copies the list. */
  public StatusSettings {
    allowedClients = allowedClients.map(List::copyOf);
  }
}
