package org.fpm4j.process.internal;

/** {@code pm = static}: always {@code pm.max_children} workers. */
record StaticPolicy(int maxChildren) implements ScalingPolicy {

  @Override
  public int startWorkers() {
    return maxChildren;
  }

  @Override
  public int onQueue(Load load) {
    return 0;
  }

  @Override
  public Decision onTick(Load load) {
    return load.running() > maxChildren
        ? Decision.retire(load.running() - maxChildren)
        : Decision.spawn(maxChildren - load.running(), 0);
  }

  @Override
  public int onExit(Load load) {
    return Math.max(0, maxChildren - load.running());
  }
}
