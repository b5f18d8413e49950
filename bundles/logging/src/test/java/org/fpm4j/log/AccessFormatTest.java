package org.fpm4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessFormatTest {

  private final TimeZone before = TimeZone.getDefault();
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, String> headers = new HashMap<>();
  private final Request request = new Request();

  /** One request; a test changes what it is about. */
  private final class Request implements AccessEntry {
    int status = 404;
    String client = "192.0.2.7";
    String method = "GET";
    String uri = "/a.php";
    String query = "q=1";
    String script = "/srv/a.php";
    String user = "";

    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public long parentPid() {
      return 4700;
    }

    @Override
    public int status() {
      return status;
    }

    @Override
    public long finishMicros() {
      return 1_763_719_201_000_100L; // 2025-11-21 10:00:01 UTC
    }

    @Override
    public long durationMicros() {
      return 1_234_567;
    }

    @Override
    public long userMicros() {
      return 400_000;
    }

    @Override
    public long systemMicros() {
      return 217_284;
    }

    @Override
    public long memoryBytes() {
      return 2_621_439;
    }

    @Override
    public long contentLength() {
      return 12;
    }

    @Override
    public String client() {
      return client;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String uri() {
      return uri;
    }

    @Override
    public String query() {
      return query;
    }

    @Override
    public String script() {
      return script;
    }

    @Override
    public String user() {
      return user;
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.ofNullable(parameters.get(name));
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  @BeforeEach
  void setZone() {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void resetZone() {
    TimeZone.setDefault(before);
  }

  private String line(String format) {
    StringBuilder line = new StringBuilder();
    new AccessFormat(format, "www").append(line, request);
    assertEquals('\n', line.charAt(line.length() - 1));
    return line.substring(0, line.length() - 1);
  }

  @Test
  void jsonHoldsWhatTheRequestHadAndWhatTheFormatAddsToIt() {
    headers.put("Content-type", "text/html");
    request.uri = "/\u00c3\u00a9\"\\\n\u00ff";
    AccessFormat format = AccessFormat.json("%C %{HTTP_HOST}e %{Content-type}o", "w\u00e9b");
    StringBuilder line = new StringBuilder();
    format.append(line, request);
    assertEquals(
        "{\"time\":\"2025-11-21T09:59:59.765533Z\",\"pool\":\"w\u00c3\u00a9b\",\"pid\":4711,"
            + "\"parent_pid\":4700,\"client\":\"192.0.2.7\",\"method\":\"GET\","
            + "\"uri\":\"/\u00c3\u00a9\\\"\\\\\\n\u00ef\u00bf\u00bd\",\"query\":\"q=1\","
            + "\"script\":\"/srv/a.php\",\"status\":404,\"content_length\":12,"
            + "\"duration_us\":1234567,\"cpu_user_us\":400000,\"cpu_system_us\":217284,"
            + "\"memory_bytes\":2621439,\"headers\":{\"Content-type\":\"text/html\"}}\n",
        line.toString());
    assertEquals(List.of("HTTP_HOST"), format.parameters());
    assertEquals(List.of("Content-type"), format.headers());
    assertTrue(format.showsCpu());
  }

  @Test
  void writesTheDefaultFormat() {
    assertEquals(
        "192.0.2.7 -  21/Nov/2025:10:59:59 +0100 \"GET /a.php\" 404",
        line("%R - %u %t \"%m %r\" %s"));
  }

  @Test
  void writesEveryPlainToken() {
    request.user = "alice";
    assertEquals(
        "% /srv/a.php 12 GET www 4711 4700 q=1 ? /a.php 192.0.2.7 404 alice",
        line("%% %f %l %m %n %p %P %q %Q %r %R %s %u"));
  }

  @Test
  void writesTimesInEveryUnit() {
    assertEquals(
        "1.235 1.235 1234.567 1234.567 1234567",
        line("%d %{seconds}d %{milliseconds}d %{Milli}d %{micro}d"));
    assertEquals("50.00 32.40 17.60 50.00", line("%C %{user}C %{system}C %{TOTAL}C"));
    assertEquals("2621439 2621439 2559 2", line("%M %{bytes}M %{kilo}M %{megabytes}M"));
    assertEquals("10:59:59 2025-11-21T11:00:01+0100", line("%{%H:%M:%S}t %{%FT%T%z}T"));
  }

  @Test
  void showsNothingOrADashForWhatIsMissing() {
    request.client = request.method = request.uri = request.query = request.script = "";
    request.status = 0;
    assertEquals("- - - - - [] [] []", line("%R %m %r %f %s [%q] [%Q] [%u]"));
    assertEquals("- -", line("%{HTTP_HOST}e %{X-Answer}o"));
  }

  @Test
  void showsParametersAndHeadersByTheirExactName() {
    parameters.put("HTTP_HOST", "example.org");
    headers.put("X-Answer", "42");
    assertEquals("example.org 42 -", line("%{HTTP_HOST}e %{X-Answer}o %{x-answer}o"));
  }

  @Test
  void namesWhatWorkersMustLookFor() {
    AccessFormat format = new AccessFormat("%{B}e %{A}e %{B}e %{user}C %{X}o", "www");
    assertEquals(List.of("A", "B"), format.parameters());
    assertEquals(List.of("X"), format.headers());
    assertTrue(format.showsCpu());
    assertFalse(new AccessFormat("%d", "www").showsCpu());
  }

  @Test
  void neverBreaksALine() {
    request.uri = "/a\n[fake] \u007f\t\u00c3\u00a4";
    assertEquals("/a\\x0a[fake] \\x7f\\x09\u00c3\u00a4", line("%r"));
  }

  @Test
  void writesTheFormatsOwnTextAsUtf8() {
    assertEquals("\u00c3\u00a4 GET", line("\u00e4 %m"));
  }
}
