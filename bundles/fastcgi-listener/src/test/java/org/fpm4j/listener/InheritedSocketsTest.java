package org.fpm4j.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fpm4j.posix.Descriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InheritedSocketsTest {
  private static final int PID = 4711;

  @TempDir Path directory;

  private ListeningSocket original;
  private Descriptor inherited;

  @BeforeEach
  void inheritASocket() throws IOException {
    original = ListeningSocket.open(address("a.sock"), ListenOptions.DEFAULT);
    inherited = original.descriptor().duplicate(3);
  }

  @AfterEach
  void closeSocket() {
    inherited.close();
    original.close();
  }

  private ListenAddress address(String name) throws ListenException {
    return ListenAddress.parse(directory.resolve(name).toString());
  }

  @Test
  void findsSocketByItsAddressWhateverTheKeySays() throws IOException {
    InheritedSockets sockets =
        InheritedSockets.of(
            Map.of("FPM_SOCKETS", "a=999999,/wrong=" + inherited.number(), "FPM_SOCKETS_1", ""),
            PID);
    assertTrue(sockets.take(address("b.sock")).isEmpty());
    sockets.take(address("a.sock")).orElseThrow().close();
    try (ListeningSocket again = sockets.take(address("a.sock")).orElseThrow()) {
      assertNotEquals(inherited.number(), again.descriptor().number());
    }
    assertTrue(inherited.isOpen());
    assertTrue(Files.exists(directory.resolve("a.sock")), "the path is its maker's");
    assertEquals(List.of(), sockets.warnings());
  }

  @Test
  void readsContinuedVariables() throws IOException {
    InheritedSockets sockets =
        InheritedSockets.of(
            Map.of("FPM_SOCKETS", "", "FPM_SOCKETS_1", "k=" + inherited.number()), PID);
    assertTrue(sockets.take(address("a.sock")).isPresent());
  }

  @Test
  void systemdSocketsAreForTheProcessNamedOnly() throws IOException {
    String count = Integer.toString(inherited.number() - 2);
    Map<String, String> own = Map.of("LISTEN_PID", "4711", "LISTEN_FDS", count);
    Map<String, String> other = Map.of("LISTEN_PID", "1", "LISTEN_FDS", count);
    assertTrue(InheritedSockets.of(other, PID).take(address("a.sock")).isEmpty());
    assertTrue(InheritedSockets.of(own, PID).take(address("a.sock")).isPresent());
  }

  /** The environment of a master that is given {@link #inherited} under a name. */
  private Map<String, String> stored(String name) {
    original.descriptor().close();
    int others = inherited.number() - 3;
    return Map.of(
        "LISTEN_PID",
        "4711",
        "LISTEN_FDS",
        Integer.toString(others + 1),
        "LISTEN_FDNAMES",
        "other:".repeat(others) + name);
  }

  @Test
  void socketFromTheStoreIsGivenAwayWithItsPath() throws IOException {
    InheritedSockets sockets = InheritedSockets.of(stored("www.listen"), PID);

    try (ListeningSocket own = sockets.take(address("a.sock")).orElseThrow()) {
      assertEquals(inherited.number(), own.descriptor().number());
      assertFalse(own.isBorrowed());
      assertEquals(List.of(), sockets.closeForgotten());
    }
    assertFalse(Files.exists(directory.resolve("a.sock")));
  }

  @Test
  void socketFromTheStoreThatNobodyTakesIsClosed() throws IOException {
    InheritedSockets sockets = InheritedSockets.of(stored("www.listen"), PID);

    assertEquals(List.of("www.listen"), sockets.closeForgotten());

    assertTrue(sockets.take(address("a.sock")).isEmpty());
  }

  @Test
  void socketOfASystemdUnitIsLeftOpen() throws IOException {
    InheritedSockets sockets = InheritedSockets.of(stored("fpm4j.socket"), PID);

    assertEquals(List.of(), sockets.closeForgotten());

    assertTrue(sockets.take(address("a.sock")).orElseThrow().isBorrowed());
  }

  @Test
  void nonsenseIsToldAndIgnored() throws IOException {
    InheritedSockets sockets =
        InheritedSockets.of(
            Map.of(
                "LISTEN_PID", "4711", "LISTEN_FDS", "-1", "FPM_SOCKETS", "x,y=z,=3,a=99999999999"),
            PID);
    assertEquals(5, sockets.warnings().size());
    assertTrue(sockets.take(address("a.sock")).isEmpty());
    assertEquals(List.of(), InheritedSockets.of(Map.of(), PID).warnings());
  }
}
