package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.PosixException;

/** Readiness by select(2): descriptors below 1024 only, cost in proportion to the highest. */
public final class SelectPoller extends ScanningPoller {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int F_GETFD = 1;
  private static final int FD_SETSIZE = 1024;
  private static final int SET_BYTES = FD_SETSIZE / Byte.SIZE;
  private static final long MILLIS_PER_SECOND = 1000;

  @Override
  public String mechanism() {
    return "select";
  }

  @Override
  public void add(Descriptor descriptor, int interest) throws PosixException {
    if (descriptor.number() >= FD_SETSIZE) {
      throw new PosixException(
          "select(" + descriptor + ", not below FD_SETSIZE " + FD_SETSIZE + ")", Errno.EMFILE);
    }
    super.add(descriptor, interest);
  }

  @Override
  int waitAndReport(long nanos) {
    try (Scratch scratch = Scratch.open()) {
      long read = scratch.allocate(SET_BYTES);
      long write = scratch.allocate(SET_BYTES);
      int highest = -1;
      for (int i = 0; i < count(); i++) {
        int fd = watched(i);
        if ((interest(i) & READ) != 0) {
          include(read, fd);
        }
        if ((interest(i) & WRITE) != 0) {
          include(write, fd);
        }
        highest = Math.max(highest, fd);
      }
      int result = LibC.select(highest + 1, read, write, 0, timeout(scratch, nanos));
      if (result < 0 && LibC.errno() == Errno.EBADF) {
        return reportClosed();
      }
      for (int i = 0; result > 0 && i < count(); i++) {
        int fd = watched(i);
        int ready = (contains(read, fd) ? READ : 0) | (contains(write, fd) ? WRITE : 0);
        if (ready != 0) {
          report(i, ready);
        }
      }
      return result;
    }
  }

  /** Reports what was closed while watched, as poll would: one would spoil every later wait. */
  private int reportClosed() {
    for (int i = 0; i < count(); i++) {
      if (LibC.fcntl(watched(i), F_GETFD, 0) < 0) {
        report(i, READ | WRITE);
      }
    }
    return 0;
  }

  /** Writes struct timeval; returns its address, 0 (NULL) for no limit. */
  private static long timeout(Scratch scratch, long nanos) {
    int millis = Timeouts.millis(nanos);
    if (millis < 0) {
      return 0;
    }
    long timeval = scratch.allocate(2 * Long.BYTES);
    MEMORY.putLong(timeval, millis / MILLIS_PER_SECOND);
    MEMORY.putLong(timeval + Long.BYTES, millis % MILLIS_PER_SECOND * 1000);
    return timeval;
  }

  private static void include(long set, int fd) {
    long address = set + fd / Byte.SIZE;
    MEMORY.putByte(address, (byte) (MEMORY.getByte(address) | 1 << fd % Byte.SIZE));
  }

  private static boolean contains(long set, int fd) {
    return (MEMORY.getByte(set + fd / Byte.SIZE) & 1 << fd % Byte.SIZE) != 0;
  }
}
