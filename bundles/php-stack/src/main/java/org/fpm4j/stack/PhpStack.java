package org.fpm4j.stack;

import java.util.List;

/**
 * The call stack of one process.
 *
 * @param script the script PHP runs ({@code path_translated}), empty if none or not known
 * @param frames innermost first; empty when no PHP code runs
 * @param note why there are no frames, or fewer than there were; empty if nothing is amiss
 */
public record PhpStack(String script, List<Frame> frames, String note) {

  /** Copies the list. */
  public PhpStack {
    frames = List.copyOf(frames);
  }

  /** A stack that could not be read. */
  public static PhpStack unreadable(String why) {
    return new PhpStack("", List.of(), why);
  }
}
