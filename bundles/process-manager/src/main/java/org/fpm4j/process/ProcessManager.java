package org.fpm4j.process;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The process manager: what it runs, and the orders it takes.
 *
 * <p>Thread-safe. Snapshots are read from the scoreboards on the calling thread and never wait for
 * the event loop. Orders are carried out on the event loop; their futures complete with one line
 * that says what happened, or exceptionally with {@link IllegalArgumentException} (no such pool or
 * worker) or {@link IllegalStateException} (the order cannot be carried out now), both with a
 * message for the operator.
 */
@ProviderType
public interface ProcessManager {

  /** Returns the master as it is now. */
  MasterSnapshot master();

  /** Returns all pools as they are now, by name. */
  List<PoolSnapshot> pools();

  /** Returns one pool as it is now, empty if there is none of that name. */
  Optional<PoolSnapshot> pool(String name);

  /**
   * Rolls every pool to a new generation with a fresh opcache (php-fpm's USR2). Completes when all
   * new generations serve, or exceptionally when one of them did not come up; that pool's old
   * generation then goes on.
   */
  CompletableFuture<String> reload();

  /** Rolls one pool to a new generation; see {@link #reload()}. */
  CompletableFuture<String> reload(String pool);

  /** Lets a worker finish its request and exit; a new one takes its place if the pool needs it. */
  CompletableFuture<String> retire(String pool, int pid);

  /** Ends a worker at once with SIGKILL; its request is lost. */
  CompletableFuture<String> kill(String pool, int pid);

  /** Reopens the logs (php-fpm's USR1). */
  CompletableFuture<String> reopenLogs();

  /**
   * Stops everything and the master with it. Completes when the order is accepted.
   *
   * @param graceful true lets requests finish (php-fpm's QUIT), false ends them (TERM)
   */
  CompletableFuture<String> stop(boolean graceful);
}
