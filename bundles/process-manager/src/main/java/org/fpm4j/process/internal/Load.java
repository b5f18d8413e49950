package org.fpm4j.process.internal;

/**
 * What a scaling policy looks at: the serving generation of a pool at one moment. Retiring workers
 * are not in it.
 *
 * @param running workers, those being forked included
 * @param idle workers among them that wait for a connection
 * @param starting workers among them that have not yet come to their first accept
 * @param queued connections waiting in the listen queue
 * @param keptAlive workers among them on a kept-alive connection that is idle: they give it up when
 *     a connection waits
 * @param expired idle workers whose last activity is longer ago than {@code
 *     pm.process_idle_timeout}; 0 unless the mode is ondemand
 */
record Load(int running, int idle, int starting, int queued, int keptAlive, int expired) {

  /** Returns how many waiting connections no worker at hand is about to take. */
  int unattended() {
    return Math.max(0, queued - idle - starting - keptAlive);
  }
}
