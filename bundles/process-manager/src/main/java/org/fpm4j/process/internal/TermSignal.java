package org.fpm4j.process.internal;

import java.time.Duration;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;

/**
 * What TERM means: the end of all requests, as php-fpm has it, or where a stop timeout is set, a
 * graceful stop that turns into that when the time is over or a second TERM comes. For supervisors,
 * such as container engines, that know no other signal. Event loop only.
 */
final class TermSignal {

  private final EventLoop loop;
  private final Log log;
  private final Master master;
  private final Duration stopTimeout;
  private Timer end;

  /** A timeout of zero is none. */
  TermSignal(EventLoop loop, Log log, Master master, Duration stopTimeout) {
    this.loop = loop;
    this.log = log;
    this.master = master;
    this.stopTimeout = stopTimeout;
  }

  void received() {
    if (stopTimeout.isZero() || end != null) {
      master.stop(false);
      return;
    }
    end = loop.schedule(stopTimeout, this::onTimeout);
    master.stop(true);
  }

  private void onTimeout() {
    log.warning("requests did not end within the stop timeout (%d s)", stopTimeout.toSeconds());
    master.stop(false);
  }
}
