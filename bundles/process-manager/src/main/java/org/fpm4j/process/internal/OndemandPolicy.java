package org.fpm4j.process.internal;

/**
 * {@code pm = ondemand}: workers only for connections that wait; those idle for {@code
 * pm.process_idle_timeout} go. php-fpm retires one of them a second, here all that are due.
 */
record OndemandPolicy() implements ScalingPolicy {

  @Override
  public int startWorkers() {
    return 0;
  }

  @Override
  public int onQueue(Load load) {
    return load.unattended();
  }

  @Override
  public Decision onTick(Load load) {
    return load.expired() > 0 ? Decision.retire(load.expired()) : Decision.NOTHING;
  }

  @Override
  public int onExit(Load load) {
    return 1;
  }
}
