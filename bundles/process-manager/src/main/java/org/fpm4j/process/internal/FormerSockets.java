package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sockets a pool is leaving: those of addresses it has moved from, and its last one when the
 * pool goes. Event loop only.
 */
final class FormerSockets {

  private final List<SocketDrain> drains = new ArrayList<>();

  /** Begins to leave a socket. */
  void leave(SocketDrain drain) {
    drains.add(drain);
    drain.begin();
  }

  /** Forgets a socket that was left. */
  void left(SocketDrain drain) {
    drains.remove(drain);
  }

  /** Whether the workers of a generation still serve one of the queues. */
  boolean isServedBy(Generation generation) {
    return drains.stream().anyMatch(drain -> drain.generation() == generation);
  }

  /** Returns who keeps the number of a generation's workers right while they serve a queue. */
  Optional<Scaler> scaler(Generation generation) {
    return drains.stream()
        .filter(drain -> drain.generation() == generation)
        .map(SocketDrain::scaler)
        .findFirst();
  }

  /**
   * Takes a socket back that listens at an address the pool wants again: a port that is still bound
   * cannot be bound anew.
   */
  Optional<SocketDrain> takeBack(String address) {
    Optional<SocketDrain> taken =
        drains.stream()
            .filter(drain -> drain.socket().address().text().equals(address))
            .filter(SocketDrain::takeBack)
            .findFirst();
    taken.ifPresent(drains::remove);
    return taken;
  }

  /** Waits for no queue any longer. */
  void finish() {
    List.copyOf(drains).forEach(SocketDrain::finish);
  }
}
