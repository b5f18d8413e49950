package org.fpm4j.event.internal;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.fpm4j.event.EventLoops;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;

/**
 * A program for {@link SignalDeliveryTest}: prints every signal it receives, ends on the second
 * TERM.
 */
final class SignalProbe {
  private SignalProbe() {}

  public static void main(String[] arguments) throws Exception {
    CountDownLatch ended = new CountDownLatch(2);
    try (EventLoops.Running loop = EventLoops.startWithSignals("epoll", "probe")) {
      System.out.println("available " + loop.signalsAvailable());
      Set<Signal> others = EnumSet.copyOf(PollerEventLoop.NEEDED_SIGNALS);
      others.remove(Signal.SIGTERM);
      loop.onSignal(others, (signal, sender) -> System.out.println(signal + " " + sender));
      loop.onSignal(
          Set.of(Signal.SIGTERM),
          (signal, sender) -> {
            System.out.println(signal + " " + sender);
            ended.countDown();
          });
      System.out.println("ready " + Processes.pid());
      ended.await();
    }
  }
}
