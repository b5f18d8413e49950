package org.fpm4j.scoreboard;

/**
 * How many workers are idle and active, from one pass over the slots, so that idle + active =
 * total.
 *
 * @param idle workers waiting in accept()
 * @param active all others, those included that have not reached accept() yet, as php-fpm counts
 * @param keptAliveIdle those of the active ones that wait for the next request of a kept-alive
 *     connection, and give it up when others queue
 */
public record WorkerCounts(int idle, int active, int keptAliveIdle) {
  /** All workers. */
  public int total() {
    return idle + active;
  }
}
