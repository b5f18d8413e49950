package org.fpm4j.supervision.internal;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;

/** The receiving end of NOTIFY_SOCKET, as a service manager has it. */
final class ServiceManagerSocket implements AutoCloseable {

  private final Descriptor socket;

  ServiceManagerSocket(SocketAddress address) throws IOException {
    socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM);
    Sockets.bind(socket, address);
    socket.configureBlocking(false);
  }

  /** Takes everything that has arrived, one string for each message. */
  List<String> messages() throws IOException {
    List<String> messages = new ArrayList<>();
    while (true) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      if (Sockets.receive(socket, buffer) == Descriptor.WOULD_BLOCK) {
        return messages;
      }
      messages.add(StandardCharsets.UTF_8.decode(buffer.flip()).toString());
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
