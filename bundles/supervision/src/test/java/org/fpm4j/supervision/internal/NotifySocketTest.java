package org.fpm4j.supervision.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.posix.AbstractAddress;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {

  @TempDir private Path directory;

  private static NotifySocket named(String name) {
    return NotifySocket.of(Map.of("NOTIFY_SOCKET", name)).orElseThrow();
  }

  @Test
  void isAbsentWithoutTheVariable() {
    assertEquals(Optional.empty(), NotifySocket.of(Map.of()));
    assertEquals(Optional.empty(), NotifySocket.of(Map.of("NOTIFY_SOCKET", "")));
  }

  @Test
  void refusesAddressOfAnotherKind() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> named("vsock:2:1234"));
    assertEquals(
        "NOTIFY_SOCKET 'vsock:2:1234' is neither an absolute path nor an abstract @name",
        refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> named("@"));
  }

  @Test
  void reachesSocketByPath() throws IOException {
    Path path = directory.resolve("notify");
    try (ServiceManagerSocket manager =
        new ServiceManagerSocket(UnixDomainSocketAddress.of(path))) {
      assertTrue(named(path.toString()).send("READY=1"));
      assertEquals(List.of("READY=1"), manager.messages());
    }
  }

  @Test
  void reachesSocketByAbstractName() throws IOException {
    String name = "fpm4j-notify-" + Processes.pid();
    try (ServiceManagerSocket manager = new ServiceManagerSocket(new AbstractAddress(name))) {
      assertTrue(named("@" + name).send("READY=1\nSTATUS=ä"));
      assertEquals(List.of("READY=1\nSTATUS=ä"), manager.messages());
    }
  }

  @Test
  void saysWhenTheQueueIsFullInsteadOfWaiting() throws IOException {
    Path path = directory.resolve("notify");
    try (ServiceManagerSocket manager =
        new ServiceManagerSocket(UnixDomainSocketAddress.of(path))) {
      NotifySocket socket = named(path.toString());
      int sent = 0;
      while (socket.send("WATCHDOG=1")) {
        sent++;
        assertTrue(sent < 1_000_000, "the queue has an end");
      }
      assertEquals(sent, manager.messages().size());
      assertTrue(socket.send("WATCHDOG=1"));
    }
  }

  @Test
  void throwsWhenNobodyListens() throws IOException {
    Path path = directory.resolve("notify");
    assertThrows(PosixException.class, () -> named(path.toString()).send("READY=1"));
    new ServiceManagerSocket(UnixDomainSocketAddress.of(path)).close();
    assertThrows(PosixException.class, () -> named(path.toString()).send("READY=1"));
  }

  @Test
  void watchdogIsFedAtHalfItsPeriodAndOnlyByTheProcessItWaitsFor() {
    Map<String, String> environment = Map.of("WATCHDOG_USEC", "3000000");
    assertEquals(Duration.ofMillis(1500), WatchdogPeriod.of(environment, 7));
    environment = Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "7");
    assertEquals(Duration.ofMillis(1500), WatchdogPeriod.of(environment, 7));
    assertTrue(WatchdogPeriod.of(environment, 8).isZero());
    assertTrue(WatchdogPeriod.of(Map.of("WATCHDOG_USEC", "soon"), 7).isZero());
    assertFalse(WatchdogPeriod.of(Map.of("WATCHDOG_USEC", "2"), 7).isZero());
  }
}
