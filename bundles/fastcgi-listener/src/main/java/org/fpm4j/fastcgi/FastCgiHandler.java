package org.fpm4j.fastcgi;

import org.osgi.annotation.versioning.ConsumerType;

/** Answers the requests of a {@link FastCgiServer}. */
@ConsumerType
@FunctionalInterface
public interface FastCgiHandler {
  /**
   * Answers one request. Called on the event loop's thread, which it must not block. What it throws
   * is logged, and answered with status 500.
   */
  FastCgiResponse handle(FastCgiRequest request);
}
