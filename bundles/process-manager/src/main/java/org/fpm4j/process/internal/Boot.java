package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.posix.Sockets;

/**
 * The start of one generation, from its zygote's to the zygote's first accept: with which settings,
 * on which socket, and until when. Event loop only.
 */
final class Boot {

  private static final int LEAST_SLOTS = 1024;
  private static final int SLOTS_PER_CHILD = 4;

  private final Generation generation;
  private final ListeningSocket socket;
  private final boolean socketIsNew;
  private final Timer timeout;
  private PoolSettings settings;

  private Boot(
      Generation generation,
      PoolSettings settings,
      ListeningSocket socket,
      boolean socketIsNew,
      Timer timeout) {
    this.generation = generation;
    this.settings = settings;
    this.socket = socket;
    this.socketIsNew = socketIsNew;
    this.timeout = timeout;
  }

  /**
   * Starts the zygote of {@code generation}.
   *
   * @param former the pool's listening socket so far, null if it has none; used on if it is where
   *     the settings want it
   * @param onTimeout called when {@code pm.start_timeout} is over and the boot was not {@link
   *     #settled}
   * @throws IOException if it cannot be started; a socket opened for it is closed
   */
  static Boot begin(
      EventLoop loop,
      PoolParts parts,
      Generation generation,
      PoolSettings settings,
      ListeningSocket former,
      Consumer<Boot> onTimeout)
      throws IOException {
    boolean stays = former != null && settings.listen().address().equals(former.address().text());
    ListeningSocket socket = stays ? former : parts.sockets().open(settings.listen());
    try {
      int slots = Math.max(LEAST_SLOTS, settings.pm().maxChildren() * SLOTS_PER_CHILD);
      SocketAddress address = Sockets.localAddress(socket.descriptor());
      generation.attach(
          parts.launcher().launch(settings, generation.number(), slots, socket, generation),
          address);
    } catch (IOException e) {
      if (!stays) {
        socket.close();
      }
      throw e;
    }
    Boot[] boot = new Boot[1];
    Timer timeout = loop.schedule(settings.pm().startTimeout(), () -> onTimeout.accept(boot[0]));
    boot[0] = new Boot(generation, settings, socket, !stays, timeout);
    return boot[0];
  }

  Generation generation() {
    return generation;
  }

  ListeningSocket socket() {
    return socket;
  }

  PoolSettings settings() {
    return settings;
  }

  /** Replaces the settings by ones that differ in live directives only. */
  void applyLive(PoolSettings wanted) {
    settings = wanted;
  }

  /** The zygote is ready: no time-out any more. */
  void settled() {
    timeout.cancel();
  }

  /** Gives up: a socket that was opened for this boot is closed. */
  void failed() {
    timeout.cancel();
    if (socketIsNew) {
      socket.close();
    }
  }

  /** Gives up and ends the zygote. */
  void abort() {
    failed();
    generation.killZygote();
  }
}
