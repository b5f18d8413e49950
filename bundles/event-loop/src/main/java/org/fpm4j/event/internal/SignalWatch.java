package org.fpm4j.event.internal;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.SignalHandler;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Signal;
import org.fpm4j.posix.SignalDescriptor;

/** A registration for signals: a signalfd of its own and the watch of that. */
final class SignalWatch implements Registration {
  private final PollerEventLoop loop;
  private final Set<Signal> signals;
  private final SignalHandler handler;
  private final SignalDescriptor descriptor;
  private final Registration watch;

  /** Not the watch's own flag: signals may be delivered before that field is assigned. */
  private final AtomicBoolean closed = new AtomicBoolean();

  SignalWatch(PollerEventLoop loop, Set<Signal> signals, SignalHandler handler)
      throws PosixException {
    this.loop = loop;
    this.signals = EnumSet.copyOf(signals);
    this.handler = handler;
    this.descriptor = SignalDescriptor.open(signals);
    try {
      this.watch =
          loop.watch(
              descriptor.descriptor(), Set.of(Interest.READ), Mode.LEVEL, ready -> deliverAll());
    } catch (RuntimeException refused) {
      descriptor.close();
      throw refused;
    }
  }

  private void deliverAll() throws PosixException {
    while (!closed.get()) {
      Optional<SignalDescriptor.Received> received = descriptor.read();
      if (received.isEmpty()) {
        return;
      }
      Signal signal = received.get().signal();
      int sender = received.get().senderPid();
      loop.guard(handler, () -> handler.onSignal(signal, sender));
    }
  }

  @Override
  public void rearm() {
    throw new UnsupportedOperationException("a registration for signals is always armed");
  }

  @Override
  public void interest(Set<Interest> interest) {
    throw new UnsupportedOperationException("a registration for signals has no interest");
  }

  @Override
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      watch.close();
      loop.executeUnlessClosed(descriptor::close);
      loop.release(signals);
    }
  }

  @Override
  public String toString() {
    return "registration for " + signals;
  }
}
