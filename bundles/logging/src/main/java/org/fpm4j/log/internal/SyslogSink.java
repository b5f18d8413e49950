package org.fpm4j.log.internal;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;

/**
 * Sends lines to the system's log daemon, one datagram each. Connects at the first line, so that
 * the daemon may come later than the master, and again when the daemon was restarted.
 */
final class SyslogSink implements LineSink {

  /** Where the daemon listens; syslog(3). */
  static final Path DAEMON = Path.of("/dev/log");

  private final Path path;
  private Descriptor socket;

  SyslogSink(Path path) {
    this.path = path;
  }

  @Override
  public void write(byte[] line) throws IOException {
    if (socket != null) {
      try {
        send(line);
        return;
      } catch (IOException restarted) {
        close();
      }
    }
    connect();
    send(line);
  }

  private void connect() throws IOException {
    Descriptor opening = Sockets.open(Sockets.Family.UNIX, Sockets.Type.DATAGRAM);
    try {
      Sockets.connect(opening, UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      opening.close();
      throw e;
    }
    socket = opening;
  }

  private void send(byte[] line) throws IOException {
    // The daemon ends the line itself.
    ByteBuffer datagram = ByteBuffer.wrap(line, 0, line.length - 1);
    Sockets.send(socket, datagram);
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
