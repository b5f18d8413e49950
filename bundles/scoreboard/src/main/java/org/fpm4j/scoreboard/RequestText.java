package org.fpm4j.scoreboard;

import java.util.Objects;

/**
 * The text of the request that a worker serves, or served last. Never null; empty where the request
 * had none. Cut by the worker to 15, 127, 511, 255 and 31 bytes of UTF-8. Written by whoever sent
 * the request: escape it where it is shown.
 *
 * @param method REQUEST_METHOD
 * @param uri the request's URI without its query
 * @param query the query string
 * @param script file name of the script
 * @param user the authenticated user
 */
public record RequestText(String method, String uri, String query, String script, String user) {
  /** No request yet. */
  public static final RequestText NONE = new RequestText("", "", "", "", "");

  public RequestText {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(query, "query");
    Objects.requireNonNull(script, "script");
    Objects.requireNonNull(user, "user");
  }
}
