package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What TCP delivers over the loopback may come a moment after the call that sent it. */
final class Arrival {
  private static final long PATIENCE = 30_000_000_000L;

  private Arrival() {}

  /** Waits until there is something to read or to accept. */
  static void await(Descriptor descriptor) throws PosixException {
    try (Poller poller = Pollers.open("poll")) {
      poller.add(descriptor, Poller.READ);
      assertEquals(1, poller.await(PATIENCE), "readable within 30 s");
    }
  }
}
