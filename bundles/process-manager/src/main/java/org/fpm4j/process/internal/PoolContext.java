package org.fpm4j.process.internal;

import org.fpm4j.config.MasterSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.process.ProcessEvent;

/** What a pool needs of the master. Called on the event loop. */
interface PoolContext {

  EventLoop loop();

  MasterSettings masterSettings();

  /** Returns how many of {@code wanted} workers {@code process.max} leaves room for. */
  int allow(int wanted);

  /** Whether workers may be started: the master is not stopping. */
  boolean isNormal();

  /** Returns who notes which sockets outlive the master. */
  StoredSockets storedSockets();

  void tell(ProcessEvent.Type type, String pool, int pid, String text);

  /** The pool has come to an end: nothing of it runs any more. */
  void onStopped(Pool pool);

  /** The pool serves or has failed: its start is over. */
  void onSettled(Pool pool);
}
