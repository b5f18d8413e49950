package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteOrder;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Options of a socket, by getsockopt(2) and setsockopt(2).
 *
 * <p>Every method throws {@link PosixException} when the kernel refuses, ENOTSOCK if the descriptor
 * is no socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public final class SocketOptions {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_TYPE = 3;
  private static final int SO_ERROR = 4;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_LINGER = 13;
  private static final int SO_PEERCRED = 17;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_DETACH_FILTER = 27;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  /**
   * A socket filter that drops TCP segments with the flag SYN, which ask for a connection; {@code
   * struct sock_filter} of linux/filter.h as one number each: code, jump if true, if false,
   * operand.
   */
  private static final long[] DROP_CONNECTS = {
    instruction(0x30, 0, 0, 13), // load the byte with the flags
    instruction(0x45, 0, 1, 0x02), // SYN?
    instruction(0x06, 0, 0, 0), // then drop
    instruction(0x06, 0, 0, -1), // else take all of it
  };

  private SocketOptions() {}

  private static long instruction(int code, int ifTrue, int ifFalse, int operand) {
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return code | (ifTrue << 16) | (ifFalse << 24) | ((long) operand << 32);
    }
    return ((long) code << 48)
        | ((long) ifTrue << 40)
        | ((long) ifFalse << 32)
        | (operand & 0xffffffffL);
  }

  /**
   * Makes a listening TCP socket deaf to whoever wants to connect, whichever process listens with
   * it. Connections that are made or being made go on, and so do those accepted from it later. Who
   * asks meanwhile asks again after a second, as if the question had been lost; SO_ATTACH_FILTER.
   *
   * @param ignore false to hear again
   */
  public static void ignoreConnects(Descriptor socket, boolean ignore) throws PosixException {
    if (!ignore) {
      set(socket, SOL_SOCKET, SO_DETACH_FILTER, 0, "SO_DETACH_FILTER");
      return;
    }
    try (Scratch scratch = Scratch.open()) {
      long program = scratch.allocate((long) DROP_CONNECTS.length * Long.BYTES);
      for (int i = 0; i < DROP_CONNECTS.length; i++) {
        MEMORY.putLong(program + (long) i * Long.BYTES, DROP_CONNECTS[i]);
      }
      long header = scratch.allocate(2L * Long.BYTES);
      MEMORY.putShort(header, (short) DROP_CONNECTS.length);
      MEMORY.putAddress(header + Long.BYTES, program);
      if (LibC.setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, header, 2 * Long.BYTES)
          < 0) {
        throw PosixException.last("setsockopt(" + socket + ", SO_ATTACH_FILTER)");
      }
    }
  }

  /**
   * Who was at the other end of a Unix connection when it was made; SO_PEERCRED of unix(7).
   *
   * @param pid process id, 0 if it is outside this pid namespace
   * @param uid effective user id
   * @param gid effective group id
   */
  public record PeerCredentials(int pid, int uid, int gid) {}

  /**
   * Lets a TCP socket bind an address that closed connections still hold; SO_REUSEADDR.
   *
   * @param reuse true to allow
   */
  public static void reuseAddress(Descriptor socket, boolean reuse) throws PosixException {
    set(socket, SOL_SOCKET, SO_REUSEADDR, reuse ? 1 : 0, "SO_REUSEADDR");
  }

  /**
   * Keeps an IPv6 socket from taking IPv4 connections too; IPV6_V6ONLY of ipv6(7), before bind.
   *
   * @param only true for IPv6 alone
   */
  public static void ipv6Only(Descriptor socket, boolean only) throws PosixException {
    set(socket, IPPROTO_IPV6, IPV6_V6ONLY, only ? 1 : 0, "IPV6_V6ONLY");
  }

  /**
   * Sends small segments at once; TCP_NODELAY of tcp(7).
   *
   * @param noDelay true for at once
   */
  public static void noDelay(Descriptor socket, boolean noDelay) throws PosixException {
    set(socket, IPPROTO_TCP, TCP_NODELAY, noDelay ? 1 : 0, "TCP_NODELAY");
  }

  /** Sets the size of the send buffer in bytes; the kernel doubles it. SO_SNDBUF. */
  public static void sendBuffer(Descriptor socket, int bytes) throws PosixException {
    set(socket, SOL_SOCKET, SO_SNDBUF, bytes, "SO_SNDBUF");
  }

  /** Sets the size of the receive buffer in bytes; the kernel doubles it. SO_RCVBUF. */
  public static void receiveBuffer(Descriptor socket, int bytes) throws PosixException {
    set(socket, SOL_SOCKET, SO_RCVBUF, bytes, "SO_RCVBUF");
  }

  /**
   * Takes the socket's pending error, which clears it; SO_ERROR.
   *
   * @return an error number (see {@link Errno}), 0 for none
   */
  public static int takeError(Descriptor socket) throws PosixException {
    return get(socket, SOL_SOCKET, SO_ERROR, "SO_ERROR");
  }

  /** Whether the socket listens; SO_ACCEPTCONN. */
  public static boolean isListening(Descriptor socket) throws PosixException {
    return get(socket, SOL_SOCKET, SO_ACCEPTCONN, "SO_ACCEPTCONN") != 0;
  }

  /** Whether the socket is a byte stream; SO_TYPE. */
  public static boolean isStream(Descriptor socket) throws PosixException {
    return get(socket, SOL_SOCKET, SO_TYPE, "SO_TYPE") == Sockets.Type.STREAM.number;
  }

  /** Lets close(2) return at once whatever is unsent; SO_LINGER, as a socket has it at first. */
  public static void noLinger(Descriptor socket) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long linger = scratch.allocate(Long.BYTES); // two ints: off, and the seconds that would be
      MEMORY.putLong(linger, 0);
      if (LibC.setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, linger, Long.BYTES) < 0) {
        throw PosixException.last("setsockopt(" + socket + ", SO_LINGER)");
      }
    }
  }

  /** The number of the socket's address family, also of one this package does not know. */
  static int domain(Descriptor socket) throws PosixException {
    return get(socket, SOL_SOCKET, SO_DOMAIN, "SO_DOMAIN");
  }

  /** Who is at the other end of a Unix connection; SO_PEERCRED. */
  public static PeerCredentials peerCredentials(Descriptor socket) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long value = read(scratch, socket, SOL_SOCKET, SO_PEERCRED, 12, "SO_PEERCRED");
      return new PeerCredentials(
          MEMORY.getInt(value), MEMORY.getInt(value + 4), MEMORY.getInt(value + 8));
    }
  }

  private static int get(Descriptor socket, int level, int option, String name)
      throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      return MEMORY.getInt(read(scratch, socket, level, option, Integer.BYTES, name));
    }
  }

  private static long read(
      Scratch scratch, Descriptor socket, int level, int option, int size, String name)
      throws PosixException {
    long value = scratch.allocate(size);
    long length = scratch.allocate(Integer.BYTES);
    MEMORY.putInt(length, size);
    if (LibC.getsockopt(socket.number(), level, option, value, length) < 0) {
      throw PosixException.last("getsockopt(" + socket + ", " + name + ")");
    }
    return value;
  }

  private static void set(Descriptor socket, int level, int option, int value, String name)
      throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long pointer = scratch.allocate(Integer.BYTES);
      MEMORY.putInt(pointer, value);
      if (LibC.setsockopt(socket.number(), level, option, pointer, Integer.BYTES) < 0) {
        throw PosixException.last("setsockopt(" + socket + ", " + name + ", " + value + ")");
      }
    }
  }
}
