package org.fpm4j.process;

/**
 * Something that happened to a pool or the master, told once.
 *
 * @param type what happened
 * @param pool the pool's name, empty for the master
 * @param pid the process concerned, 0 if none
 * @param text one line in php-fpm's words
 * @param epochMs when, milliseconds since 1970
 */
public record ProcessEvent(Type type, String pool, int pid, String text, long epochMs) {

  /** The kinds of events; {@link #dotted()} is the name JMX notifications carry. */
  public enum Type {
    /** A worker was forked; {@code pid} is the worker's. */
    WORKER_STARTED("worker.started"),
    /** A worker has ended, the text says how; {@code pid} is the worker's. */
    WORKER_EXITED("worker.exited"),
    /** A connection waits and {@code pm.max_children} stands in the way of a worker for it. */
    POOL_SATURATED("pool.saturated"),
    /** After {@link #POOL_SATURATED}: a tick found an idle worker and nobody waiting. */
    POOL_RELIEVED("pool.relieved"),
    /** An operator drained the pool: it takes no requests. */
    POOL_DRAINED("pool.drained"),
    /** After {@link #POOL_DRAINED}: the pool takes requests again. */
    POOL_RESUMED("pool.resumed"),
    /** No worker can be started; the pool is tried again every ten seconds. */
    POOL_FAILED("pool.failed"),
    /** After {@link #POOL_FAILED}: the pool serves. */
    POOL_RECOVERED("pool.recovered"),
    /** The last process of a removed pool has gone; no snapshot shows the pool any more. */
    POOL_REMOVED("pool.removed"),
    /** Workers are forked from a new generation; {@code pid} is its zygote's. */
    GENERATION_READY("generation.ready"),
    /** A generation did not come up, the text says why; the old one, if any, serves on. */
    GENERATION_FAILED("generation.failed"),
    /**
     * Crashes have used up {@code emergency_restart_threshold}: a new generation, whose {@link
     * #GENERATION_READY} or {@link #GENERATION_FAILED} follows, takes over.
     */
    EMERGENCY_RENEWAL("emergency.renewal"),
    /**
     * A new generation has taken over from an older one, whether an order, an edit or a crash made
     * it; workers of the older one may still finish requests. {@code pid} is the new zygote's.
     */
    RELOAD_DONE("reload.done"),
    /**
     * Changed settings are in force, or a roll to them has begun; the text names the directives.
     */
    CONFIGURATION_APPLIED("configuration.applied"),
    /** A configuration, of the pool or, with no pool, of the master, is wrong and was not taken. */
    CONFIGURATION_REJECTED("configuration.rejected"),
    /** Every pool of the first configuration serves or has failed; told once. */
    MASTER_READY("master.ready"),
    /** A reload of all pools begins; each is followed by one {@link #MASTER_RELOADED}. */
    MASTER_RELOADING("master.reloading"),
    /** A reload of all pools is over; the text says how it went. */
    MASTER_RELOADED("master.reloaded"),
    /** A stop begins, or a harder one overtakes it. */
    MASTER_STOPPING("master.stopping");

    private final String dotted;

    Type(String dotted) {
      this.dotted = dotted;
    }

    /** Returns the dotted type under {@code org.fpm4j}, for example {@code worker.exited}. */
    public String dotted() {
      return dotted;
    }
  }
}
