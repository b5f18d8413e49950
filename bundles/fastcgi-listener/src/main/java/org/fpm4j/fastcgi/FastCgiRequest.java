package org.fpm4j.fastcgi;

import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;

/**
 * A request that {@link FastCgiServer} has received. Its body, if any, is not kept.
 *
 * @param params the PARAMS stream as sent, hostile input; unmodifiable
 * @param peer the web server's address; an empty Unix path as a rule
 */
public record FastCgiRequest(Map<String, String> params, SocketAddress peer) {
  public FastCgiRequest {
    Objects.requireNonNull(params, "params");
    Objects.requireNonNull(peer, "peer");
  }

  /** The value of a parameter; empty text if it was not sent. */
  public String param(String name) {
    return params.getOrDefault(name, "");
  }
}
