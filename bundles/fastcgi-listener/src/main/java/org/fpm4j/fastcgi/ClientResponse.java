package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A whole response.
 *
 * @param stdout the output: header fields, an empty line, the body; read-only
 * @param stderr messages for the error log; read-only
 * @param end how the request ended
 */
public record ClientResponse(ByteBuffer stdout, ByteBuffer stderr, RequestEnd end) {
  public ClientResponse {
    stdout = stdout.asReadOnlyBuffer();
    stderr = stderr.asReadOnlyBuffer();
  }

  /** The output taken apart. */
  public CgiResponse cgi() {
    return CgiResponse.parse(stdout);
  }

  /** The messages as UTF-8. */
  public String stderrText() {
    return StandardCharsets.UTF_8.decode(stderr.duplicate()).toString();
  }
}
