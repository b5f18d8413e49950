package org.fpm4j.event;

import org.fpm4j.posix.Signal;

/** Called on the loop's thread when a signal has arrived. */
@FunctionalInterface
public interface SignalHandler {
  /**
   * Acts on it.
   *
   * @param signal one of those registered for; the kernel merges equal ones that wait
   * @param senderPid who sent it, 0 for the kernel; for SIGCHLD the child
   * @throws Exception to be logged
   */
  void onSignal(Signal signal, int senderPid) throws Exception;
}
