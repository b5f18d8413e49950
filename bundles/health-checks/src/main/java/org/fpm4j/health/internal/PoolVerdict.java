package org.fpm4j.health.internal;

import java.util.Locale;
import java.util.Optional;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;

/** A pool's health, in the two ways orchestrators ask for it. Any thread. */
enum PoolVerdict {
  /**
   * Whether anything but a restart or an operator helps: only a pool that has failed is not live.
   */
  LIVE("live") {
    @Override
    Result of(PoolSnapshot pool) {
      return switch (pool.state()) {
        case FAILED -> new Result(Result.Status.CRITICAL, "failed: " + pool.lastError());
        case STOPPED -> new Result(Result.Status.CRITICAL, "stopped");
        default -> new Result(Result.Status.OK, figures(pool));
      };
    }
  },

  /** Whether the pool takes requests now. */
  READY("ready") {
    @Override
    Result of(PoolSnapshot pool) {
      return switch (pool.state()) {
        case STARTING, DRAINED, DRAINING ->
            new Result(
                Result.Status.TEMPORARILY_UNAVAILABLE,
                pool.state().name().toLowerCase(Locale.ROOT));
        case FAILED, STOPPED -> LIVE.of(pool);
        default ->
            pool.idle() == 0 && pool.total() >= pool.maxChildren() && pool.listenQueue() > 0
                ? new Result(Result.Status.WARN, "saturated: " + figures(pool))
                : new Result(Result.Status.OK, figures(pool));
      };
    }
  };

  private final String tag;

  PoolVerdict(String tag) {
    this.tag = tag;
  }

  /** The tag health checks are asked for by. */
  String tag() {
    return tag;
  }

  /** The verdict on a pool. */
  abstract Result of(PoolSnapshot pool);

  /** A check of the pool of this name, for as long as there is one. */
  HealthCheck check(ProcessManager manager, String name) {
    return () -> {
      Optional<PoolSnapshot> pool = manager.pool(name);
      return pool.map(this::of)
          .orElseGet(() -> new Result(Result.Status.CRITICAL, "no pool " + name + " any more"));
    };
  }

  private static String figures(PoolSnapshot pool) {
    return "%d idle, %d active of %d, %d in the queue"
        .formatted(pool.idle(), pool.active(), pool.maxChildren(), pool.listenQueue());
  }
}
