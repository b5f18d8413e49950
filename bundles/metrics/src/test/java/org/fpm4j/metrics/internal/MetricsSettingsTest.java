package org.fpm4j.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsSettingsTest {

  @Test
  void emptyFileListensOnTheLoopback() {
    MetricsSettings settings = MetricsSettings.of(Map.of("service.pid", "org.fpm4j.metrics"));
    assertEquals("127.0.0.1:9253", settings.place());
    assertEquals(MetricsSettings.Names.FPM4J, settings.names());
    assertFalse(settings.perWorker());
  }

  @Test
  void readsEveryKey() {
    MetricsSettings settings =
        MetricsSettings.of(
            Map.of("listen", "[::1]:9000", "names", "php-fpm_exporter", "per_worker", "yes"));
    assertEquals("[0:0:0:0:0:0:0:1]:9000", settings.place());
    assertEquals(MetricsSettings.Names.PHP_FPM_EXPORTER, settings.names());
    assertTrue(settings.perWorker());
  }

  private static String refusal(String key, String value) {
    return assertThrows(
            IllegalArgumentException.class, () -> MetricsSettings.of(Map.of(key, value)))
        .getMessage();
  }

  @Test
  void refusesByKeyValueAndWhatIsLegal() {
    assertEquals(
        "listen = 192.0.2.1:9253 (legal: a loopback address; a web server may offer it to others,"
            + " with a password)",
        refusal("listen", "192.0.2.1:9253"));
    assertEquals(
        "listen = 127.0.0.1:0 (legal: a port from 1 to 65535)", refusal("listen", "127.0.0.1:0"));
    assertEquals("listen = 9253 (legal: HOST:PORT or [V6]:PORT)", refusal("listen", "9253"));
    assertEquals("per_worker = 1 (legal: yes or no)", refusal("per_worker", "1"));
    assertEquals("names = x (legal: fpm4j, php-fpm_exporter or both)", refusal("names", "x"));
    assertEquals(
        "lisen = x (legal: no such key; listen, names, per_worker)", refusal("lisen", "x"));
  }
}
