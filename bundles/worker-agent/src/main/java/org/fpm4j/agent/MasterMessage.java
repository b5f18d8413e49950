package org.fpm4j.agent;

/** An order of the master to a zygote. */
public sealed interface MasterMessage {

  /**
   * Fork a worker; answered by {@link ZygoteMessage.Worker} or {@link ZygoteMessage.ForkFailed}.
   *
   * @param slot index of a slot no living worker has
   * @param catchOutput whether the worker's standard output and error become pipes to the master
   */
  record Spawn(int slot, boolean catchOutput) implements MasterMessage {}

  /** Fork no more; exit when the last worker is gone. */
  record Stop() implements MasterMessage {}

  /** Send {@link ZygoteMessage.Descriptors}. */
  record Handover() implements MasterMessage {}

  /**
   * Send a signal to a worker; ignored unless the pid is a worker not yet reaped, so it never
   * reaches a stranger.
   *
   * @param pid process id of a worker
   * @param signo number of the signal
   */
  record Signal(int pid, int signo) implements MasterMessage {}

  /**
   * Do not respawn this worker should it exit while no master is connected.
   *
   * @param pid process id of a worker
   */
  record Disown(int pid) implements MasterMessage {}
}
