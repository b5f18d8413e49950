package org.fpm4j.process;

import org.fpm4j.posix.Descriptor;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard service: keeps listening sockets open while no master runs, so that connections wait
 * for the next one instead of being refused. Called on the event loop's thread.
 */
@ConsumerType
public interface SocketStore {

  /**
   * Keeps a copy of a socket under a name, in the place of what it kept under that name before.
   *
   * @return false if it does not keep any
   */
  boolean keep(String name, Descriptor socket);

  /** Gives up what it keeps under a name. */
  void forget(String name);
}
