package org.fpm4j.scoreboard;

import java.io.IOException;

/**
 * A file that is no scoreboard of this layout, or not one that is ready; the message says which
 * field and value.
 */
public final class ScoreboardFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  ScoreboardFormatException(String message) {
    super(message);
  }
}
