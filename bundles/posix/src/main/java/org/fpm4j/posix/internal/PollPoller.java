package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;

/** Readiness by poll(2): any descriptor number, cost in proportion to the number watched. */
public final class PollPoller extends ScanningPoller {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int POLLIN = 0x1;
  private static final int POLLOUT = 0x4;
  private static final int POLLERR_HUP_NVAL = 0x8 | 0x10 | 0x20;
  private static final int POLLRDHUP = 0x2000;
  private static final int ENTRY_BYTES = 8;
  private static final int ENTRY_EVENTS = 4;
  private static final int ENTRY_RESULT = 6;

  @Override
  public String mechanism() {
    return "poll";
  }

  @Override
  int waitAndReport(long nanos) {
    try (Scratch scratch = Scratch.open()) {
      int count = count();
      long entries = scratch.allocate((long) count * ENTRY_BYTES);
      for (int i = 0; i < count; i++) {
        long entry = entries + (long) i * ENTRY_BYTES;
        int interest = interest(i);
        // A negative number is skipped by poll, which would report errors of it otherwise.
        MEMORY.putInt(entry, interest == 0 ? -1 : watched(i));
        int events =
            ((interest & READ) != 0 ? POLLIN | POLLRDHUP : 0)
                | ((interest & WRITE) != 0 ? POLLOUT : 0);
        MEMORY.putShort(entry + ENTRY_EVENTS, (short) events);
      }
      int result = LibC.poll(entries, count, Timeouts.millis(nanos));
      for (int i = 0; result > 0 && i < count; i++) {
        int seen = MEMORY.getShort(entries + (long) i * ENTRY_BYTES + ENTRY_RESULT);
        if (seen != 0) {
          report(i, readiness(seen));
        }
      }
      return result;
    }
  }

  private static int readiness(int seen) {
    if ((seen & POLLERR_HUP_NVAL) != 0) {
      return READ | WRITE;
    }
    return ((seen & (POLLIN | POLLRDHUP)) != 0 ? READ : 0) | ((seen & POLLOUT) != 0 ? WRITE : 0);
  }
}
