package org.fpm4j.posix.internal;

import java.util.Arrays;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.PosixException;

/**
 * What poll and select have in common: the process keeps the list of watched descriptors, passes
 * all of it at every wait and looks through all of it afterwards.
 */
abstract class ScanningPoller implements Poller {
  private int[] watched = new int[16];
  private int[] interests = new int[16];
  private int count;
  private int[] found = new int[16];
  private int[] readiness = new int[16];
  private int foundCount;

  /** How many descriptors are watched. */
  final int count() {
    return count;
  }

  /** The number of the descriptor at this place of the list. */
  final int watched(int index) {
    return watched[index];
  }

  /** Its interest without flags: 0 if it is to be left alone. */
  final int interest(int index) {
    return interests[index] & (READ | WRITE);
  }

  /** Keeps a result; {@link #ONE_SHOT} falls silent by it. */
  final void report(int index, int ready) {
    found[foundCount] = watched[index];
    readiness[foundCount++] = ready;
    if ((interests[index] & ONE_SHOT) != 0) {
      interests[index] = 0;
    }
  }

  /**
   * Waits and reports.
   *
   * @return what the system call returned; if negative, nothing was reported
   */
  abstract int waitAndReport(long nanos);

  @Override
  public void add(Descriptor descriptor, int interest) throws PosixException {
    refuseEdge(interest);
    if (find(descriptor.number()) >= 0) {
      throw new IllegalArgumentException(descriptor + " is watched already");
    }
    if (count == watched.length) {
      watched = Arrays.copyOf(watched, 2 * count);
      interests = Arrays.copyOf(interests, 2 * count);
      found = Arrays.copyOf(found, 2 * count);
      readiness = Arrays.copyOf(readiness, 2 * count);
    }
    watched[count] = descriptor.number();
    interests[count++] = interest;
  }

  @Override
  public void modify(Descriptor descriptor, int interest) throws PosixException {
    refuseEdge(interest);
    int index = find(descriptor.number());
    if (index < 0) {
      throw new PosixException(mechanism() + "(modify " + descriptor + ")", Errno.ENOENT);
    }
    interests[index] = interest;
  }

  @Override
  public void remove(int number) {
    int index = find(number);
    if (index >= 0) {
      count--;
      watched[index] = watched[count];
      interests[index] = interests[count];
    }
  }

  private void refuseEdge(int interest) {
    if ((interest & EDGE) != 0) {
      throw new IllegalArgumentException(mechanism() + " has no edge-triggered mode");
    }
  }

  private int find(int fd) {
    for (int i = 0; i < count; i++) {
      if (watched[i] == fd) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int await(long nanos) throws PosixException {
    foundCount = 0;
    if (waitAndReport(nanos) < 0 && LibC.errno() != Errno.EINTR) {
      throw new PosixException(mechanism() + "()", LibC.errno());
    }
    return foundCount;
  }

  @Override
  public int descriptor(int index) {
    return found[index];
  }

  @Override
  public int ready(int index) {
    return readiness[index];
  }

  @Override
  public void close() {
    count = 0;
  }
}
