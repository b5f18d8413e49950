package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;

/**
 * Reaps children that this master did not make: it adopts what its descendants leave behind, and as
 * process 1 of a container every orphan there is. Event loop only.
 *
 * <p>The kernel shows one ended child at a time. While that is one of ours, whose end its pidfd
 * reports in this turn of the loop or the next, others wait behind it.
 */
final class UnknownChildren {

  private static final Duration OURS_ARE_REAPED = Duration.ofMillis(100);

  private final EventLoop loop;
  private final Log log;
  private final IntPredicate ours;
  private Timer again;

  /**
   * Assigns only.
   *
   * @param ours whether the process with this id is a zygote or worker that is watched
   */
  UnknownChildren(EventLoop loop, Log log, IntPredicate ours) {
    this.loop = loop;
    this.log = log;
    this.ours = ours;
  }

  /** A child has ended (CHLD). */
  void onChildEnded() {
    if (again == null) {
      reap();
    }
  }

  private void reap() {
    again = null;
    try {
      for (OptionalInt pid = Processes.endedChild();
          pid.isPresent();
          pid = Processes.endedChild()) {
        int child = pid.getAsInt();
        if (ours.test(child)) {
          again = loop.schedule(OURS_ARE_REAPED, this::reap);
          return;
        }
        Processes.poll(child)
            .ifPresent(exit -> log.debug("unknown child (%d) %s", child, exit.toString()));
      }
    } catch (PosixException e) {
      log.error("ended children cannot be told: %s", e.getMessage());
    }
  }
}
