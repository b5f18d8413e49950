package org.fpm4j.fastcgi;

import java.io.IOException;

/**
 * The other side breaks the FastCGI protocol or a limit; nothing more can be read from that
 * connection.
 */
public final class FastCgiProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  /** States what was received and what is allowed. */
  public FastCgiProtocolException(String message) {
    super(message);
  }
}
