package org.fpm4j.process.internal;

/**
 * {@code pm = dynamic}: between {@code pm.min_spare_servers} and {@code pm.max_spare_servers} idle
 * workers. The tick is php-fpm's ({@code fpm_pctl_perform_idle_server_maintenance}): it tops up
 * spares by 1, 2, 4 … up to {@code pm.max_spawn_rate} a second and retires one surplus worker a
 * second. Waiting connections do not wait for it: they are given workers at once.
 */
final class DynamicPolicy implements ScalingPolicy {

  /** From this rate on php-fpm calls the pool busy. */
  private static final int BUSY_RATE = 8;

  private final int startServers;
  private final int minSpareServers;
  private final int maxSpareServers;
  private final int maxSpawnRate;
  private int rate = 1;

  DynamicPolicy(int startServers, int minSpareServers, int maxSpareServers, int maxSpawnRate) {
    this.startServers = startServers;
    this.minSpareServers = minSpareServers;
    this.maxSpareServers = maxSpareServers;
    this.maxSpawnRate = maxSpawnRate;
  }

  @Override
  public int startWorkers() {
    return startServers;
  }

  @Override
  public int onQueue(Load load) {
    return load.unattended();
  }

  @Override
  public Decision onTick(Load load) {
    if (load.idle() > maxSpareServers) {
      rate = 1;
      return Decision.retire(1);
    }
    int missing = minSpareServers - load.idle() - load.starting();
    if (missing <= 0) {
      rate = 1;
      return Decision.NOTHING;
    }
    Decision decision = Decision.spawn(Math.min(rate, missing), rate >= BUSY_RATE ? rate : 0);
    if (rate < maxSpawnRate) {
      rate *= 2;
    }
    return decision;
  }

  @Override
  public int onExit(Load load) {
    return 1;
  }
}
