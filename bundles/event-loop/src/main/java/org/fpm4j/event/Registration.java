package org.fpm4j.event;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** A watched descriptor or a set of received signals. */
@ProviderType
public interface Registration extends AutoCloseable {
  /**
   * Reports the descriptor again, after {@link Mode#ONE_SHOT} has reported it; otherwise without
   * effect.
   *
   * @throws UnsupportedOperationException if this is a registration for signals
   */
  void rearm();

  /**
   * Changes the interest; arms too.
   *
   * @throws UnsupportedOperationException if this is a registration for signals
   */
  void interest(Set<Interest> interest);

  /** Whether it has been closed. */
  boolean isClosed();

  /**
   * Ends it. On the loop's thread the handler is not called any more once this returns; on another
   * thread a call may be under way. Closing again does nothing.
   */
  @Override
  void close();
}
