package org.fpm4j.process;

/**
 * How many workers of a pool have ended for which reason, since the pool started; each is counted
 * under one reason, so all of them together are {@link PoolSnapshot#exited()}.
 *
 * @param retired told to go, as surplus, for a reload or by an order, and went in peace
 * @param ended ended by themselves with code 0: after {@code pm.max_requests}, for their memory, by
 *     a QUIT from outside, or because the program ended
 * @param failed ended by themselves with another code
 * @param killed by a signal the master sent: a timeout, an order to kill, a stop
 * @param crashed by a signal nobody here sent: SIGSEGV, or a kill from outside
 * @param outOfMemory by the kernel, for want of memory
 */
public record ExitCounts(
    long retired, long ended, long failed, long killed, long crashed, long outOfMemory) {

  /** All of them. */
  public long total() {
    return retired + ended + failed + killed + crashed + outOfMemory;
  }
}
