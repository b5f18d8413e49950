package org.fpm4j.command.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {

  @Test
  void isCompleteAtTheEmptyLineAndNotBefore() throws UsageException {
    byte[] bytes = "retire\nwww\n4711\n\n".getBytes(UTF_8);
    Request request = new Request();
    for (byte each : bytes) {
      assertFalse(request.isComplete());
      request.space().put(each);
    }
    assertTrue(request.isComplete());
    assertEquals(List.of("retire", "www", "4711"), request.arguments());
  }

  @Test
  void unescapesBackslashLineFeedAndTheEmptyArgument() throws UsageException {
    assertEquals(List.of("a\\b\nc", "", "é"), request("a\\\\b\\nc\n\\0\né\n\n").arguments());
  }

  @Test
  void mayBeEmpty() throws UsageException {
    assertEquals(List.of(), request("\n").arguments());
  }

  @Test
  void refusesOtherEscapesAndOtherEncodings() {
    assertThrows(UsageException.class, () -> request("a\\tb\n\n").arguments());
    assertThrows(UsageException.class, () -> request("a\\\n\n").arguments());
    Request latin = new Request();
    latin.space().put("é\n\n".getBytes(ISO_8859_1));
    assertThrows(UsageException.class, latin::arguments);
  }

  private static Request request(String text) {
    Request request = new Request();
    request.space().put(text.getBytes(UTF_8));
    return request;
  }
}
