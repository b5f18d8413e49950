package org.fpm4j.event.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fpm4j.event.Timer;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
  private final TimerQueue queue = new TimerQueue(Runnable::run, Runnable::run);

  private static Runnable task() {
    return new Runnable() {
      @Override
      public void run() {}
    };
  }

  @Test
  void orderSurvivesTheClocksOverflow() {
    Runnable before = task();
    Runnable after = task();
    queue.add(Long.MIN_VALUE + 5, 0, after);
    queue.add(Long.MAX_VALUE - 5, 0, before);
    assertEquals(5, queue.nanosToNext(Long.MAX_VALUE - 10));
    assertSame(before, queue.takeDue(Long.MAX_VALUE));
    assertNull(queue.takeDue(Long.MAX_VALUE));
    assertSame(after, queue.takeDue(Long.MIN_VALUE + 5));
    assertEquals(-1, queue.nanosToNext(0));
  }

  @Test
  void equalDeadlinesKeepTheirOrder() {
    Runnable first = task();
    Runnable second = task();
    queue.add(10, 0, first);
    queue.add(10, 0, second);
    assertSame(first, queue.takeDue(10));
    assertSame(second, queue.takeDue(10));
  }

  @Test
  void missedRunsAreLeftOutAndTheBeatIsKept() {
    Runnable tick = task();
    Timer timer = queue.add(10, 10, tick);
    assertSame(tick, queue.takeDue(37));
    assertNull(queue.takeDue(37));
    assertEquals(3, queue.nanosToNext(37));
    assertTrue(timer.isPending());
    assertTrue(timer.cancel());
    assertEquals(-1, queue.nanosToNext(37));
  }

  @Test
  void timerThatHasRunCannotBeCancelled() {
    Timer timer = queue.add(1, 0, task());
    queue.takeDue(1);
    assertFalse(timer.isPending());
    assertFalse(timer.cancel());
  }
}
