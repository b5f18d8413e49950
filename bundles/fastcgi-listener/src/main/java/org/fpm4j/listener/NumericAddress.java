package org.fpm4j.listener;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Addresses as inet_ntop(3) writes them, which the JDK does not: IPv6 in lower case with the first
 * longest run of zeros left out, RFC 5952.
 */
final class NumericAddress {
  private static final int GROUPS = 8;

  private NumericAddress() {}

  /** The host and port as php-fpm names an inherited socket, without brackets: {@code ::1:9000}. */
  static String text(InetSocketAddress address) {
    return text(address.getAddress()) + ":" + address.getPort();
  }

  static String text(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int gapStart = 0;
    int gapLength = 0;
    for (int i = 0; i < GROUPS; i++) {
      int length = zerosFrom(groups, i);
      if (length > gapLength) {
        gapStart = i;
        gapLength = length;
      }
    }
    if (gapLength < 2) {
      return joined(groups, 0, GROUPS);
    }
    return joined(groups, 0, gapStart) + "::" + joined(groups, gapStart + gapLength, GROUPS);
  }

  private static int zerosFrom(int[] groups, int start) {
    int end = start;
    while (end < GROUPS && groups[end] == 0) {
      end++;
    }
    return end - start;
  }

  private static String joined(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
