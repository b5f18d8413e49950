package org.fpm4j.supervision.internal;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.posix.AbstractAddress;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.Sockets;

/**
 * The service manager's end of sd_notify(3): a datagram socket that takes assignments {@code
 * NAME=value}, one a line. A socket of our own is opened for each message, so that a manager that
 * was replaced meanwhile is reached and nothing is kept open. Never waits.
 *
 * @param address a path, or an abstract name
 */
record NotifySocket(SocketAddress address) {

  /**
   * Returns the socket {@code NOTIFY_SOCKET} names, empty if it is not set or empty.
   *
   * @throws IllegalArgumentException if the address is neither an absolute path nor {@code @name};
   *     systemd also knows {@code vsock:}, for virtual machines
   */
  static Optional<NotifySocket> of(Map<String, String> environment) {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    if (name.startsWith("@") && name.length() > 1) {
      return Optional.of(new NotifySocket(new AbstractAddress(name.substring(1))));
    }
    if (name.startsWith("/")) {
      return Optional.of(new NotifySocket(UnixDomainSocketAddress.of(name)));
    }
    throw new IllegalArgumentException(
        "NOTIFY_SOCKET '" + name + "' is neither an absolute path nor an abstract @name");
  }

  /**
   * Sends one message.
   *
   * @return false if the socket's queue is full: nothing was sent
   * @throws PosixException if nobody listens there, or not to us
   */
  boolean send(String assignments) throws PosixException {
    return send(assignments, List.of());
  }

  /** As {@link #send(String)}, with copies of descriptors, for the store. */
  boolean send(String assignments, List<Descriptor> descriptors) throws PosixException {
    try (Descriptor socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM)) {
      socket.configureBlocking(false);
      Sockets.connect(socket, address);
      ByteBuffer message = ByteBuffer.wrap(assignments.getBytes(StandardCharsets.UTF_8));
      return SocketMessages.send(socket, message, descriptors);
    }
  }
}
