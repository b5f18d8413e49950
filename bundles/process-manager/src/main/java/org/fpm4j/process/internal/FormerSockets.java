package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.fpm4j.event.EventLoop;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;

/**
 * The sockets a pool is leaving: those of addresses it has moved from, and its last one when the
 * pool goes. Event loop only.
 */
final class FormerSockets {

  private final EventLoop loop;
  private final Log log;
  private final PoolStatus status;
  private final Predicate<Generation> canBeServed;
  private final BiFunction<ListeningSocket, Generation, Scaler> scalers;
  private final List<SocketDrain> drains = new ArrayList<>();

  /** The one of an address that a booting generation is to serve again; else null. */
  private SocketDrain takenBack;

  /**
   * A pool's, of which it has none yet.
   *
   * @param canBeServed whether a generation has workers or may get some
   * @param scalers make who keeps the number of a generation's workers right at a socket
   */
  FormerSockets(
      EventLoop loop,
      Log log,
      PoolStatus status,
      Predicate<Generation> canBeServed,
      BiFunction<ListeningSocket, Generation, Scaler> scalers) {
    this.loop = loop;
    this.log = log;
    this.status = status;
    this.canBeServed = canBeServed;
    this.scalers = scalers;
  }

  /** Lets a generation serve the queue of a socket, then go. */
  void leave(ListeningSocket socket, Generation generation) {
    leave(socket, generation, scalers.apply(socket, generation));
  }

  /** As {@link #leave(ListeningSocket, Generation)}, with the scaler it has. */
  void leave(ListeningSocket socket, Generation generation, Scaler scaler) {
    SocketDrain drain =
        new SocketDrain(
            loop,
            log,
            socket,
            generation,
            scaler,
            () -> canBeServed.test(generation),
            this::onLeft);
    drains.add(drain);
    drain.begin();
  }

  /** The pool's own socket stays open to the pool's end: others look at its queue too. */
  private void onLeft(SocketDrain drain) {
    drains.remove(drain);
    if (drain.socket() != status.socket) {
      drain.socket().close();
    }
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
   * Takes a socket back that listens at an address the pool wants again, for a generation that
   * boots: a port that is still bound cannot be bound anew.
   */
  Optional<ListeningSocket> takeBack(String address) {
    takenBack =
        drains.stream()
            .filter(drain -> drain.socket().address().text().equals(address))
            .filter(SocketDrain::takeBack)
            .findFirst()
            .orElse(null);
    drains.remove(takenBack);
    return Optional.ofNullable(takenBack).map(SocketDrain::socket);
  }

  /** The generation that boots serves the socket that was taken back for it. */
  void onBooted() {
    takenBack = null;
  }

  /** That generation did not come up: its socket is left as before. */
  void onBootFailed() {
    if (takenBack != null) {
      SocketDrain again = takenBack;
      takenBack = null;
      leave(again.socket(), again.generation());
    }
  }

  /** Waits for no queue any longer. */
  void finish() {
    List.copyOf(drains).forEach(SocketDrain::finish);
  }
}
