package org.fpm4j.posix;

import java.io.IOException;
import org.fpm4j.posix.internal.LibC;

/**
 * A system call was refused. The message has the form {@code bind(/run/x.sock): Address already in
 * use (98)}.
 */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * Describes a call that returned this error number.
   *
   * @param call the function with the argument that tells the reader what it was about
   * @param errno its error number, see {@link Errno}
   */
  public PosixException(String call, int errno) {
    super(call + ": " + Errno.text(errno) + " (" + errno + ")");
    this.call = call;
    this.errno = errno;
  }

  /** Describes the calling thread's last call, which set errno. */
  static PosixException last(String call) {
    return new PosixException(call, LibC.errno());
  }

  /** The function and its telling argument, for example {@code bind(/run/x.sock)}. */
  public String call() {
    return call;
  }

  /** The error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The error number's symbolic name, for example {@code EADDRINUSE}. */
  public String errnoName() {
    return Errno.name(errno);
  }
}
