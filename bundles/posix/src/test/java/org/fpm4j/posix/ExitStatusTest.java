package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExitStatusTest {
  @Test
  void readsAsPhpFpmPrintsIt() {
    assertEquals("exited with code 0", new ExitStatus(0).toString());
    assertEquals("exited with code 255", new ExitStatus(0xff00).toString());
    assertEquals("exited on signal 11 (SIGSEGV)", new ExitStatus(11).toString());
    assertEquals(
        "exited on signal 11 (SIGSEGV - core dumped)", new ExitStatus(11 | 0x80).toString());
    assertEquals("exited on signal 34 (signal 34)", new ExitStatus(34).toString());
  }

  @Test
  void everySignalIsFoundByItsNumber() {
    for (Signal signal : Signal.values()) {
      assertEquals(signal, Signal.of(signal.number()).orElseThrow());
    }
    assertEquals(31, Signal.SIGSYS.number());
    assertTrue(Signal.of(0).isEmpty());
    assertTrue(Signal.of(32).isEmpty());
  }

  @Test
  void everyErrorNumberHasANameAndAText() {
    assertEquals("EADDRINUSE", Errno.name(Errno.EADDRINUSE));
    assertEquals("Address already in use", Errno.text(Errno.EADDRINUSE));
    assertEquals("EAGAIN", Errno.name(Errno.EAGAIN));
    assertEquals("errno 4711", Errno.name(4711));
    assertEquals("Unknown error 4711", Errno.text(4711));
  }
}
