package org.fpm4j.event.internal;

import java.util.Set;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.ReadyHandler;
import org.fpm4j.event.Registration;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Poller;

/**
 * A watched descriptor. All fields but {@code closed} belong to the loop's thread; methods called
 * on another thread post themselves.
 */
final class Watch implements Registration {
  private static final Set<Interest> NEITHER = Set.of();
  private static final Set<Interest> READ = Set.of(Interest.READ);
  private static final Set<Interest> WRITE = Set.of(Interest.WRITE);
  private static final Set<Interest> BOTH = Set.of(Interest.READ, Interest.WRITE);

  final Descriptor descriptor;
  final int number;
  final ReadyHandler handler;

  /** The round of the loop it was added in: what that round's wait found is not about it. */
  long addedIn;

  private final PollerEventLoop loop;
  private final boolean oneShot;
  private int interest;
  private boolean armed = true;
  private volatile boolean closed;

  Watch(
      PollerEventLoop loop,
      Descriptor descriptor,
      Set<Interest> interest,
      Mode mode,
      ReadyHandler handler) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.number = descriptor.number();
    this.interest = bits(interest);
    this.oneShot = mode == Mode.ONE_SHOT;
    this.handler = handler;
  }

  private static int bits(Set<Interest> interest) {
    return (interest.contains(Interest.READ) ? Poller.READ : 0)
        | (interest.contains(Interest.WRITE) ? Poller.WRITE : 0);
  }

  /** The interest as the poller takes it. */
  int pollerInterest() {
    return oneShot ? interest | Poller.ONE_SHOT : interest;
  }

  /**
   * What the handler is to be told, given what the poller saw: empty if nothing. A one-shot watch
   * falls silent by being told something.
   */
  Set<Interest> tell(int ready) {
    int wanted = closed || !armed ? 0 : ready & interest;
    if (wanted != 0 && oneShot) {
      armed = false;
    }
    return switch (wanted) {
      case Poller.READ -> READ;
      case Poller.WRITE -> WRITE;
      case Poller.READ | Poller.WRITE -> BOTH;
      default -> NEITHER;
    };
  }

  @Override
  public void rearm() {
    loop.execute(
        () -> {
          if (!armed && !closed) {
            armed = true;
            loop.modify(this);
          }
        });
  }

  @Override
  public void interest(Set<Interest> wanted) {
    int bits = bits(wanted);
    loop.execute(
        () -> {
          if (!closed && (bits != interest || !armed)) {
            interest = bits;
            armed = true;
            loop.modify(this);
          }
        });
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      loop.executeUnlessClosed(() -> loop.remove(this));
    }
  }

  @Override
  public String toString() {
    return "watch of " + descriptor;
  }
}
