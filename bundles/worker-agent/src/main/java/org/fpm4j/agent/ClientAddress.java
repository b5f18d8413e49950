package org.fpm4j.agent;

/** A client's address as inet_ntop(3) writes it. */
final class ClientAddress {

  private static final int GROUPS = 8;
  private static final int MAPPED_AT = 10;

  private ClientAddress() {}

  /**
   * The text of an address.
   *
   * @param address 16 bytes, an IPv6 address or a mapped IPv4 one
   * @return empty if all bytes are zero
   */
  static String text(byte[] address) {
    int first = 0;
    while (first < address.length && address[first] == 0) {
      first++;
    }
    if (first == address.length) {
      return "";
    }
    boolean mapped = first == MAPPED_AT && address[10] == -1 && address[11] == -1;
    return mapped ? dotted(address) : grouped(address);
  }

  private static String dotted(byte[] address) {
    return (address[12] & 0xff)
        + "."
        + (address[13] & 0xff)
        + "."
        + (address[14] & 0xff)
        + "."
        + (address[15] & 0xff);
  }

  /**
   * As inet_ntop(3) writes it: the longest run of zeros, if longer than one, becomes two colons.
   */
  private static String grouped(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }
    int best = -1;
    int bestLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > bestLength) {
        best = i;
        bestLength = end - i;
      }
      i = Math.max(i, end - 1);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == best) {
        text.append(i == 0 ? "::" : ":");
        i += bestLength - 1;
      } else {
        text.append(Integer.toHexString(groups[i])).append(i < GROUPS - 1 ? ":" : "");
      }
    }
    return text.toString();
  }
}
