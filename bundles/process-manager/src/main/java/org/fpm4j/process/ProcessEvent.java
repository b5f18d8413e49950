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
    WORKER_STARTED("worker.started"),
    WORKER_EXITED("worker.exited"),
    POOL_SATURATED("pool.saturated"),
    POOL_RELIEVED("pool.relieved"),
    POOL_FAILED("pool.failed"),
    POOL_RECOVERED("pool.recovered"),
    /** The last process of a removed pool has gone; no snapshot shows the pool any more. */
    POOL_REMOVED("pool.removed"),
    GENERATION_READY("generation.ready"),
    GENERATION_FAILED("generation.failed"),
    RELOAD_DONE("reload.done"),
    CONFIGURATION_APPLIED("configuration.applied"),
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
