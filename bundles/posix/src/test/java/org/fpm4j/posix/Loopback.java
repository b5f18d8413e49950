package org.fpm4j.posix;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses of this machine with a port the kernel chooses. */
enum Loopback {
  IPV4(4, 0x7f000001),
  IPV6(16, 1),
  ANY_IPV6(16, 0);

  private final int size;
  private final int end;

  Loopback(int size, int end) {
    this.size = size;
    this.end = end;
  }

  InetSocketAddress address() throws UnknownHostException {
    return address(0);
  }

  InetSocketAddress address(int port) throws UnknownHostException {
    byte[] bytes = ByteBuffer.allocate(size).putInt(size - Integer.BYTES, end).array();
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }
}
