package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.fastcgi.FastCgiHandler;
import org.fpm4j.fastcgi.FastCgiServer;
import org.fpm4j.fastcgi.ServerLimits;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;

/**
 * A pool's own socket for its pages ({@code pm.status_listen}): the master accepts and answers, no
 * worker is asked. As php-fpm's hidden status pool it takes owner, group, mode, access list and
 * allowed clients from the pool, and not the backlog. Event loop only.
 */
final class StatusSocket implements AutoCloseable {

  /** Sixteen, because each may hold a full page of all workers until its client has read it. */
  static final ServerLimits LIMITS =
      new ServerLimits(16, ServerLimits.DEFAULT.maxParamsBytes(), ServerLimits.DEFAULT.timeout());

  private static final int SYSTEM_BACKLOG = -1;
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final EventLoop loop;
  private final PoolParts.SocketOpener sockets;
  private final Log log;
  private final FastCgiHandler pages;
  private Optional<ListenSettings> open = Optional.empty();
  private Optional<List<InetAddress>> allowed = Optional.empty();
  private ListeningSocket socket;
  private FastCgiServer server;
  private Timer retry;

  StatusSocket(EventLoop loop, PoolParts.SocketOpener sockets, Log log, FastCgiHandler pages) {
    this.loop = loop;
    this.sockets = sockets;
    this.log = log;
    this.pages = pages;
  }

  /**
   * Listens where the settings say. Another address is bound before the former one is given up; at
   * the same one, owner, mode and clients change in place.
   *
   * @throws IOException if the new address cannot be had; the former one is kept then
   */
  void apply(PoolSettings settings) throws IOException {
    cancelRetry();
    Optional<ListenSettings> wanted = wanted(settings);
    if (wanted.isPresent() && !(open.isPresent() && wanted.equals(open))) {
      if (socket != null && address(open).equals(address(wanted))) {
        sockets.reconfigure(socket, wanted.get());
      } else {
        listen(wanted.get());
      }
    } else if (wanted.isEmpty()) {
      stopListening();
    }
    open = wanted;
    allowed = settings.status().allowedClients();
  }

  /** As {@link #apply}; if the address cannot be had, says so and tries again later. */
  void applyOrRetry(PoolSettings settings) {
    try {
      apply(settings);
    } catch (IOException e) {
      log.error("pm.status_listen: %s; next try in %d s", e.getMessage(), RETRY.toSeconds());
      retry = loop.schedule(RETRY, () -> applyOrRetry(settings));
    }
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private static Optional<ListenSettings> wanted(PoolSettings settings) {
    ListenSettings pool = settings.listen();
    return settings
        .status()
        .statusListen()
        .map(
            address ->
                new ListenSettings(
                    address,
                    SYSTEM_BACKLOG,
                    pool.owner(),
                    pool.group(),
                    pool.mode(),
                    pool.aclUsers(),
                    pool.aclGroups(),
                    Optional.empty()));
  }

  private static Optional<String> address(Optional<ListenSettings> listen) {
    return listen.map(ListenSettings::address);
  }

  private void listen(ListenSettings wanted) throws IOException {
    ListeningSocket fresh = sockets.open(wanted);
    stopListening();
    socket = fresh;
    server = new FastCgiServer(loop, fresh.descriptor(), pages, LIMITS, this::isAllowed);
    server.start();
  }

  private boolean isAllowed(SocketAddress peer) {
    if (allowed.isEmpty() || !(peer instanceof InetSocketAddress client)) {
      return true;
    }
    if (allowed.get().contains(client.getAddress())) {
      return true;
    }
    log.error(
        "Connection disallowed: IP address '%s' has been dropped.",
        client.getAddress().getHostAddress());
    return false;
  }

  private void stopListening() {
    if (socket != null) {
      server.close();
      socket.close();
      socket = null;
    }
  }

  /** Answers no more and removes the socket; answers not sent yet are lost. */
  @Override
  public void close() {
    cancelRetry();
    stopListening();
    open = Optional.empty();
  }
}
