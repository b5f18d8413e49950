package org.fpm4j.listener;

import java.nio.charset.StandardCharsets;

/**
 * Where a pool listens, read from the text of {@code listen} by php-fpm's rules: text with a colon
 * is {@code host:port}, all digits are a port on every address, all else is the path of a Unix
 * socket. No name is looked up here.
 *
 * <p>Two oddities of php-fpm are left out: it takes {@code " 9000"} and {@code 4294976296} for port
 * 9000, and cuts a path that is too long without a word. Both are errors.
 */
public sealed interface ListenAddress {
  /** The text as configured; messages name the address by it. */
  String text();

  /**
   * A TCP address.
   *
   * @param text as configured
   * @param host a name or literal address without brackets; {@code ::} for a port alone. {@code *}
   *     is the loopback address, as with php-fpm: getaddrinfo(3) takes it for no host
   * @param port 1..65535
   * @param portAlone whether no host was given, so that 0.0.0.0 is tried where there is no IPv6
   */
  record Tcp(String text, String host, int port, boolean portAlone) implements ListenAddress {}

  /**
   * A Unix address.
   *
   * @param text as configured
   * @param path the socket's path, at most 107 bytes
   */
  record Unix(String text, String path) implements ListenAddress {}

  /**
   * Reads the text of {@code listen}.
   *
   * @throws ListenException {@code invalid port value '…'}, or if no Unix socket can have the path
   */
  static ListenAddress parse(String text) throws ListenException {
    int colon = text.lastIndexOf(':');
    if (colon >= 0) {
      String host = text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      return new Tcp(text, host, port(text.substring(colon + 1)), false);
    }
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return new Tcp(text, "::", port(text), true);
    }
    checkPath(text);
    return new Unix(text, text);
  }

  private static int port(String text) throws ListenException {
    if (text.matches("0*[0-9]{1,5}")) {
      long port = Long.parseLong(text.replaceFirst("^0+(?=.)", ""));
      if (port >= 1 && port <= 0xffff) {
        return (int) port;
      }
    }
    throw new ListenException("invalid port value '" + text + "'");
  }

  private static void checkPath(String text) throws ListenException {
    final int longest = 107;
    if (text.isEmpty()) {
      throw new ListenException("no listen address have been defined!");
    }
    if (text.startsWith("@") || text.indexOf('\0') >= 0) {
      throw new ListenException(
          "unable to bind listening socket for address '"
              + text.replace('\0', '@')
              + "': abstract Unix sockets are not supported, a path is needed");
    }
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > longest) {
      throw new ListenException(
          "unable to bind listening socket for address '"
              + text
              + "': the path has "
              + length
              + " bytes, a Unix socket's may have "
              + longest);
    }
  }
}
