package org.fpm4j.command.internal;

import org.fpm4j.process.ProcessListener;

/** Where one hears of the process manager's events. */
interface Listeners {

  /** Tells a listener every event from now on; running the result ends that. Any thread. */
  Runnable add(ProcessListener listener);
}
