package org.fpm4j.fastcgi;

import java.time.Duration;

/**
 * What a client can make a {@link FastCgiServer} spend.
 *
 * @param maxConnections served at the same time, further ones wait in the listen queue; 1 or more
 * @param maxParamsBytes size of one request's PARAMS stream; a connection that sends more is closed
 * @param timeout from the accept, or the last answer, to the end of the next answer; the connection
 *     is closed then, idle or not. Above zero
 */
public record ServerLimits(int maxConnections, int maxParamsBytes, Duration timeout) {
  /**
   * 64 connections, 64 KiB, 30 s: a few monitoring systems and a web server that shows the status.
   */
  public static final ServerLimits DEFAULT =
      new ServerLimits(64, 64 * 1024, Duration.ofSeconds(30));

  public ServerLimits {
    if (maxConnections < 1 || maxParamsBytes < 0 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "limits of %d connections, %d bytes, %s are not all positive"
              .formatted(maxConnections, maxParamsBytes, timeout));
    }
  }
}
