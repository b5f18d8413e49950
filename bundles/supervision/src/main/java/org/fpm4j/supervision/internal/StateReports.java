package org.fpm4j.supervision.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;
import org.fpm4j.posix.PosixException;

/**
 * Delivers messages in order as far as the service manager takes them. One that says what state the
 * master is in waits while the manager's queue is full; any other is dropped then, as the next one
 * says the same. A socket that is gone is logged once and nothing is kept for it. Event loop only.
 */
final class StateReports {

  private static final Duration RETRY = Duration.ofMillis(100);

  /** More than a stop after a reload after a start; beyond it nobody reads any more. */
  private static final int KEPT = 16;

  private final NotifySocket socket;
  private final EventLoop loop;
  private final Log log;
  private final Deque<String> unsent = new ArrayDeque<>();
  private Timer retry;
  private boolean unreachable;

  StateReports(NotifySocket socket, EventLoop loop, Log log) {
    this.socket = socket;
    this.loop = loop;
    this.log = log;
  }

  /** Sends a message that must arrive. */
  void state(String assignments) {
    if (unsent.size() == KEPT) {
      unsent.remove();
    }
    unsent.add(assignments);
    if (retry == null) {
      flush();
    }
  }

  /** Sends a message that is soon followed by a newer one. */
  void passing(String assignments) {
    if (unsent.isEmpty()) {
      send(assignments);
    }
  }

  private void flush() {
    retry = null;
    while (!unsent.isEmpty()) {
      if (!send(unsent.peek())) {
        retry = loop.schedule(RETRY, this::flush);
        return;
      }
      unsent.remove();
    }
  }

  /** Returns false if it is worth another try. */
  private boolean send(String assignments) {
    try {
      boolean sent = socket.send(assignments);
      unreachable = unreachable && !sent;
      return sent;
    } catch (PosixException | IllegalArgumentException e) {
      if (!unreachable) {
        log.warning("the service manager cannot be notified: %s", e.getMessage());
        unreachable = true;
      }
      return true;
    }
  }

  /** Gives up what was not delivered. */
  void close() {
    unsent.clear();
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }
}
