package org.fpm4j.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** Told the output of a request as it arrives, on the thread that called {@link FastCgiClient}. */
@ConsumerType
public interface ResponseListener {
  /**
   * Output for the web server's client.
   *
   * @param bytes at least one; valid during the call only
   */
  void stdout(ByteBuffer bytes) throws IOException;

  /**
   * Messages for the web server's error log.
   *
   * @param bytes at least one; valid during the call only
   */
  void stderr(ByteBuffer bytes) throws IOException;
}
