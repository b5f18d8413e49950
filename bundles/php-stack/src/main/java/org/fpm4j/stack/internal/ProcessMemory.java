package org.fpm4j.stack.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A running process's memory, by {@code /proc/PID/mem}. The process is not stopped and does not
 * notice. The open file stays with the process it was opened for: once that has gone nothing is
 * readable, whoever gets its pid.
 */
final class ProcessMemory implements Memory, AutoCloseable {

  private final FileChannel channel;

  private ProcessMemory(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a process's memory for reading.
   *
   * @param process {@code /proc/PID}
   * @throws IOException if there is no such process, or the kernel refuses
   */
  static ProcessMemory of(Path process) throws IOException {
    return new ProcessMemory(FileChannel.open(process.resolve("mem"), StandardOpenOption.READ));
  }

  @Override
  public boolean read(long address, ByteBuffer into) {
    try {
      return channel.read(into, address) > 0 && !into.hasRemaining();
    } catch (IOException notMapped) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
