package org.fpm4j.process.internal;

import org.fpm4j.posix.Signal;

/**
 * The master's end of one zygote: orders to it. What it reports comes through {@link ZygoteEvents}.
 * Called on the event loop; orders to a zygote that is gone are dropped.
 */
interface Zygote {

  /** Returns the zygote's process id. */
  int pid();

  /** Orders a worker forked into a slot that no living worker has. */
  void spawn(int slot, boolean catchOutput);

  /** Sends a signal to one of the zygote's living workers; ignored for any other pid. */
  void signal(int workerPid, Signal signal);

  /** Tells that this worker is not to be respawned should it exit while no master is there. */
  void disown(int workerPid);

  /** Wakes all idle workers so that each looks whether it is to retire. */
  void kick();

  /** Asks for copies of its descriptors; {@link ZygoteEvents#onDescriptors} has them. */
  void handOver();

  /** Orders no more forks; the zygote exits once its last worker is gone. */
  void stop();

  /** Ends the zygote itself with SIGKILL; its workers live on. */
  void kill();

  /** Removes what the generation left in the run directory; after {@link ZygoteEvents#onGone}. */
  void cleanUp();
}
