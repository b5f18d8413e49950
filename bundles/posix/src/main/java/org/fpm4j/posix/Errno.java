package org.fpm4j.posix;

import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * The error numbers of Linux that callers tell apart, and the name and text of every one.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int EPIPE = 32;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int EPROTO = 71;
  public static final int ENOTSOCK = 88;
  public static final int EMSGSIZE = 90;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ECONNREFUSED = 111;
  public static final int EINPROGRESS = 115;

  private static final int TEXT_BYTES = 256;

  private Errno() {}

  /**
   * The symbolic name.
   *
   * @param errno an error number
   * @return for example {@code EADDRINUSE}, or {@code errno 4711} for a number Linux does not use
   */
  public static String name(int errno) {
    jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
    return known == jnr.constants.platform.Errno.__UNKNOWN_CONSTANT__
        ? "errno " + errno
        : known.name();
  }

  /**
   * The text libc has for it, by strerror_r(3) in the C locale.
   *
   * @param errno an error number
   * @return for example {@code Address already in use}
   */
  public static String text(int errno) {
    try (Scratch scratch = Scratch.open()) {
      long text = scratch.allocate(TEXT_BYTES);
      LibC.strerrorR(errno, text, TEXT_BYTES);
      return Scratch.stringAt(text);
    }
  }
}
