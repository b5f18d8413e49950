package org.fpm4j.stack.internal;

import java.nio.ByteBuffer;

/** The memory of a process, or a test's. */
interface Memory {

  /**
   * Reads from an address to fill a buffer.
   *
   * @return false if not all of it is mapped and readable, or the process has gone
   */
  boolean read(long address, ByteBuffer into);
}
