package org.fpm4j.process.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;

/**
 * The end of a listening socket without a loss: nobody is let in any more, whoever waits in its
 * queue is still served by the workers there, and only then may they go. The kernel tells nobody
 * that a queue has become empty, so it is looked at {@link #EVERY} few milliseconds. Event loop
 * only.
 */
final class SocketDrain {

  static final Duration EVERY = Duration.ofMillis(10);

  private final EventLoop loop;
  private final Log log;
  private final ListeningSocket socket;
  private final Generation generation;
  private final Scaler scaler;
  private final BooleanSupplier canBeServed;
  private final Consumer<SocketDrain> onEmpty;
  private Duration arrival = Duration.ZERO;
  private long emptySinceNanos;
  private Timer look;
  private boolean over;

  /**
   * Assigns only; see {@link #begin}.
   *
   * @param generation whose workers accept from the socket
   * @param scaler forks more of them while connections wait; closed at the end
   * @param canBeServed whether the generation has workers or may get some; else nobody waits
   * @param onEmpty called once at the end, with the generation told to go and the socket still open
   */
  SocketDrain(
      EventLoop loop,
      Log log,
      ListeningSocket socket,
      Generation generation,
      Scaler scaler,
      BooleanSupplier canBeServed,
      Consumer<SocketDrain> onEmpty) {
    this.loop = loop;
    this.log = log;
    this.socket = socket;
    this.generation = generation;
    this.scaler = scaler;
    this.canBeServed = canBeServed;
    this.onEmpty = onEmpty;
  }

  ListeningSocket socket() {
    return socket;
  }

  Generation generation() {
    return generation;
  }

  Scaler scaler() {
    return scaler;
  }

  /**
   * Lets nobody in any more. A socket that is somebody else's stays open with its queue, so there
   * is nothing to wait for.
   */
  void begin() {
    if (socket.isBorrowed()) {
      finish();
      return;
    }
    try {
      arrival = socket.turnAway();
      emptySinceNanos = loop.nanoTime();
      look = loop.scheduleAtFixedRate(EVERY, this::look);
    } catch (IOException e) {
      log.warning("%s does not turn connections away: %s", socket.key(), e.getMessage());
      finish();
    }
  }

  private void look() {
    try {
      if (!canBeServed.getAsBoolean()) {
        finish();
      } else if (socket.hasWaiting()) {
        emptySinceNanos = loop.nanoTime();
      } else if (loop.nanoTime() - emptySinceNanos >= arrival.toNanos()) {
        finish();
      }
    } catch (IOException e) {
      log.warning("the listen queue of %s cannot be seen: %s", socket.key(), e.getMessage());
      finish();
    }
  }

  /**
   * Lets newcomers in again, for another generation to serve; nothing is reported any more.
   *
   * @return false if that is impossible, and the drain goes on
   */
  boolean takeBack() {
    try {
      if (over || !socket.welcome()) {
        return false;
      }
    } catch (IOException e) {
      log.warning("%s does not take connections again: %s", socket.key(), e.getMessage());
      return false;
    }
    close();
    return true;
  }

  /** Waits no longer: whoever waits in the queue is turned out. */
  void finish() {
    if (over) {
      return;
    }
    close();
    generation.drain();
    if (!socket.isBorrowed()) {
      try {
        socket.refuse();
      } catch (IOException e) {
        log.warning("%s does not refuse connections: %s", socket.key(), e.getMessage());
      }
    }
    onEmpty.accept(this);
  }

  private void close() {
    over = true;
    if (look != null) {
      look.cancel();
    }
    scaler.close();
  }
}
