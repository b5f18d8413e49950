package org.fpm4j.config.internal.ini;

import java.util.List;
import java.util.Optional;

/**
 * What one line of an ini file says.
 *
 * @param statements the statements before the error, or all; mostly one or none
 * @param syntaxError PHP's message, {@code syntax error, unexpected ...}; empty = none
 * @param errorLine the line PHP counts within this text, from 1; of interest with an error only
 */
public record IniLine(List<IniStatement> statements, Optional<String> syntaxError, int errorLine) {

  /** Copies the list. */
  public IniLine {
    statements = List.copyOf(statements);
  }
}
