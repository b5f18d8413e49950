package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.fastcgi.FastCgiConnections;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.process.internal.page.PoolPages;

/**
 * The two ways by which requests for a pool's pages come to the master: its own socket, and the
 * connections that workers hand over. Each is opened when the settings first want it. Event loop
 * only.
 */
final class PageDoors implements AutoCloseable {

  private static final int CHANNEL = ZygoteMessage.Descriptors.HANDED_OVER;

  private final EventLoop loop;
  private final PoolParts.SocketOpener sockets;
  private final Log log;
  private final PoolStatus status;
  private final Map<Generation, HandedConnections> handed = new HashMap<>();
  private StatusSettings settings;

  /** Null until wanted, as are the next two. */
  private PoolPages pages;

  private StatusSocket socket;
  private FastCgiConnections served;

  PageDoors(EventLoop loop, PoolParts.SocketOpener sockets, Log log, PoolStatus status) {
    this.loop = loop;
    this.sockets = sockets;
    this.log = log;
    this.status = status;
    this.settings = status.settings.status();
  }

  /**
   * Brings settings into force for all generations.
   *
   * @throws IOException if the address wanted cannot be had; nothing has changed then
   */
  void apply(PoolSettings wanted) throws IOException {
    if (wantsSocket(wanted)) {
      socket().apply(wanted);
    }
    announce(wanted.status());
  }

  /** As {@link #apply}, but a pool serves also without that address: it is tried again later. */
  void applyOrRetry(PoolSettings wanted) {
    if (wantsSocket(wanted)) {
      socket().applyOrRetry(wanted);
    }
    announce(wanted.status());
  }

  private boolean wantsSocket(PoolSettings wanted) {
    return socket != null || wanted.status().statusListen().isPresent();
  }

  private StatusSocket socket() {
    if (socket == null) {
      socket = new StatusSocket(loop, sockets, log, pages());
    }
    return socket;
  }

  private PoolPages pages() {
    if (pages == null) {
      pages = new PoolPages(() -> settings, () -> Snapshots.readOnLoop(status));
    }
    return pages;
  }

  private void announce(StatusSettings wanted) {
    settings = wanted;
    for (Generation generation : status.generations) {
      announce(generation);
    }
  }

  /** Tells a generation's workers which requests are not theirs. */
  void announce(Generation generation) {
    generation.publishPages(
        settings.statusPath().orElse(""), settings.pingPath().orElse(""), settings.pingResponse());
    boolean wanted = settings.statusPath().isPresent() || settings.pingPath().isPresent();
    if (wanted && generation.isReady() && !handed.containsKey(generation)) {
      generation.requestDescriptors();
    }
  }

  /** Takes a zygote's answer; what is released of it is kept. */
  void onDescriptors(Generation generation, List<Descriptor> descriptors) {
    if (descriptors.size() > CHANNEL && !handed.containsKey(generation)) {
      Descriptor channel = Descriptor.of(descriptors.get(CHANNEL).release());
      handed.put(
          generation, new HandedConnections(loop, log, channel, generation.listening(), served()));
    }
  }

  private FastCgiConnections served() {
    if (served == null) {
      served = new FastCgiConnections(loop, pages(), StatusSocket.LIMITS, () -> {});
    }
    return served;
  }

  /** A generation has no process any more. */
  void onGone(Generation generation) {
    HandedConnections gone = handed.remove(generation);
    if (gone != null) {
      gone.close();
    }
  }

  /** Gives the address up; workers that finish their requests still hand connections over. */
  void closeSocket() {
    if (socket != null) {
      socket.close();
    }
  }

  /** Ends everything; answers not sent yet are lost. */
  @Override
  public void close() {
    closeSocket();
    handed.values().forEach(HandedConnections::close);
    handed.clear();
    if (served != null) {
      served.close();
    }
  }
}
