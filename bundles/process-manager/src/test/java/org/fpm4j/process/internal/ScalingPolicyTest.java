package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.fpm4j.process.internal.ScalingPolicy.Decision;
import org.junit.jupiter.api.Test;

class ScalingPolicyTest {

  private static Load load(int running, int idle, int starting, int queued) {
    return new Load(running, idle, starting, queued, 0, 0);
  }

  @Test
  void staticPoolIsAlwaysFilledAndNeverGrowsByQueue() {
    ScalingPolicy policy = new StaticPolicy(8);
    assertEquals(8, policy.startWorkers());
    assertEquals(0, policy.onQueue(load(8, 0, 0, 50)));
    assertEquals(2, policy.onExit(load(6, 6, 0, 0)));
    assertEquals(Decision.spawn(1, 0), policy.onTick(load(7, 7, 0, 0)));
  }

  @Test
  void staticPoolGivesUpWorkersWhenItsLimitWasLowered() {
    assertEquals(Decision.retire(3), new StaticPolicy(5).onTick(load(8, 8, 0, 0)));
  }

  @Test
  void dynamicPoolGivesEveryWaitingConnectionAWorkerAtOnce() {
    ScalingPolicy policy = new DynamicPolicy(2, 2, 8, 32);
    assertEquals(198, policy.onQueue(load(4, 1, 1, 200)));
    assertEquals(0, policy.onQueue(load(4, 1, 1, 2)));
  }

  @Test
  void idleKeptAliveWorkersAreCountedOnBeforeNewOnesAreForked() {
    ScalingPolicy policy = new DynamicPolicy(2, 2, 8, 32);
    assertEquals(0, policy.onQueue(new Load(8, 0, 0, 3, 8, 0)));
    assertEquals(1, policy.onQueue(new Load(8, 0, 0, 3, 2, 0)));
  }

  @Test
  void dynamicPoolTopsUpSparesAtADoublingRateUpToMaxSpawnRate() {
    ScalingPolicy policy = new DynamicPolicy(2, 20, 40, 5);
    Load hungry = load(2, 0, 0, 0);
    assertEquals(Decision.spawn(1, 0), policy.onTick(hungry));
    assertEquals(Decision.spawn(2, 0), policy.onTick(hungry));
    assertEquals(Decision.spawn(4, 0), policy.onTick(hungry));
    assertEquals(Decision.spawn(8, 8), policy.onTick(hungry));
    assertEquals(Decision.spawn(8, 8), policy.onTick(hungry));
  }

  @Test
  void aSatisfiedTickResetsTheSpawnRate() {
    ScalingPolicy policy = new DynamicPolicy(2, 4, 8, 32);
    policy.onTick(load(2, 0, 0, 0));
    policy.onTick(load(3, 0, 0, 0));
    assertEquals(Decision.NOTHING, policy.onTick(load(8, 4, 0, 0)));
    assertEquals(Decision.spawn(1, 0), policy.onTick(load(8, 0, 0, 0)));
  }

  @Test
  void dynamicPoolRetiresOneSurplusWorkerATick() {
    assertEquals(Decision.retire(1), new DynamicPolicy(2, 2, 8, 32).onTick(load(20, 20, 0, 0)));
  }

  @Test
  void ondemandPoolStartsWithNobodyAndRetiresAllThatExpired() {
    ScalingPolicy policy = new OndemandPolicy();
    assertEquals(0, policy.startWorkers());
    assertEquals(3, policy.onQueue(load(0, 0, 0, 3)));
    assertEquals(Decision.retire(4), policy.onTick(new Load(6, 5, 0, 0, 0, 4)));
    assertEquals(Decision.NOTHING, policy.onTick(new Load(6, 5, 0, 0, 0, 0)));
  }
}
