package org.fpm4j.log.internal;

import java.io.Closeable;
import java.io.IOException;

/** Takes whole lines to where they are kept; called by one writer thread, which it may block. */
interface LineSink extends Closeable {

  /**
   * Writes one line whole.
   *
   * @throws IOException when it is lost; later lines may still succeed
   */
  void write(byte[] line) throws IOException;
}
