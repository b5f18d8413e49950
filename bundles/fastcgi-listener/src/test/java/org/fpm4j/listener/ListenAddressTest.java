package org.fpm4j.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases were put to php-fpm 8.2.36, which agrees but where ListenAddress says otherwise. */
class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9000, 127.0.0.1",
    "localhost:9000, localhost",
    "[::1]:9000, ::1",
    "::1:9000, ::1",
    "[::]:9000, ::",
    "*:9000, *",
    "[127.0.0.1]:09000, 127.0.0.1"
  })
  void textWithAColonIsHostAndPort(String text, String host) throws ListenException {
    assertEquals(new ListenAddress.Tcp(text, host, 9000, false), ListenAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9000", "00009000"})
  void digitsAreAPortOnEveryAddress(String text) throws ListenException {
    assertEquals(new ListenAddress.Tcp(text, "::", 9000, true), ListenAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run/php/www.sock", "relative.sock", "9000x", "/run/www@1.sock"})
  void allElseIsAPath(String text) throws ListenException {
    assertEquals(new ListenAddress.Unix(text, text), ListenAddress.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "70000, 70000",
    "99999999999999, 99999999999999",
    "127.0.0.1:0, 0",
    "127.0.0.1:70000, 70000",
    "127.0.0.1:x, x",
    "127.0.0.1:9000x, 9000x",
    "/tmp/a:b, b",
    "127.0.0.1:-1, -1"
  })
  void portOutsideItsRangeIsNamed(String text, String port) {
    refuses(text, "invalid port value '" + port + "'");
  }

  @Test
  void portThatIsMissingIsNamed() {
    refuses("127.0.0.1:", "invalid port value ''");
  }

  @Test
  void pathBeyondTheSocketAddressIsRefusedAndNotCut() throws ListenException {
    String longest = "/" + "a".repeat(106);
    assertEquals(longest, ((ListenAddress.Unix) ListenAddress.parse(longest)).path());
    String message = refusal(longest + "a");
    assertTrue(message.endsWith("the path has 108 bytes, a Unix socket's may have 107"), message);
    assertTrue(refusal("/" + "ä".repeat(54)).contains("109 bytes"));
  }

  @Test
  void abstractNamesAreRefused() {
    assertTrue(refusal("@fpm").contains("abstract"));
    assertTrue(refusal("\0fpm").contains("'@fpm'"));
  }

  @Test
  void noTextIsNoAddress() {
    refuses("", "no listen address have been defined!");
  }

  private static void refuses(String text, String message) {
    assertEquals(message, refusal(text));
  }

  private static String refusal(String text) {
    return assertThrows(ListenException.class, () -> ListenAddress.parse(text)).getMessage();
  }
}
