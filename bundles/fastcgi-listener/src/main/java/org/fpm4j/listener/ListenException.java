package org.fpm4j.listener;

import java.io.IOException;
import org.fpm4j.posix.PosixException;

/**
 * A listening socket cannot be had. The message is php-fpm's, without the pool's name; where the
 * kernel refused it ends in the error's text and number, as {@code unable to bind listening socket
 * for address '/run/x.sock': Permission denied (13)}.
 */
public final class ListenException extends IOException {
  private static final long serialVersionUID = 1L;

  ListenException(String message) {
    super(message);
  }

  ListenException(String message, PosixException cause) {
    super(message + reason(cause), cause);
  }

  /** Reason and number alone: the call before the colon repeats what the message says. */
  private static String reason(PosixException cause) {
    return cause.getMessage().substring(cause.call().length());
  }
}
