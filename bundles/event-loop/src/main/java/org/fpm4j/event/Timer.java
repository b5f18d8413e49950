package org.fpm4j.event;

import org.osgi.annotation.versioning.ProviderType;

/** A task that waits for its time. */
@ProviderType
public interface Timer {
  /**
   * Prevents further runs. On the loop's thread the task does not run any more once this returns.
   * Allowed after the loop was closed.
   *
   * @return whether a run was prevented: false if it had run, or was cancelled, before
   */
  boolean cancel();

  /** Whether a run is still to come. */
  boolean isPending();
}
