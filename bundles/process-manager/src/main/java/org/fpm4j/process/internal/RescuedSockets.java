package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fpm4j.listener.ListenAddress;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;

/**
 * Listening sockets of pools whose master and zygote both died: only their workers had them, so
 * they were taken from one of these, and who waits in the queue can be served after all. Workers
 * are not trusted: a socket counts for the one pool they belonged to, and only if it listens where
 * the dead master noted. Event loop only.
 */
final class RescuedSockets {

  private final Map<String, Rescued> byPool = new TreeMap<>();
  private final ErrorLog log;

  RescuedSockets(ErrorLog log) {
    this.log = log;
  }

  /**
   * A socket without workers.
   *
   * @param note what the dead master noted about the last generation that had it
   * @param listening the taker's to own
   */
  record Rescued(GenerationFile note, Descriptor listening) {}

  /**
   * Looks for the pool's socket with the workers of a generation; the newest generation's counts.
   *
   * @throws IOException if the note's address is none
   */
  void rescue(GenerationFile note, Survivors workers) throws IOException {
    Rescued other = byPool.get(note.pool());
    if (other != null && other.note().number() > note.number()) {
      return;
    }
    ListenAddress address = ListenAddress.parse(note.listen());
    Optional<Descriptor> found = workers.socket(socket -> listensAt(socket, address));
    if (found.isPresent()) {
      Rescued former = byPool.put(note.pool(), new Rescued(note, found.get()));
      if (former != null) {
        former.listening().close();
      }
    }
  }

  private static boolean listensAt(Descriptor socket, ListenAddress address) {
    try {
      return ListeningSocket.listensAt(socket, address);
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns a pool's socket, the caller's from now on. */
  Optional<Rescued> take(String pool) {
    return Optional.ofNullable(byPool.remove(pool));
  }

  /** A generation of the pool lives, and has the socket the pool listens on. */
  void drop(String pool) {
    take(pool).ifPresent(rescued -> rescued.listening().close());
  }

  /** Closes those that no pool has taken: nobody listens there any more. */
  void closeForgotten() {
    for (Rescued forgotten : byPool.values()) {
      try {
        ListenAddress address = ListenAddress.parse(forgotten.note().listen());
        ListeningSocket.adoptFormer(forgotten.listening(), address).close();
      } catch (IOException e) {
        forgotten.listening().close();
        log.warning("%s is left: %s", forgotten.note().listen(), e.getMessage());
      }
    }
    byPool.clear();
  }
}
