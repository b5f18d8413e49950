package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.fpm4j.posix.ExitStatus;
import org.junit.jupiter.api.Test;

class CrashBudgetTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CrashBudget budget = new CrashBudget();

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void isSpentByThresholdCrashesWithinTheIntervalAndCountsAnewThen() {
    assertFalse(budget.spend(seconds(0), 3, MINUTE));
    assertFalse(budget.spend(seconds(30), 3, MINUTE));
    assertTrue(budget.spend(seconds(60), 3, MINUTE));
    assertFalse(budget.spend(seconds(61), 3, MINUTE));
  }

  @Test
  void crashesFurtherApartThanTheIntervalDoNotSpendIt() {
    assertFalse(budget.spend(seconds(0), 2, MINUTE));
    assertFalse(budget.spend(seconds(61), 2, MINUTE));
    assertTrue(budget.spend(seconds(100), 2, MINUTE));
  }

  @Test
  void isOffUnlessBothDirectivesAreSet() {
    assertFalse(budget.spend(0, 0, MINUTE));
    assertFalse(budget.spend(0, 1, Duration.ZERO));
  }

  @Test
  void onlySegvAndBusAreCrashes() {
    assertTrue(CrashBudget.isCrash(new ExitStatus(11)));
    assertTrue(CrashBudget.isCrash(new ExitStatus(7)));
    assertFalse(CrashBudget.isCrash(new ExitStatus(9)));
    assertFalse(CrashBudget.isCrash(new ExitStatus(255 << 8)));
  }
}
