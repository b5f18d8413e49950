package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollerTest {
  private static final long SOON = 5_000_000;
  private Descriptor here;
  private Descriptor there;

  static Stream<String> mechanisms() {
    return Pollers.mechanisms().stream();
  }

  @BeforeEach
  void connect() throws Exception {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    here = pair.first();
    there = pair.second();
    here.configureBlocking(false);
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private void sendByte() throws PosixException {
    Sockets.send(there, ByteBuffer.allocate(1));
  }

  private void assertReady(Poller poller, int ready) throws PosixException {
    assertEquals(1, poller.await(-1));
    assertEquals(here.number(), poller.descriptor(0));
    assertEquals(ready, poller.ready(0));
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void reportsWhatTheInterestAsksFor(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      assertEquals(mechanism, poller.mechanism());
      poller.add(here, Poller.READ);
      assertEquals(0, poller.await(0));
      sendByte();
      assertReady(poller, Poller.READ);
      assertReady(poller, Poller.READ);
      poller.modify(here, Poller.READ + Poller.WRITE);
      assertReady(poller, Poller.READ + Poller.WRITE);
      poller.modify(here, Poller.WRITE);
      assertReady(poller, Poller.WRITE);
      poller.modify(here, 0);
      assertEquals(0, poller.await(SOON));
      poller.remove(here.number());
      poller.add(here, Poller.READ);
      assertReady(poller, Poller.READ);
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void oneShotIsSilentUntilRearmed(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      poller.add(here, Poller.READ + Poller.ONE_SHOT);
      sendByte();
      assertReady(poller, Poller.READ);
      assertEquals(0, poller.await(SOON));
      poller.modify(here, Poller.READ + Poller.ONE_SHOT);
      assertReady(poller, Poller.READ);
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void closeOfTheOtherSideMakesReadable(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      poller.add(here, Poller.READ);
      there.close();
      assertEquals(1, poller.await(-1));
      assertEquals(Poller.READ, poller.ready(0) & Poller.READ);
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void waitsNoShorterThanAsked(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      poller.add(here, Poller.READ);
      long start = System.nanoTime();
      assertEquals(0, poller.await(2_500_000));
      assertTrue(System.nanoTime() - start >= 2_500_000);
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void findsAllOfManyThatAreReady(String mechanism) throws Exception {
    List<Descriptor> opened = new ArrayList<>();
    TreeMap<Integer, Integer> found = new TreeMap<>();
    try (Poller poller = Pollers.open(mechanism)) {
      for (int i = 0; i < 100; i++) {
        EventDescriptor event = EventDescriptor.open();
        opened.add(event.descriptor());
        poller.add(event.descriptor(), Poller.READ + Poller.ONE_SHOT);
        event.signal();
      }
      int ready;
      while ((ready = poller.await(0)) > 0) {
        for (int i = 0; i < ready; i++) {
          found.merge(poller.descriptor(i), 1, Integer::sum);
        }
      }
    } finally {
      opened.forEach(Descriptor::close);
    }
    assertEquals(100, found.size());
    assertTrue(found.values().stream().allMatch(times -> times == 1), found.toString());
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void refusesADescriptorThatIsWatchedAlready(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      poller.add(here, Poller.READ);
      assertThrows(IllegalArgumentException.class, () -> poller.add(here, Poller.READ));
      PosixException unknown =
          assertThrows(PosixException.class, () -> poller.modify(there, Poller.READ));
      assertEquals(Errno.ENOENT, unknown.errno());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"poll", "select"})
  void reportsWhatWasClosedWhileWatched(String mechanism) throws Exception {
    try (Poller poller = Pollers.open(mechanism)) {
      poller.add(here, Poller.READ);
      int number = here.number();
      here.close();
      assertEquals(1, poller.await(-1));
      assertEquals(number, poller.descriptor(0));
      poller.remove(number);
      assertEquals(0, poller.await(0));
    }
  }

  @Test
  void edgeReportsOnlyNews() throws Exception {
    try (Poller poller = Pollers.open("epoll")) {
      poller.add(here, Poller.READ + Poller.EDGE);
      sendByte();
      assertReady(poller, Poller.READ);
      assertEquals(0, poller.await(SOON));
      sendByte();
      assertReady(poller, Poller.READ);
    }
    try (Poller poller = Pollers.open("poll")) {
      assertThrows(
          IllegalArgumentException.class, () -> poller.add(here, Poller.READ + Poller.EDGE));
    }
  }

  @Test
  void selectRefusesAHighDescriptor() throws Exception {
    try (Poller poller = Pollers.open("select");
        Descriptor high = here.duplicate(1024)) {
      PosixException refused =
          assertThrows(PosixException.class, () -> poller.add(high, Poller.READ));
      assertEquals(
          "select(fd 1024, not below FD_SETSIZE 1024): Too many open files (24)",
          refused.getMessage());
    }
  }

  @Test
  void refusesAnUnknownMechanismInPhpFpmsWords() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Pollers.open("kqueue"));
    assertEquals("event mechanism 'kqueue' is not available on this system", refused.getMessage());
  }
}
