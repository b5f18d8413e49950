package org.fpm4j.event;

import java.io.IOException;
import org.fpm4j.event.internal.PollerEventLoop;
import org.osgi.annotation.versioning.ProviderType;

/** Makes event loops outside of OSGi; inside, take the {@link EventLoop} service. */
public final class EventLoops {
  private EventLoops() {}

  /** A loop with the means to end it. */
  @ProviderType
  public interface Running extends EventLoop, AutoCloseable {
    /**
     * Ends the loop's thread after the handler that runs now and waits for that, unless called by
     * that handler. Tasks and timers left are dropped, descriptors stay open. Closing again does
     * nothing.
     */
    @Override
    void close();
  }

  /**
   * Starts a loop that leaves signals alone.
   *
   * @param mechanism {@code epoll}, {@code poll}, {@code select} or {@code auto} for the best
   * @param name the thread's name
   * @throws IllegalArgumentException {@code event mechanism '…' is not available on this system}
   * @throws IOException if descriptors have run out
   */
  public static Running start(String mechanism, String name) throws IOException {
    return PollerEventLoop.start(mechanism, name, false);
  }

  /**
   * Starts a loop that receives signals, provided the process was started with them blocked; if
   * not, {@link EventLoop#signalsAvailable} is false. Arguments and errors as of {@link #start}.
   */
  public static Running startWithSignals(String mechanism, String name) throws IOException {
    return PollerEventLoop.start(mechanism, name, true);
  }
}
