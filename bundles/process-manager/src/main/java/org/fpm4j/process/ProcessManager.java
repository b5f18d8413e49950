package org.fpm4j.process;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.config.PoolSettings;
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
   * Lets a pool take no more requests: its workers finish those they have and go. The listening
   * socket stays open, so clients that come wait in the listen queue, as long as there is room and
   * they are patient. Lasts, also over reloads, changed settings and a new master, until {@link
   * #resume}. Completes when the workers are told.
   */
  CompletableFuture<String> drain(String pool);

  /** Ends {@link #drain}: workers are started as at the pool's start. */
  CompletableFuture<String> resume(String pool);

  /** Begins anew to look for the most active workers and the longest listen queue of a pool. */
  CompletableFuture<String> resetMaxima(String pool);

  /** Returns a pool's settings in force, empty if there is none of that name. */
  Optional<PoolSettings> settings(String pool);

  /**
   * Stops everything and the master with it once all requests are finished (php-fpm's QUIT).
   * Completes when the order is accepted.
   */
  CompletableFuture<String> finish();

  /** As {@link #finish()}, but ends the requests (TERM). */
  CompletableFuture<String> terminate();
}
