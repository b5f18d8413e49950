package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A request for {@link FastCgiClient} to send.
 *
 * @param role RESPONDER for all that serve web pages
 * @param params sent in the map's order, as they are: CONTENT_LENGTH is the caller's to set
 * @param body the STDIN stream; not consumed
 * @param keepConnection whether the application is to leave the connection open for a further
 *     request
 */
public record ClientRequest(
    Role role, Map<String, String> params, ByteBuffer body, boolean keepConnection) {
  public ClientRequest {
    Objects.requireNonNull(role, "role");
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
    body = body.asReadOnlyBuffer();
  }

  /** A RESPONDER's request without a body, after which the application closes the connection. */
  public static ClientRequest of(Map<String, String> params) {
    return new ClientRequest(Role.RESPONDER, params, ByteBuffer.allocate(0), false);
  }
}
