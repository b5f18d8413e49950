package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;
import org.fpm4j.posix.internal.SocketAddresses;
import org.fpm4j.posix.internal.Transfer;

/**
 * Sockets, one primitive per step. All are made close-on-exec. Addresses are the JDK's {@link
 * java.net.InetSocketAddress} and {@link java.net.UnixDomainSocketAddress}, and {@link
 * AbstractAddress}.
 *
 * <p>Every method throws {@link PosixException} when the kernel refuses, and {@link
 * IllegalStateException} when the descriptor is closed. For options see {@link SocketOptions}, for
 * descriptors sent along with bytes {@link SocketMessages}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public final class Sockets {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOCK_NONBLOCK = 0x800;

  private Sockets() {}

  /** An address family, see address_families(7). */
  public enum Family {
    UNIX(SocketAddresses.AF_UNIX),
    INET(SocketAddresses.AF_INET),
    INET6(SocketAddresses.AF_INET6);

    final int number;

    Family(int number) {
      this.number = number;
    }

    /** The family a socket for this address needs. */
    public static Family of(SocketAddress address) {
      return of(SocketAddresses.familyOf(address));
    }

    static Family of(int number) {
      for (Family family : values()) {
        if (family.number == number) {
          return family;
        }
      }
      throw new IllegalArgumentException("address family " + number + " is not supported");
    }
  }

  /** A socket type, see socket(2). */
  public enum Type {
    /** A byte stream. */
    STREAM(1),
    /** Whole messages, each for itself, as syslog takes them. */
    DATAGRAM(2),
    /** Whole messages in order, on a connection; Unix sockets only. */
    SEQPACKET(5);

    final int number;

    Type(int number) {
      this.number = number;
    }
  }

  /** Two connected sockets. */
  public record Pair(Descriptor first, Descriptor second) {}

  /**
   * A connection taken from a listening socket.
   *
   * @param connection non-blocking
   * @param peer the other side's address; an empty Unix path for a client that has not bound
   */
  public record Accepted(Descriptor connection, SocketAddress peer) {}

  /** Makes a blocking socket, by socket(2). */
  public static Descriptor open(Family family, Type type) throws PosixException {
    int fd = LibC.socket(family.number, type.number | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      throw PosixException.last("socket(" + family + ", " + type + ")");
    }
    return Descriptor.of(fd);
  }

  /** Makes a pair of connected blocking Unix sockets, by socketpair(2). */
  public static Pair pair(Type type) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long pair = scratch.allocate(8);
      if (LibC.socketpair(SocketAddresses.AF_UNIX, type.number | SOCK_CLOEXEC, 0, pair) < 0) {
        throw PosixException.last("socketpair(" + type + ")");
      }
      return new Pair(
          Descriptor.of(MEMORY.getInt(pair)), Descriptor.of(MEMORY.getInt(pair + Integer.BYTES)));
    }
  }

  /**
   * Gives the socket its address, by bind(2). A Unix socket's file is created with the mode 0777
   * less the umask and is not removed when the socket is closed.
   *
   * @throws PosixException EADDRINUSE if a live or stale socket has it, EACCES, EADDRNOTAVAIL
   * @throws IllegalArgumentException if the address does not suit the socket's family, or a Unix
   *     path is longer than 107 bytes
   */
  public static void bind(Descriptor socket, SocketAddress address) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long target = scratch.allocate(SocketAddresses.CAPACITY);
      int length = SocketAddresses.encode(address, family(socket).number, target);
      if (LibC.bind(socket.number(), target, length) < 0) {
        throw PosixException.last("bind(" + SocketAddresses.text(address) + ")");
      }
    }
  }

  /**
   * Starts listening, or changes the backlog of a socket that does, by listen(2).
   *
   * @param backlog connections that may wait; the kernel cuts it to net.core.somaxconn, negative
   *     means that maximum
   */
  public static void listen(Descriptor socket, int backlog) throws PosixException {
    if (LibC.listen(socket.number(), backlog) < 0) {
      throw PosixException.last("listen(" + socket + ", " + backlog + ")");
    }
  }

  /**
   * Connects, by connect(2).
   *
   * @return false if the socket is non-blocking and the connection is under way: writable means
   *     done, {@link SocketOptions#takeError} tells how it went
   * @throws PosixException ECONNREFUSED, ENOENT; for a non-blocking Unix socket EAGAIN when the
   *     listen queue is full
   */
  public static boolean connect(Descriptor socket, SocketAddress address) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long target = scratch.allocate(SocketAddresses.CAPACITY);
      int length = SocketAddresses.encode(address, family(socket).number, target);
      if (LibC.connect(socket.number(), target, length) == 0) {
        return true;
      }
      int errno = LibC.errno();
      // After EINTR the connection goes on by itself and a second connect() would be refused.
      if (errno == Errno.EINPROGRESS || errno == Errno.EINTR) {
        return false;
      }
      throw new PosixException("connect(" + SocketAddresses.text(address) + ")", errno);
    }
  }

  /**
   * Takes the next waiting connection, by accept4(2).
   *
   * @param socket listening; to get an answer at once it must be non-blocking
   * @return empty if none waits, also when the one that did has gone again
   * @throws PosixException EMFILE or ENFILE when descriptors have run out: the connection still
   *     waits and the socket stays readable
   */
  public static Optional<Accepted> accept(Descriptor socket) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long address = scratch.allocate(SocketAddresses.CAPACITY);
      long length = scratch.allocate(Integer.BYTES);
      while (true) {
        MEMORY.putInt(length, SocketAddresses.CAPACITY);
        int fd = LibC.accept4(socket.number(), address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
          SocketAddress peer = SocketAddresses.decode(address, MEMORY.getInt(length));
          return Optional.of(new Accepted(Descriptor.of(fd), peer));
        }
        switch (LibC.errno()) {
          case Errno.EINTR, Errno.ECONNABORTED, Errno.EPROTO -> {
            // The next one in the queue may be well.
          }
          case Errno.EAGAIN -> {
            return Optional.empty();
          }
          default -> throw PosixException.last("accept4(" + socket + ")");
        }
      }
    }
  }

  /**
   * The address the socket is bound to, by getsockname(2).
   *
   * @return an empty Unix path if it has none, null if its family is not one of {@link Family}
   */
  public static SocketAddress localAddress(Descriptor socket) throws PosixException {
    return address("getsockname", LibC::getsockname, socket);
  }

  /**
   * The address of the other side, by getpeername(2).
   *
   * @return as of {@link #localAddress}
   * @throws PosixException ENOTCONN
   */
  public static SocketAddress peerAddress(Descriptor socket) throws PosixException {
    return address("getpeername", LibC::getpeername, socket);
  }

  /**
   * Whether this is one end of a pair made by socketpair(2): a Unix socket without a name,
   * connected to another one without a name. A connection that was accepted has the listener's
   * name, of which one in the abstract name space is not told from none by {@link #localAddress}.
   *
   * @throws PosixException ENOTSOCK, or ENOTCONN of getpeername(2)
   */
  public static boolean isOfPair(Descriptor socket) throws PosixException {
    return SocketOptions.domain(socket) == SocketAddresses.AF_UNIX
        && isUnnamed("getsockname", LibC::getsockname, socket)
        && isUnnamed("getpeername", LibC::getpeername, socket);
  }

  /** An unnamed Unix socket's address is its family alone, unix(7). */
  private static boolean isUnnamed(String name, AddressCall call, Descriptor socket)
      throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long length = scratch.allocate(Integer.BYTES);
      fill(name, call, socket, scratch.allocate(SocketAddresses.CAPACITY), length);
      return MEMORY.getInt(length) == Short.BYTES;
    }
  }

  /** getsockname(2) or getpeername(2). */
  @FunctionalInterface
  private interface AddressCall {
    int fill(int socket, long address, long length);
  }

  private static SocketAddress address(String name, AddressCall call, Descriptor socket)
      throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long address = scratch.allocate(SocketAddresses.CAPACITY);
      long length = scratch.allocate(Integer.BYTES);
      fill(name, call, socket, address, length);
      return SocketAddresses.decode(address, MEMORY.getInt(length));
    }
  }

  private static void fill(
      String name, AddressCall call, Descriptor socket, long address, long length)
      throws PosixException {
    MEMORY.putInt(length, SocketAddresses.CAPACITY);
    if (call.fill(socket.number(), address, length) < 0) {
      throw PosixException.last(name + "(" + socket + ")");
    }
  }

  /**
   * The socket's address family.
   *
   * @throws PosixException ENOTSOCK if it is no socket
   * @throws IllegalArgumentException if it is none of {@link Family}
   */
  public static Family family(Descriptor socket) throws PosixException {
    return Family.of(SocketOptions.domain(socket));
  }

  /**
   * Receives what is there into the buffer's remaining space, by recv(2).
   *
   * @param buffer with space left; its position moves by what was received
   * @return the number of bytes, {@link Descriptor#END} or {@link Descriptor#WOULD_BLOCK}
   */
  public static int receive(Descriptor socket, ByteBuffer buffer) throws PosixException {
    return socket.moved(Transfer.RECEIVE, buffer, "recv");
  }

  /**
   * Sends as much of the buffer's remaining bytes as fits, by send(2) without SIGPIPE.
   *
   * @param buffer its position moves by what was sent
   * @return the number of bytes or {@link Descriptor#WOULD_BLOCK}
   * @throws PosixException EPIPE or ECONNRESET when the other side is gone
   */
  public static int send(Descriptor socket, ByteBuffer buffer) throws PosixException {
    return socket.moved(Transfer.SEND, buffer, "send");
  }

  /**
   * As {@link #receive}, but never waits: for a connection that another process has open too and
   * may have made a blocking one.
   */
  public static int receiveNow(Descriptor socket, ByteBuffer buffer) throws PosixException {
    return socket.moved(Transfer.RECEIVE_NOW, buffer, "recv");
  }

  /** As {@link #send}, but never waits, as {@link #receiveNow}. */
  public static int sendNow(Descriptor socket, ByteBuffer buffer) throws PosixException {
    return socket.moved(Transfer.SEND_NOW, buffer, "send");
  }

  /** Which direction of a connection to shut, see shutdown(2). */
  public enum Direction {
    READ(0),
    WRITE(1),
    BOTH(2);

    final int number;

    Direction(int number) {
      this.number = number;
    }
  }

  /**
   * Shuts a connection down for everybody who shares it, by shutdown(2).
   *
   * @throws PosixException ENOTCONN
   */
  public static void shutdown(Descriptor socket, Direction direction) throws PosixException {
    if (LibC.shutdown(socket.number(), direction.number) < 0) {
      throw PosixException.last("shutdown(" + socket + ", " + direction + ")");
    }
  }
}
