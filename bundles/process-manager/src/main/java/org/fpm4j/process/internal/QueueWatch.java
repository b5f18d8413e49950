package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.EnumSet;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.listener.ListeningSocket;

/**
 * Tells that a connection waits in a pool's listen queue. Under load every connection makes the
 * listening socket readable for a moment, until an idle worker takes it; so after each report the
 * watch rests for {@link #REST}: a pool costs its master at most 100 wake-ups a second however many
 * requests it serves, and a quiet pool none.
 *
 * <p>Event loop only.
 */
final class QueueWatch implements AutoCloseable {

  static final Duration REST = Duration.ofMillis(10);

  private final EventLoop loop;
  private final Runnable onWaiting;
  private final Registration registration;
  private Timer rest;
  private boolean armed = true;
  private boolean closed;

  QueueWatch(EventLoop loop, ListeningSocket socket, Runnable onWaiting) {
    this.loop = loop;
    this.onWaiting = onWaiting;
    this.registration =
        loop.watch(
            socket.descriptor(), EnumSet.of(Interest.READ), Mode.ONE_SHOT, ready -> report());
  }

  private void report() {
    armed = false;
    onWaiting.run();
  }

  /** Watches again after the rest; nothing to do when it watches or rests already. */
  void resume() {
    if (!armed && rest == null && !closed) {
      rest = loop.schedule(REST, this::rearm);
    }
  }

  private void rearm() {
    rest = null;
    armed = true;
    registration.rearm();
  }

  @Override
  public void close() {
    closed = true;
    if (rest != null) {
      rest.cancel();
    }
    registration.close();
  }
}
