package org.fpm4j.process.internal;

import org.fpm4j.config.ProcessManagerSettings;

/**
 * One process manager mode: how many workers a pool should get or give up. Decisions only; the pool
 * carries them out within {@code pm.max_children} and {@code process.max}. Not thread-safe: one
 * instance belongs to one pool and is called on the event loop.
 */
interface ScalingPolicy {

  /** What a tick decided: at most one of the numbers is above 0. */
  record Decision(int spawn, int retire, int busyRate) {
    static final Decision NOTHING = new Decision(0, 0, 0);

    static Decision spawn(int workers, int busyRate) {
      return new Decision(workers, 0, busyRate);
    }

    static Decision retire(int workers) {
      return new Decision(0, workers, 0);
    }
  }

  /** Returns how many workers a new generation starts with when nothing else is known. */
  int startWorkers();

  /**
   * Returns how many workers the connections that wait now need beyond those that will take one
   * anyway. May exceed what the limits allow; the pool then counts that the limit was reached.
   */
  int onQueue(Load load);

  /** Called once a second: tops up spares, retires surplus. */
  Decision onTick(Load load);

  /** Returns how many workers follow one that ended without having been told to. */
  int onExit(Load load);

  /** Returns the policy of {@code pm} with its settings. */
  static ScalingPolicy of(ProcessManagerSettings pm) {
    return switch (pm.mode()) {
      case STATIC -> new StaticPolicy(pm.maxChildren());
      case DYNAMIC ->
          new DynamicPolicy(
              pm.startServers(), pm.minSpareServers(), pm.maxSpareServers(), pm.maxSpawnRate());
      case ONDEMAND -> new OndemandPolicy();
    };
  }
}
