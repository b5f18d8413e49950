package org.fpm4j.process.internal;

import java.io.IOException;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.scoreboard.MappedScoreboard;

/** Starts zygotes. Called on the event loop. */
interface ZygoteLauncher {

  /** A zygote that was started and the scoreboard it was given. */
  record Launched(Zygote zygote, MappedScoreboard scoreboard) {}

  /**
   * Starts the zygote of a new generation. It reports ready later, or gone.
   *
   * @param slots capacity of its scoreboard
   * @throws IOException if it cannot be started; the message names directive, value and what is
   *     legal, and nothing is left behind
   */
  Launched launch(
      PoolSettings settings, int generation, int slots, ListeningSocket socket, ZygoteEvents events)
      throws IOException;
}
