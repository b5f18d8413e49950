package org.fpm4j.process.internal;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.fastcgi.FastCgiConnections;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.SocketOptions;
import org.fpm4j.posix.Sockets;

/**
 * Takes the requests that the workers of one generation leave to the master because they ask for a
 * page of the pool: each a packet with the request and one descriptor to answer it on, the client's
 * connection or, if that lives on with the worker, one end of a pair of sockets. Event loop only.
 *
 * <p>Workers run scripts, so anything may come. A descriptor is served only if it is a connection
 * accepted on the pool's own address, or has no address at all and leads to another without one, as
 * only socketpair(2) makes them: the master, who may be root, speaks to nobody a worker could
 * choose. No call waits, whatever mode the worker puts the connection into. The number taken at
 * once, and in all, is bounded; what waits longer is refused by the worker itself. A worker that
 * hands over what its agent never would ends the way for its generation.
 */
final class HandedConnections implements AutoCloseable {

  /** The agent's read-ahead buffer and the request it puts before it. */
  private static final int MAX_BYTES = 48 * 1024;

  private static final int TAKEN_AT_ONCE = 16;
  private static final Duration REST = Duration.ofMillis(10);

  private final EventLoop loop;
  private final Log log;
  private final Descriptor channel;
  private final SocketAddress listening;
  private final FastCgiConnections served;
  private final Registration watch;
  private Timer rest;
  private boolean reported;

  /**
   * Begins to take connections.
   *
   * @param channel non-blocking; owned by this object from now on
   * @param listening where the generation's workers accept
   */
  HandedConnections(
      EventLoop loop,
      Log log,
      Descriptor channel,
      SocketAddress listening,
      FastCgiConnections served) {
    this.loop = loop;
    this.log = log;
    this.channel = channel;
    this.listening = listening;
    this.served = served;
    this.watch = watch();
  }

  private Registration watch() {
    try {
      return loop.watch(channel, EnumSet.of(Interest.READ), Mode.LEVEL, ready -> takeWaiting());
    } catch (RuntimeException e) {
      channel.close(); // select knows no number this large, or the zygote sent something else
      throw e;
    }
  }

  private void takeWaiting() {
    try {
      for (int i = 0; i < TAKEN_AT_ONCE && served.hasRoom(); i++) {
        Optional<SocketMessages.Message> message = SocketMessages.receive(channel, MAX_BYTES, 1);
        if (message.isEmpty()) {
          return;
        }
        if (message.get().isEnd()) {
          leave(); // the zygote and its workers have ended
          return;
        }
        take(message.get());
        if (!channel.isOpen()) {
          return;
        }
      }
    } catch (PosixException e) {
      giveUp(e.getMessage());
      return;
    }
    watch.interest(EnumSet.noneOf(Interest.class));
    rest = loop.schedule(REST, () -> watch.interest(EnumSet.of(Interest.READ)));
  }

  private void take(SocketMessages.Message message) {
    if (message.descriptors().isEmpty()) {
      // None was free, or none was sent.
      report("a connection for the status page was lost: no descriptor came with it");
      return;
    }
    List<Descriptor> sent =
        message.descriptors().stream().map(each -> Descriptor.of(each.release())).toList();
    if (sent.size() == 1 && isStream(sent.get(0))) {
      serve(sent.get(0), message);
    } else {
      refuse(sent);
    }
  }

  private static boolean isStream(Descriptor descriptor) {
    try {
      return SocketOptions.isStream(descriptor) && !SocketOptions.isListening(descriptor);
    } catch (PosixException e) {
      return false; // no socket at all
    }
  }

  private void serve(Descriptor connection, SocketMessages.Message message) {
    try {
      if (!message.truncated()
          && (isOurs(Sockets.localAddress(connection)) || Sockets.isOfPair(connection))) {
        SocketAddress peer = Sockets.peerAddress(connection);
        connection.configureBlocking(false);
        served.serve(connection, peer, message.bytes());
        return;
      }
      report("a connection handed over for the status page is none of the pool's");
      SocketOptions.noLinger(connection);
    } catch (PosixException e) {
      // The client has gone already.
    }
    connection.close();
  }

  /**
   * Closes them on a thread of their own: the close of a file of FUSE waits as long as it likes.
   */
  private void refuse(List<Descriptor> strangers) {
    Thread closing = new Thread(() -> strangers.forEach(Descriptor::close), "fpm4j close");
    closing.setDaemon(true);
    closing.start();
    giveUp("a worker sent something else than a connection");
  }

  private boolean isOurs(SocketAddress local) {
    if (listening instanceof InetSocketAddress ours) {
      return local instanceof InetSocketAddress theirs && theirs.getPort() == ours.getPort();
    }
    return listening.equals(local);
  }

  /** Once: whoever can cause this can cause it at will. */
  private void report(String what) {
    if (!reported) {
      reported = true;
      log.warning("%s", what);
    }
  }

  /** For good, as it would happen again; workers answer 503 from now on. */
  private void giveUp(String reason) {
    log.error("no status page on the pool's own socket until a reload: %s", reason);
    leave();
  }

  private void leave() {
    try {
      Sockets.shutdown(channel, Sockets.Direction.BOTH);
    } catch (PosixException e) {
      // Then nobody can send either.
    }
    close();
  }

  /** Takes no more; what waits goes to the next master. Closing again does nothing. */
  @Override
  public void close() {
    if (rest != null) {
      rest.cancel();
    }
    watch.close();
    channel.close();
  }
}
