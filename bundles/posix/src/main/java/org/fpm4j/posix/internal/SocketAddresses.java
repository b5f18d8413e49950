package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import org.fpm4j.posix.AbstractAddress;

/**
 * Java's socket addresses as C's sockaddr_un (unix(7)), sockaddr_in (ip(7)) and sockaddr_in6
 * (ipv6(7)).
 */
public final class SocketAddresses {
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;

  /** Room for the largest of them, in bytes; sizeof(struct sockaddr_storage). */
  public static final int CAPACITY = 128;

  /** The longest path of a Unix socket in bytes, the final NUL not counted. */
  public static final int UNIX_PATH_MAX = 107;

  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int UNIX_PATH = 2;
  private static final int INET_PORT = 2;
  private static final int INET_ADDRESS = 4;
  private static final int INET_LENGTH = 16;
  private static final int INET6_ADDRESS = 8;
  private static final int INET6_SCOPE = 24;
  private static final int INET6_LENGTH = 28;

  private SocketAddresses() {}

  /**
   * Writes a sockaddr.
   *
   * @param address Unix path, abstract name, IPv4 or IPv6; an unresolved host is refused
   * @param family that of the socket: an IPv4 address for an AF_INET6 socket is written v4-mapped
   * @param target {@link #CAPACITY} zeroed bytes
   * @return the length in bytes to pass along
   * @throws IllegalArgumentException if the address has no such form or the path is too long
   */
  public static int encode(SocketAddress address, int family, long target) {
    if (address instanceof UnixDomainSocketAddress unix) {
      return encodeUnix(unix.getPath().toString(), 0, 1, target);
    }
    if (address instanceof AbstractAddress unix) {
      return encodeUnix(unix.name(), 1, 0, target);
    }
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      MEMORY.putShort(target, (short) family);
      MEMORY.putByte(target + INET_PORT, (byte) (inet.getPort() >> 8));
      MEMORY.putByte(target + INET_PORT + 1, (byte) inet.getPort());
      byte[] bytes = inet.getAddress().getAddress();
      if (family == AF_INET && bytes.length == 4) {
        MEMORY.putByteArray(target + INET_ADDRESS, bytes, 0, bytes.length);
        return INET_LENGTH;
      }
      if (family == AF_INET6) {
        encodeInet6(inet.getAddress(), bytes, target);
        return INET6_LENGTH;
      }
    }
    throw new IllegalArgumentException(
        "address " + address + " does not suit a socket of address family " + family);
  }

  /** A path ends in a NUL; an abstract name begins with one and ends with the length. */
  private static int encodeUnix(String name, int nulsBefore, int nulsAfter, long target) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > UNIX_PATH_MAX) {
      throw new IllegalArgumentException(
          "socket path " + name + " is longer than " + UNIX_PATH_MAX + " bytes");
    }
    MEMORY.putShort(target, (short) AF_UNIX);
    MEMORY.putByteArray(target + UNIX_PATH + nulsBefore, bytes, 0, bytes.length);
    return UNIX_PATH + nulsBefore + bytes.length + nulsAfter;
  }

  private static void encodeInet6(InetAddress host, byte[] bytes, long target) {
    if (bytes.length == 4) {
      MEMORY.putShort(target + INET6_ADDRESS + 10, (short) -1);
      MEMORY.putByteArray(target + INET6_ADDRESS + 12, bytes, 0, bytes.length);
      return;
    }
    MEMORY.putByteArray(target + INET6_ADDRESS, bytes, 0, bytes.length);
    MEMORY.putInt(target + INET6_SCOPE, ((Inet6Address) host).getScopeId());
  }

  /**
   * Reads a sockaddr the kernel has written.
   *
   * @param source its address
   * @param length its length in bytes as the kernel gave it
   * @return the address; a v4-mapped one as IPv4; a Unix socket without a path, or with an abstract
   *     name, as the empty path; null for a family not known here
   */
  public static SocketAddress decode(long source, int length) {
    if (length < Short.BYTES) {
      return null;
    }
    return switch (MEMORY.getShort(source)) {
      case AF_UNIX -> decodeUnix(source, length);
      case AF_INET -> inet(source, INET_ADDRESS, 4);
      case AF_INET6 -> inet(source, INET6_ADDRESS, 16);
      default -> null;
    };
  }

  private static SocketAddress decodeUnix(long source, int length) {
    byte[] path = new byte[Math.max(0, Math.min(length - UNIX_PATH, UNIX_PATH_MAX + 1))];
    MEMORY.getByteArray(source + UNIX_PATH, path, 0, path.length);
    int end = 0;
    while (end < path.length && path[end] != 0) {
      end++;
    }
    try {
      return UnixDomainSocketAddress.of(new String(path, 0, end, StandardCharsets.UTF_8));
    } catch (InvalidPathException e) {
      return UnixDomainSocketAddress.of(""); // a stranger may bind to what Java cannot spell
    }
  }

  private static SocketAddress inet(long source, int offset, int size) {
    byte[] bytes = new byte[size];
    MEMORY.getByteArray(source + offset, bytes, 0, size);
    int high = MEMORY.getByte(source + INET_PORT) & 0xff;
    int low = MEMORY.getByte(source + INET_PORT + 1) & 0xff;
    int port = (high << 8) | low;
    try {
      InetAddress host = InetAddress.getByAddress(bytes);
      if (host instanceof Inet6Address v6 && v6.isLinkLocalAddress()) {
        host = Inet6Address.getByAddress(null, bytes, MEMORY.getInt(source + INET6_SCOPE));
      }
      return new InetSocketAddress(host, port);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of " + size + " bytes was refused", impossible);
    }
  }

  /**
   * The address as people write it.
   *
   * @return a path, {@code 127.0.0.1:9000} or {@code [::1]:9000}
   */
  public static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String host = inet.getAddress().getHostAddress();
      return (inet.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
          + ":"
          + inet.getPort();
    }
    return address.toString();
  }

  /** The address family a socket for this address needs. */
  public static int familyOf(SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress || address instanceof AbstractAddress) {
      return AF_UNIX;
    }
    return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address
        ? AF_INET
        : AF_INET6;
  }
}
