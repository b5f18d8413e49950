package org.fpm4j.fastcgi;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Predicate;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Sockets;

/**
 * Answers FastCGI requests in the master itself: status and ping on a listening socket of their
 * own. Requests for programs never come here, the workers accept those. All methods on the event
 * loop's thread only.
 */
public final class FastCgiServer implements AutoCloseable {
  /** Accepted in one go before others get their turn on the loop. */
  private static final int ACCEPTS_AT_ONCE = 16;

  /** The rest after accept() was refused, for want of descriptors as a rule. */
  private static final Duration ACCEPT_REST = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Descriptor listening;
  private final Predicate<SocketAddress> allowed;
  private final FastCgiConnections connections;
  private Registration registration;
  private Timer rest;

  /**
   * Prepares a server.
   *
   * @param listening a non-blocking listening socket; stays the caller's, who closes it after this
   *     server
   * @param allowed whether a client of this address may ask; others are closed at once
   */
  public FastCgiServer(
      EventLoop loop,
      Descriptor listening,
      FastCgiHandler handler,
      ServerLimits limits,
      Predicate<SocketAddress> allowed) {
    this.loop = loop;
    this.listening = listening;
    this.allowed = allowed;
    this.connections = new FastCgiConnections(loop, handler, limits, this::onRoom);
  }

  /** Begins to accept. */
  public void start() {
    registration =
        loop.watch(listening, EnumSet.of(Interest.READ), Mode.LEVEL, ready -> acceptWaiting());
  }

  /** Connections open now. */
  public int connections() {
    return connections.size();
  }

  private void acceptWaiting() throws PosixException {
    try {
      for (int i = 0; i < ACCEPTS_AT_ONCE && connections.hasRoom(); i++) {
        Optional<Sockets.Accepted> accepted = Sockets.accept(listening);
        if (accepted.isEmpty()) {
          return;
        }
        serve(accepted.get());
      }
    } catch (PosixException e) {
      rest = loop.schedule(ACCEPT_REST, this::acceptAgain);
      registration.interest(EnumSet.noneOf(Interest.class));
      throw e;
    }
    if (!connections.hasRoom()) {
      registration.interest(EnumSet.noneOf(Interest.class));
    }
  }

  private void serve(Sockets.Accepted accepted) {
    if (!allowed.test(accepted.peer())) {
      accepted.connection().close();
      return;
    }
    connections.serve(accepted.connection(), accepted.peer(), ByteBuffer.allocate(0));
  }

  private void onRoom() {
    if (rest == null) {
      acceptAgain();
    }
  }

  private void acceptAgain() {
    rest = null;
    if (!registration.isClosed() && connections.hasRoom()) {
      registration.interest(EnumSet.of(Interest.READ));
    }
  }

  /**
   * Stops accepting and closes all connections; answers not sent yet are lost. Closing again does
   * nothing.
   */
  @Override
  public void close() {
    if (rest != null) {
      rest.cancel();
    }
    if (registration != null) {
      registration.close();
    }
    connections.close();
  }
}
