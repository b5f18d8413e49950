package org.fpm4j.stack;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads the PHP stacks of the process manager's workers, as an OSGi service that is made when it is
 * first asked for. Any thread; only the caller's is used. The workers run on and notice nothing.
 */
@ProviderType
public interface PhpStacks {

  /** Most frames that are read of one stack. */
  int MOST_FRAMES = 500;

  /**
   * Returns the stacks of all workers of a pool, of all generations; empty if there is no such
   * pool.
   */
  Optional<List<WorkerStack>> ofPool(String pool);

  /** Returns the stack of one worker of any pool; empty if no worker has this process id. */
  Optional<WorkerStack> ofWorker(int pid);

  /**
   * Samples the stacks of a pool's workers again and again, waiting between. Only one profile at a
   * time is made.
   *
   * @param length at least 1 s
   * @param hertz samples of each worker per second, 1 to 999
   * @throws IllegalArgumentException if there is no such pool, or a number is out of its range
   * @throws IllegalStateException if another profile is being made
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  Profile profile(String pool, Duration length, int hertz) throws InterruptedException;
}
