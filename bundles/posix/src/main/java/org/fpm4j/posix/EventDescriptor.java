package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * A counter that wakes whoever waits for it to be readable, also in another process.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventDescriptor implements AutoCloseable {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private final Descriptor descriptor;

  private EventDescriptor(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** Makes a non-blocking one with the count 0. */
  public static EventDescriptor open() throws PosixException {
    int fd = LibC.eventfd(0, EFD_CLOEXEC_NONBLOCK);
    if (fd < 0) {
      throw PosixException.last("eventfd()");
    }
    return new EventDescriptor(Descriptor.of(fd));
  }

  /** Takes over one that exists, for example received from another process. */
  public static EventDescriptor of(Descriptor descriptor) {
    return new EventDescriptor(descriptor);
  }

  /** The descriptor to watch or hand on; owned by this object. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /** Adds 1. Wakes every waiter; an edge-triggered one each time, drained or not. */
  public void signal() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long value = scratch.allocate(Long.BYTES);
      MEMORY.putLong(value, 1);
      long written;
      do {
        written = LibC.write(descriptor.number(), value, Long.BYTES);
      } while (written < 0 && LibC.errno() == Errno.EINTR);
      if (written < 0 && LibC.errno() != Errno.EAGAIN) {
        throw PosixException.last("write(eventfd)");
      }
    }
  }

  /**
   * Takes the count and sets it to 0, which ends readability.
   *
   * @return how often it was signalled since, 0 if not at all
   */
  public long drain() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long value = scratch.allocate(Long.BYTES);
      long read;
      do {
        read = LibC.read(descriptor.number(), value, Long.BYTES);
      } while (read < 0 && LibC.errno() == Errno.EINTR);
      if (read < 0 && LibC.errno() != Errno.EAGAIN) {
        throw PosixException.last("read(eventfd)");
      }
      return MEMORY.getLong(value);
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
