package org.fpm4j.listener;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The socket addresses of a configured host, in the order they are tried. */
final class HostAddresses {
  private HostAddresses() {}

  /**
   * Looks the host up; may take as long as the name service does. The order is the JDK's; with the
   * system property {@code java.net.preferIPv6Addresses=system} it is getaddrinfo's, as php-fpm's.
   *
   * @throws ListenException {@code getaddrinfo: …} if there is no such host
   */
  static List<InetSocketAddress> of(ListenAddress.Tcp address) throws ListenException {
    try {
      List<InetSocketAddress> found = new ArrayList<>();
      for (InetAddress host : lookUp(address.host())) {
        found.add(new InetSocketAddress(host, address.port()));
      }
      return found;
    } catch (UnknownHostException e) {
      throw new ListenException("getaddrinfo: Name or service not known");
    }
  }

  private static InetAddress[] lookUp(String host) throws UnknownHostException {
    // To the JDK an empty host is the loopback address, to getaddrinfo(3) it is none.
    if (host.isEmpty()) {
      throw new UnknownHostException(host);
    }
    if (host.equals("*")) {
      byte[] loopback6 = new byte[16];
      loopback6[15] = 1;
      return new InetAddress[] {
        InetAddress.getByAddress(loopback6), InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
      };
    }
    return InetAddress.getAllByName(host);
  }
}
