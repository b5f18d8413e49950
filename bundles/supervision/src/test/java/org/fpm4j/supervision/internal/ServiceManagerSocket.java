package org.fpm4j.supervision.internal;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.Sockets;

/** The receiving end of NOTIFY_SOCKET, as a service manager has it. */
final class ServiceManagerSocket implements AutoCloseable {

  private static final int BYTES = 4096;

  private final Descriptor socket;
  private final List<Descriptor> store = new ArrayList<>();

  ServiceManagerSocket(SocketAddress address) throws IOException {
    socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM);
    Sockets.bind(socket, address);
    socket.configureBlocking(false);
  }

  /** Takes everything that has arrived, one string for each message. */
  List<String> messages() throws IOException {
    List<String> messages = new ArrayList<>();
    for (Optional<SocketMessages.Message> message = SocketMessages.receive(socket, BYTES, 1);
        message.isPresent();
        message = SocketMessages.receive(socket, BYTES, 1)) {
      messages.add(StandardCharsets.UTF_8.decode(message.get().bytes()).toString());
      store.addAll(message.get().descriptors());
    }
    return messages;
  }

  /** Returns the descriptors that came with the messages taken so far. */
  List<Descriptor> store() {
    return List.copyOf(store);
  }

  @Override
  public void close() {
    store.forEach(Descriptor::close);
    socket.close();
  }
}
