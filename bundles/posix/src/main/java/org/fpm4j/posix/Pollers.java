package org.fpm4j.posix;

import java.util.List;
import org.fpm4j.posix.internal.EpollPoller;
import org.fpm4j.posix.internal.PollPoller;
import org.fpm4j.posix.internal.SelectPoller;

/** The mechanisms behind {@link Poller}. */
public final class Pollers {
  private Pollers() {}

  /** The names {@link #open} knows, best first. */
  public static List<String> mechanisms() {
    return List.of("epoll", "poll", "select");
  }

  /**
   * Makes a poller.
   *
   * @param mechanism one of {@link #mechanisms}
   * @throws IllegalArgumentException for any other, in php-fpm's words
   * @throws PosixException EMFILE when descriptors have run out (epoll)
   */
  public static Poller open(String mechanism) throws PosixException {
    return switch (mechanism) {
      case "epoll" -> new EpollPoller();
      case "poll" -> new PollPoller();
      case "select" -> new SelectPoller();
      default ->
          throw new IllegalArgumentException(
              "event mechanism '" + mechanism + "' is not available on this system");
    };
  }
}
