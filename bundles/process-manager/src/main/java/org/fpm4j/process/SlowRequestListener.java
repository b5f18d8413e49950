package org.fpm4j.process;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard service: told of slow requests. The service is first asked for when there is one, so
 * that a delayed component costs nothing until then.
 */
@ConsumerType
public interface SlowRequestListener {

  /**
   * Called once for a slow request, and again each {@code request_slowlog_interval} while it runs.
   * Comes on a thread of its own, not the event loop's; while it does not return, others wait, and
   * beyond some number are lost and said to be lost.
   */
  void onSlowRequest(SlowRequest request);
}
