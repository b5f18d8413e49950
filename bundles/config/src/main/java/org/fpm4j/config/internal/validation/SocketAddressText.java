package org.fpm4j.config.internal.validation;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The texts of {@code listen} and {@code listen.allowed_clients}. */
final class SocketAddressText {

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.(?!$)|$)){4}");
  private static final int LAST_PORT = 65_535;

  private SocketAddressText() {}

  /** Whether it is the path of a Unix socket: neither a colon nor all digits. */
  static boolean isUnix(String address) {
    return address.indexOf(':') < 0 && !DIGITS.matcher(address).matches();
  }

  /** The port of an address that is no path, as written. */
  static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  static boolean isPort(String text) {
    return DIGITS.matcher(text).matches()
        && text.length() <= 9
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= LAST_PORT;
  }

  /** A literal IPv4 or IPv6 address; names are not looked up. */
  static Optional<InetAddress> literal(String text) {
    boolean v6 = text.indexOf(':') >= 0 && text.matches("[0-9A-Fa-f:.]+");
    if (!v6 && !IPV4.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(v6 ? "[" + text + "]" : text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
