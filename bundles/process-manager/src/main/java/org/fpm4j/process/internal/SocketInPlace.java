package org.fpm4j.process.internal;

import java.io.IOException;
import org.fpm4j.config.ChangeClass;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.SettingsChange;
import org.fpm4j.log.Log;

/**
 * A pool's listening socket as long as it stays at its address: owner, mode and backlog change in
 * place, and the notes of the generations that have it say so. Event loop only.
 */
final class SocketInPlace {

  private final PoolStatus status;
  private final PoolParts parts;
  private final Log log;

  SocketInPlace(PoolStatus status, PoolParts parts, Log log) {
    this.status = status;
    this.parts = parts;
    this.log = log;
  }

  /**
   * Brings into force what can be changed in place, and returns what the rest of the change costs.
   *
   * @throws IOException in php-fpm's words
   */
  ChangeClass restOf(SettingsChange change, PoolSettings base, PoolSettings wanted)
      throws IOException {
    boolean stays = base.listen().address().equals(wanted.listen().address());
    if (change.changeClass() != ChangeClass.BIND || !stays || status.socket == null) {
      return change.changeClass();
    }
    reconfigure(wanted);
    PoolSettings reconfigured =
        new PoolSettings(
            base.name(),
            base.program(),
            wanted.listen(),
            base.pm(),
            base.worker(),
            base.request(),
            base.status(),
            base.access());
    return SettingsChange.between(reconfigured, wanted).changeClass();
  }

  /** Brings into force what was changed while there was no master; a failure is logged. */
  void catchUp(GenerationFile note, PoolSettings wanted) {
    boolean stays = note.listen().equals(wanted.listen().address());
    if (stays && !note.socket().equals(GenerationFile.socket(wanted))) {
      try {
        reconfigure(wanted);
        log.notice("applied the changed settings of the socket; no worker restarted");
      } catch (IOException e) {
        status.lastError = e.getMessage();
        log.error("settings of the socket not applied: %s", e.getMessage());
      }
    }
  }

  private void reconfigure(PoolSettings wanted) throws IOException {
    parts.sockets().reconfigure(status.socket, wanted.listen());
    for (Generation generation : status.generations) {
      GenerationFile.noteSocket(parts.run().note(status.name, generation.number()), wanted);
    }
  }
}
