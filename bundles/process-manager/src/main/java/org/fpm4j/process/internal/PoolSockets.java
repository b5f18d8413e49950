package org.fpm4j.process.internal;

import java.io.IOException;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.listener.ListenAddress;
import org.fpm4j.listener.ListenOptions;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;

/** Opens the listening sockets the pools' settings ask for. Event loop only. */
final class PoolSockets implements PoolParts.SocketOpener {

  private final Log log;

  PoolSockets(Log log) {
    this.log = log;
  }

  @Override
  public ListeningSocket open(ListenSettings listen) throws IOException {
    ListeningSocket socket =
        ListeningSocket.open(ListenAddress.parse(listen.address()), options(listen));
    socket.warnings().forEach(warning -> log.warning("%s", warning));
    return socket;
  }

  @Override
  public ListeningSocket adopt(Descriptor descriptor, String address) throws IOException {
    return ListeningSocket.adopt(descriptor, ListenAddress.parse(address));
  }

  @Override
  public void reconfigure(ListeningSocket socket, ListenSettings listen) throws IOException {
    socket.reconfigure(options(listen)).forEach(warning -> log.warning("%s", warning));
  }

  private static ListenOptions options(ListenSettings listen) {
    return new ListenOptions(
        listen.backlog(),
        listen.owner(),
        listen.group(),
        listen.mode(),
        listen.aclUsers(),
        listen.aclGroups());
  }
}
