package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;
import org.fpm4j.posix.internal.Transfer;

/**
 * A file descriptor that this process owns until it is closed or released.
 *
 * <p>Closing is safe from any thread and any number of times; only the first does anything.
 * Everything opened by this package is close-on-exec.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
 */
public final class Descriptor implements AutoCloseable {
  /** What a read or write returns when a non-blocking descriptor would have had to wait. */
  public static final int WOULD_BLOCK = -1;

  /** What a read returns when the other side has closed. */
  public static final int END = 0;

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_RDWR = 2;
  private static final int CLOSED = -1;

  private final AtomicInteger number;

  private Descriptor(int number) {
    this.number = new AtomicInteger(number);
  }

  /**
   * Takes ownership of a descriptor that is open already: inherited, or made by other code.
   *
   * @param number the descriptor, 0 or more
   * @throws IllegalArgumentException if it is negative
   */
  public static Descriptor of(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("descriptor " + number + " is negative");
    }
    return new Descriptor(number);
  }

  /** Opens /dev/null for reading and writing. */
  public static Descriptor ofNull() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      int fd = LibC.open(scratch.string("/dev/null"), O_RDWR | O_CLOEXEC, 0);
      if (fd < 0) {
        throw PosixException.last("open(/dev/null)");
      }
      return of(fd);
    }
  }

  /** The two ends of a pipe. */
  public record Pipe(Descriptor read, Descriptor write) {}

  /**
   * Makes a pipe, both ends blocking.
   *
   * @throws PosixException EMFILE or ENFILE when descriptors have run out; see pipe(2)
   */
  public static Pipe pipe() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long pair = scratch.allocate(8);
      if (LibC.pipe2(pair, O_CLOEXEC) < 0) {
        throw PosixException.last("pipe2()");
      }
      MemoryIO memory = MemoryIO.getInstance();
      return new Pipe(of(memory.getInt(pair)), of(memory.getInt(pair + 4)));
    }
  }

  /**
   * The descriptor's number.
   *
   * @throws IllegalStateException if it is closed or released
   */
  public int number() {
    int fd = number.get();
    if (fd == CLOSED) {
      throw new IllegalStateException("descriptor is closed");
    }
    return fd;
  }

  /** Whether this object still owns a descriptor. */
  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /**
   * Gives up ownership: the descriptor stays open and this object counts as closed.
   *
   * @return the descriptor's number
   * @throws IllegalStateException if it is closed or released
   */
  public int release() {
    int fd = number.getAndSet(CLOSED);
    if (fd == CLOSED) {
      throw new IllegalStateException("descriptor is closed");
    }
    return fd;
  }

  /**
   * Makes a second, close-on-exec descriptor of the same open file.
   *
   * @param lowest the number it must at least have
   * @throws PosixException EMFILE when descriptors have run out, EINVAL when {@code lowest} is
   *     beyond the limit
   */
  public Descriptor duplicate(int lowest) throws PosixException {
    int fd = LibC.fcntl(number(), F_DUPFD_CLOEXEC, lowest);
    if (fd < 0) {
      throw PosixException.last("fcntl(" + this + ", F_DUPFD_CLOEXEC)");
    }
    return of(fd);
  }

  /**
   * Chooses whether reading and writing wait. This is a property of the open file, seen by every
   * process that shares it.
   *
   * @param block true to wait
   */
  public void configureBlocking(boolean block) throws PosixException {
    int flags = get(F_GETFL, "F_GETFL");
    set(F_SETFL, block ? flags & ~O_NONBLOCK : flags | O_NONBLOCK, "F_SETFL");
  }

  /** Whether reading and writing wait. */
  public boolean isBlocking() throws PosixException {
    return (get(F_GETFL, "F_GETFL") & O_NONBLOCK) == 0;
  }

  /**
   * Chooses whether a program started by exec(2) loses the descriptor.
   *
   * @param close true to lose it
   */
  public void closeOnExec(boolean close) throws PosixException {
    int flags = get(F_GETFD, "F_GETFD");
    set(F_SETFD, close ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC, "F_SETFD");
  }

  private int get(int command, String name) throws PosixException {
    int flags = LibC.fcntl(number(), command, 0);
    if (flags < 0) {
      throw PosixException.last("fcntl(" + this + ", " + name + ")");
    }
    return flags;
  }

  private void set(int command, int flags, String name) throws PosixException {
    if (LibC.fcntl(number(), command, flags) < 0) {
      throw PosixException.last("fcntl(" + this + ", " + name + ")");
    }
  }

  /**
   * Asks for another capacity of a pipe; what cannot be had, for the limits of pipe(7), is left.
   *
   * @param bytes of the pipe's buffer
   * @return whether the pipe holds that much now
   */
  public boolean pipeCapacity(int bytes) {
    return LibC.fcntl(number(), F_SETPIPE_SZ, bytes) >= bytes;
  }

  /**
   * Reads what is there into the buffer's remaining space, by read(2).
   *
   * @param buffer with space left; its position moves by what was read
   * @return the number of bytes, {@link #END} or {@link #WOULD_BLOCK}
   */
  public int read(ByteBuffer buffer) throws PosixException {
    return moved(Transfer.READ, buffer, "read");
  }

  /**
   * Writes as much of the buffer's remaining bytes as fits, by write(2).
   *
   * @param buffer its position moves by what was written
   * @return the number of bytes or {@link #WOULD_BLOCK}
   * @throws PosixException EPIPE when nobody reads any more (the JVM ignores SIGPIPE)
   */
  public int write(ByteBuffer buffer) throws PosixException {
    return moved(Transfer.WRITE, buffer, "write");
  }

  /** Moves bytes; the outcome "would block" becomes a value, any other refusal an exception. */
  int moved(Transfer transfer, ByteBuffer buffer, String call) throws PosixException {
    int moved = transfer.run(number(), buffer);
    if (moved < 0 && LibC.errno() != Errno.EAGAIN) {
      throw PosixException.last(call + "(" + this + ")");
    }
    return moved;
  }

  /** Closes the descriptor; an error of close(2) is ignored, the number is free in any case. */
  @Override
  public void close() {
    int fd = number.getAndSet(CLOSED);
    if (fd != CLOSED) {
      LibC.close(fd);
    }
  }

  /** For messages: {@code fd 7} or {@code fd closed}. */
  @Override
  public String toString() {
    int fd = number.get();
    return fd == CLOSED ? "fd closed" : "fd " + fd;
  }
}
