package org.fpm4j.remote.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMIServerSocketFactory;
import javax.net.ssl.SSLSocket;

/**
 * Listens on one address, with TLS if there are keys for it.
 *
 * <p>Accepted sockets do not say where they come from: RMI's registry lets whoever is on the same
 * machine bind names in it, so any local user could put a server of his own in place of ours and
 * collect passwords. It refuses those whose origin it cannot tell.
 */
final class BoundSockets implements RMIServerSocketFactory {

  private static final int BACKLOG = 50;

  private final InetAddress address;
  private final KeyMaterial keys;

  /**
   * @param keys null for connections without TLS
   */
  BoundSockets(InetAddress address, KeyMaterial keys) {
    this.address = address;
    this.keys = keys;
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return new ServerSocket(port, BACKLOG, address) {
      @Override
      public Socket accept() throws IOException {
        Socket accepted = new UnknownOrigin();
        implAccept(accepted);
        return keys == null ? accepted : encrypted(accepted);
      }
    };
  }

  private Socket encrypted(Socket accepted) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            keys.sockets()
                .createSocket(accepted, address.getHostAddress(), accepted.getPort(), true);
    socket.setUseClientMode(false);
    return socket;
  }

  /** A connection from nobody knows where. */
  private static final class UnknownOrigin extends Socket {
    @Override
    public InetAddress getInetAddress() {
      return null;
    }
  }
}
