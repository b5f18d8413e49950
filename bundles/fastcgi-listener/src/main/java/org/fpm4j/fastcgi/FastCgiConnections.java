package org.fpm4j.fastcgi;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.fpm4j.event.EventLoop;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;

/**
 * Connections the master serves itself, at most so many at a time, wherever they come from. All
 * methods on the event loop's thread only.
 */
public final class FastCgiConnections implements AutoCloseable {
  private final EventLoop loop;
  private final FastCgiHandler handler;
  private final ServerLimits limits;
  private final Runnable onRoom;
  private final Set<ServerConnection> connections = new LinkedHashSet<>();

  /**
   * Makes an empty set of connections.
   *
   * @param onRoom called when a connection of a full set has ended
   */
  public FastCgiConnections(
      EventLoop loop, FastCgiHandler handler, ServerLimits limits, Runnable onRoom) {
    this.loop = loop;
    this.handler = handler;
    this.limits = limits;
    this.onRoom = onRoom;
  }

  /** Whether a further connection may be served. */
  public boolean hasRoom() {
    return connections.size() < limits.maxConnections();
  }

  /** Connections open now. */
  public int size() {
    return connections.size();
  }

  /**
   * Serves a connection until either side closes it or its time is up.
   *
   * @param connection non-blocking; owned by this object from now on
   * @param received what was read of it already; consumed
   * @throws IllegalStateException if there is no room
   */
  public void serve(Descriptor connection, SocketAddress peer, ByteBuffer received) {
    if (!hasRoom()) {
      throw new IllegalStateException("no room for " + connection);
    }
    ServerConnection served =
        new ServerConnection(
            loop, new Sockets.Accepted(connection, peer), handler, limits, this::onClosed);
    connections.add(served);
    served.start(received);
  }

  private void onClosed(ServerConnection connection) {
    boolean full = !hasRoom();
    connections.remove(connection);
    if (full) {
      onRoom.run();
    }
  }

  /** Closes all; answers not sent yet are lost. */
  @Override
  public void close() {
    List.copyOf(connections).forEach(ServerConnection::close);
  }
}
