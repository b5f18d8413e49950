package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a process's auxiliary vector, in which the kernel tells where it put the program. */
final class LoadedHeaders {

  private static final long AT_NULL = 0;
  private static final long AT_PHDR = 3;
  private static final int ENTRY = 2 * Long.BYTES;

  private LoadedHeaders() {}

  /**
   * Returns the address of the program headers.
   *
   * @param process {@code /proc/PID}
   * @throws IOException if there is no such process, or the kernel refuses
   */
  static long of(Path process) throws IOException {
    ByteBuffer vector =
        ByteBuffer.wrap(Files.readAllBytes(process.resolve("auxv"))).order(ByteOrder.nativeOrder());
    while (vector.remaining() >= ENTRY) {
      long type = vector.getLong();
      long value = vector.getLong();
      if (type == AT_PHDR) {
        return value;
      }
      if (type == AT_NULL) {
        break;
      }
    }
    throw new IOException("the process has ended");
  }
}
