package org.fpm4j.posix;

/**
 * Waits for any of a set of descriptors to become ready. Used by one thread; that thread closes it.
 *
 * <p>A descriptor must be removed before it is closed: select and poll would otherwise see its
 * number's next owner, and epoll a descriptor shared with a child process.
 */
public interface Poller extends AutoCloseable {
  /** Interest: reading, or accepting, would not wait. */
  int READ = 1;

  /** Interest: writing would not wait. */
  int WRITE = 2;

  /** Interest flag: report once, then keep quiet until {@link #modify}. */
  int ONE_SHOT = 4;

  /** Interest flag: report only when something new has happened; epoll only. */
  int EDGE = 8;

  /** The mechanism's name: {@code epoll}, {@code poll} or {@code select}. */
  String mechanism();

  /**
   * Starts to watch a descriptor.
   *
   * @param descriptor not watched yet
   * @param interest {@link #READ}, {@link #WRITE}, both or neither, and flags, added up
   * @throws PosixException if the mechanism cannot watch it: EPERM by epoll for a regular file,
   *     EMFILE by select for a number of 1024 or more
   * @throws IllegalArgumentException if it is watched, or {@link #EDGE} is not available
   */
  void add(Descriptor descriptor, int interest) throws PosixException;

  /**
   * Changes the interest; re-arms after {@link #ONE_SHOT}.
   *
   * @param descriptor watched
   * @param interest as of {@link #add}
   */
  void modify(Descriptor descriptor, int interest) throws PosixException;

  /**
   * Stops watching a descriptor; nothing happens if it is not watched.
   *
   * @param number the descriptor's number, as it may be closed by now
   */
  void remove(int number);

  /**
   * Waits until a descriptor is ready or the time is over. The results stay valid until the next
   * call; it allocates nothing.
   *
   * @param nanos how long, rounded up to milliseconds; 0 not at all, negative without end
   * @return how many descriptors are ready
   */
  int await(long nanos) throws PosixException;

  /**
   * The number of a ready descriptor.
   *
   * @param index from 0 to the result of {@link #await}
   */
  int descriptor(int index);

  /**
   * What it is ready for: {@link #READ}, {@link #WRITE} or both. An error or hang-up counts as
   * both; the next read or write tells which.
   *
   * @param index from 0 to the result of {@link #await}
   */
  int ready(int index);

  /** Ends watching; the watched descriptors stay open. */
  @Override
  void close();
}
