package org.fpm4j.process.internal;

import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.SocketStore;

/** Where {@link ListenerComponent} leaves listeners and the store. Any thread. */
interface EventSource {

  /** Lets a listener hear every event from now on. */
  void add(ProcessListener listener);

  /** Ends that; unknown listeners are ignored. */
  void remove(ProcessListener listener);

  /** Puts the listening sockets into a store, in the place of an earlier one. */
  void add(SocketStore store);

  /** Ends that; the store is not used any more. */
  void remove(SocketStore store);
}
