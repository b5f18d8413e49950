package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.PosixException;

/** Readiness by epoll(7): the cost does not grow with the number of watched descriptors. */
public final class EpollPoller implements Poller {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int CTL_MOD = 3;
  private static final int EPOLLIN = 0x1;
  private static final int EPOLLOUT = 0x4;
  private static final int EPOLLERR_HUP = 0x8 | 0x10;
  private static final int EPOLLRDHUP = 0x2000;
  private static final int EPOLLONESHOT = 1 << 30;
  private static final int EPOLLET = 1 << 31;
  private static final int CAPACITY = 64;

  /** struct epoll_event is packed on x86_64 alone. */
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int EVENT_DATA = PACKED ? 4 : 8;

  private final Descriptor epoll;
  private final ByteBuffer keepsEventsAlive = ByteBuffer.allocateDirect(CAPACITY * EVENT_BYTES);
  private final long events = MEMORY.getDirectBufferAddress(keepsEventsAlive);

  /** Opens the epoll descriptor. */
  public EpollPoller() throws PosixException {
    int fd = LibC.epollCreate1(EPOLL_CLOEXEC);
    if (fd < 0) {
      throw new PosixException("epoll_create1()", LibC.errno());
    }
    epoll = Descriptor.of(fd);
  }

  @Override
  public String mechanism() {
    return "epoll";
  }

  @Override
  public void add(Descriptor descriptor, int interest) throws PosixException {
    if (control(CTL_ADD, descriptor.number(), interest) < 0) {
      if (LibC.errno() == Errno.EEXIST) {
        throw new IllegalArgumentException(descriptor + " is watched already");
      }
      throw new PosixException("epoll_ctl(add " + descriptor + ")", LibC.errno());
    }
  }

  @Override
  public void modify(Descriptor descriptor, int interest) throws PosixException {
    if (control(CTL_MOD, descriptor.number(), interest) < 0) {
      throw new PosixException("epoll_ctl(modify " + descriptor + ")", LibC.errno());
    }
  }

  @Override
  public void remove(int number) {
    control(CTL_DEL, number, 0);
  }

  private int control(int operation, int fd, int interest) {
    try (Scratch scratch = Scratch.open()) {
      int wanted = 0;
      if ((interest & READ) != 0) {
        wanted |= EPOLLIN | EPOLLRDHUP;
      }
      if ((interest & WRITE) != 0) {
        wanted |= EPOLLOUT;
      }
      // Without interest the kernel still reports errors: once is enough.
      if ((interest & ONE_SHOT) != 0 || wanted == 0) {
        wanted |= EPOLLONESHOT;
      }
      if ((interest & EDGE) != 0) {
        wanted |= EPOLLET;
      }
      long event = scratch.allocate(EVENT_BYTES);
      MEMORY.putInt(event, wanted);
      MEMORY.putInt(event + EVENT_DATA, fd);
      return LibC.epollCtl(epoll.number(), operation, fd, event);
    }
  }

  @Override
  public int await(long nanos) throws PosixException {
    int ready = LibC.epollWait(epoll.number(), events, CAPACITY, Timeouts.millis(nanos));
    if (ready < 0) {
      if (LibC.errno() == Errno.EINTR) {
        return 0;
      }
      throw new PosixException("epoll_wait()", LibC.errno());
    }
    return ready;
  }

  @Override
  public int descriptor(int index) {
    return MEMORY.getInt(events + (long) index * EVENT_BYTES + EVENT_DATA);
  }

  @Override
  public int ready(int index) {
    int seen = MEMORY.getInt(events + (long) index * EVENT_BYTES);
    if ((seen & EPOLLERR_HUP) != 0) {
      return READ | WRITE;
    }
    return ((seen & (EPOLLIN | EPOLLRDHUP)) != 0 ? READ : 0) | ((seen & EPOLLOUT) != 0 ? WRITE : 0);
  }

  @Override
  public void close() {
    epoll.close();
  }
}
