package org.fpm4j.process;

import org.osgi.annotation.versioning.ConsumerType;

/** Whiteboard service: hears every {@link ProcessEvent}. */
@ConsumerType
public interface ProcessListener {

  /**
   * Called on the event loop's thread, in the order of the events: return at once, hand longer work
   * to a thread of your own. An exception is logged and otherwise ignored.
   */
  void onEvent(ProcessEvent event);
}
