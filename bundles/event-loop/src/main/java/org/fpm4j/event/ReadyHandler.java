package org.fpm4j.event;

import java.util.Set;

/** Called on the loop's thread when a watched descriptor is ready. */
@FunctionalInterface
public interface ReadyHandler {
  /**
   * Reads, writes or accepts.
   *
   * @param ready what the descriptor is ready for, limited to the registered interest; unmodifiable
   * @throws Exception to be logged
   */
  void onReady(Set<Interest> ready) throws Exception;
}
