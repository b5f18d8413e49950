package org.fpm4j.process;

/** Where a pool stands in its life. */
public enum PoolState {
  /** The first zygote boots; connections wait in the listen queue. */
  STARTING,
  /** One generation serves. */
  RUNNING,
  /**
   * A new generation boots or takes over from the old one; both serve the same listening socket.
   */
  RELOADING,
  /**
   * An operator drained it: no requests are taken, connections wait in the listen queue; workers
   * that have a request finish it.
   */
  DRAINED,
  /** No worker could be started: the pool waits and tries again slowly; the others go on. */
  FAILED,
  /** The pool was removed or the master stops: workers finish their requests, none is started. */
  DRAINING,
  /** Nothing of the pool runs any more. */
  STOPPED
}
