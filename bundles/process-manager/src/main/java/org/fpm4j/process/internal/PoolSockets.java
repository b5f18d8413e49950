package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.listener.ListenAddress;
import org.fpm4j.listener.ListenOptions;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;

/**
 * Opens the listening sockets the pools' settings ask for, or uses those this process was started
 * with. Event loop only.
 */
final class PoolSockets implements PoolParts.SocketOpener {

  private final Log log;
  private final InheritedSockets inherited;

  PoolSockets(Log log, InheritedSockets inherited) {
    this.log = log;
    this.inherited = inherited;
    inherited.warnings().forEach(warning -> log.warning("%s", warning));
  }

  @Override
  public ListeningSocket open(ListenSettings listen) throws IOException {
    ListenAddress address = ListenAddress.parse(listen.address());
    Optional<ListeningSocket> ready = inherited.take(address);
    if (ready.isPresent()) {
      log.notice(
          "using inherited socket fd=%d, \"%s\"",
          ready.get().descriptor().number(), ready.get().key());
      return ready.get();
    }
    ListeningSocket socket = ListeningSocket.open(address, options(listen));
    socket.warnings().forEach(warning -> log.warning("%s", warning));
    return socket;
  }

  /** Prefers the inherited socket at the address: the dead master had it, and not the path. */
  @Override
  public ListeningSocket adopt(Descriptor descriptor, String text) throws IOException {
    ListenAddress address = ListenAddress.parse(text);
    Optional<ListeningSocket> same = inherited.take(address);
    if (same.isPresent()) {
      descriptor.close();
      return same.get();
    }
    return ListeningSocket.adopt(descriptor, address);
  }

  @Override
  public ListeningSocket adoptFormer(Descriptor descriptor, String text) throws IOException {
    return ListeningSocket.adoptFormer(descriptor, ListenAddress.parse(text));
  }

  @Override
  public List<String> closeForgotten() {
    return inherited.closeForgotten();
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
