package org.fpm4j.itests;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.Sockets;

/** The receiving end of NOTIFY_SOCKET, as systemd has it. */
final class ServiceManager implements AutoCloseable {

  private static final int BYTES = 4096;

  private final Descriptor socket;
  private final List<String> unread = new ArrayList<>();
  private final List<Descriptor> store = new ArrayList<>();

  ServiceManager(Path path) throws IOException {
    socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM);
    Sockets.bind(socket, UnixDomainSocketAddress.of(path));
    socket.configureBlocking(false);
  }

  /** Waits for a message that matches as a whole and returns it; those before it are dropped. */
  String await(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return Await.value(
        "notification " + pattern,
        () -> {
          receive();
          while (!unread.isEmpty()) {
            String message = unread.remove(0);
            if (wanted.matcher(message).matches()) {
              return message;
            }
          }
          return "";
        },
        message -> !message.isEmpty());
  }

  /** Returns the descriptors that came with messages so far, oldest first. */
  List<Descriptor> store() {
    return List.copyOf(store);
  }

  private void receive() throws IOException {
    for (Optional<SocketMessages.Message> message = SocketMessages.receive(socket, BYTES, 1);
        message.isPresent();
        message = SocketMessages.receive(socket, BYTES, 1)) {
      unread.add(StandardCharsets.UTF_8.decode(message.get().bytes()).toString());
      store.addAll(message.get().descriptors());
    }
  }

  @Override
  public void close() {
    store.forEach(Descriptor::close);
    socket.close();
  }
}
