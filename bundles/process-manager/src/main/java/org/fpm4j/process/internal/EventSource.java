package org.fpm4j.process.internal;

import org.fpm4j.process.ProcessListener;

/** Where {@link ListenerComponent} leaves listeners. Any thread. */
interface EventSource {

  /** Lets a listener hear every event from now on. */
  void add(ProcessListener listener);

  /** Ends that; unknown listeners are ignored. */
  void remove(ProcessListener listener);
}
