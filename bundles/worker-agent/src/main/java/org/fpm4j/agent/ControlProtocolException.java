package org.fpm4j.agent;

import java.io.IOException;

/** The other end of a control socket sent something that is no message; the link is worthless. */
public class ControlProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong with the packet
   */
  public ControlProtocolException(String message) {
    super(message);
  }
}
