package org.fpm4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  private record Point(int x, String label, List<Boolean> flags) {}

  @Test
  void writesARecordAsAnObjectInOrder() {
    assertEquals(
        "{\"x\":1,\"label\":\"a\",\"flags\":[true,false]}",
        Json.of(new Point(1, "a", List.of(true, false))));
  }

  @Test
  void writesNullsAndEmptyThings() {
    assertEquals("[null,[],{}]", Json.of(Arrays.asList(null, new ArrayList<>(), Map.of())));
  }

  @Test
  void escapesWhatMustBe() {
    assertEquals(
        "\"\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007f/\\ud83d\u00e9\uD83D\uDC18\\udc18\"",
        Json.of("\"\\\n\r\t\0\33\177/\uD83D\u00e9\uD83D\uDC18\uDC18"));
  }

  @Test
  void refusesWhatJsonCannotSay() {
    assertThrows(IllegalArgumentException.class, () -> Json.of(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Json.of(new Object()));
  }
}
