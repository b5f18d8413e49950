package org.fpm4j.process.internal;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.process.SocketStore;

/**
 * Which pools' sockets the {@link SocketStore}, if there is one, keeps: those listened on now.
 * Event loop only.
 */
final class StoredSockets {

  /** Names to forget that an earlier master may have left in a store that has not come yet. */
  private final Set<String> unwanted = new HashSet<>();

  private final Set<String> kept = new HashSet<>();
  private Optional<SocketStore> store = Optional.empty();

  /** A store has come; {@link #listening} has to be said again of every pool. */
  void open(SocketStore opened) {
    store = Optional.of(opened);
    unwanted.forEach(opened::forget);
    unwanted.clear();
  }

  /** The store has gone. */
  void closed() {
    store = Optional.empty();
    kept.clear();
  }

  /** A pool listens on a socket of its own. */
  void listening(String pool, ListeningSocket socket) {
    unwanted.remove(name(pool));
    if (store.isPresent() && !socket.isBorrowed()) {
      if (store.get().keep(name(pool), socket.descriptor())) {
        kept.add(name(pool));
      }
    }
  }

  /** A pool listens no more, and is not to be waited for. */
  void left(String pool) {
    if (store.isEmpty()) {
      unwanted.add(name(pool));
    } else if (kept.remove(name(pool))) {
      store.get().forget(name(pool));
    }
  }

  /** The store holds these from an earlier master, and no pool wants them. */
  void forget(List<String> names) {
    if (store.isPresent()) {
      names.forEach(store.get()::forget);
    } else {
      unwanted.addAll(names);
    }
  }

  /** The master goes: a socket that is kept is left as it is, for the next one. */
  void leaveToStore(String pool, ListeningSocket socket) {
    if (kept.contains(name(pool))) {
      socket.lend();
    }
  }

  /** A name of printable ASCII without colons, at most 255 bytes, as systemd wants it. */
  private static String name(String pool) {
    StringBuilder name = new StringBuilder();
    for (byte each : pool.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      if (c > ' ' && c < 0x7f && c != ':' && c != '%') {
        name.append(c);
      } else {
        name.append('%').append("%02x".formatted((int) c));
      }
    }
    name.setLength(Math.min(name.length(), 255 - InheritedSockets.STORED.length()));
    return name + InheritedSockets.STORED;
  }
}
