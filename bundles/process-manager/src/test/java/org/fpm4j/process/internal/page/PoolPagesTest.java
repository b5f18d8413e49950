package org.fpm4j.process.internal.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.fastcgi.FastCgiRequest;
import org.fpm4j.fastcgi.FastCgiResponse;
import org.junit.jupiter.api.Test;

/** What is expected was seen of php-fpm 8.2. */
class PoolPagesTest {

  private StatusSettings settings =
      new StatusSettings(
          Optional.of("/status"),
          Optional.empty(),
          Optional.of("/ping"),
          "pong <b>",
          Optional.empty());
  private final PoolPages pages = new PoolPages(() -> settings, Snapshot::pool);

  private FastCgiResponse ask(String... params) {
    Map<String, String> map = new HashMap<>();
    for (String param : params) {
      int equals = param.indexOf('=');
      map.put(param.substring(0, equals), param.substring(equals + 1));
    }
    return pages.handle(new FastCgiRequest(map, UnixDomainSocketAddress.of("")));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static void assertNotFound(FastCgiResponse answer) {
    assertEquals(404, answer.status());
    assertEquals("File not found.\n", text(answer.body()));
    assertEquals("Primary script unknown", text(answer.errors()));
  }

  private static void assertPong(FastCgiResponse answer) {
    assertEquals("pong <b>", text(answer.body()));
    assertEquals(
        List.of(
            Map.entry("Content-type", "text/plain;charset=UTF-8"),
            Map.entry("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
            Map.entry("Cache-Control", "no-cache, no-store, must-revalidate, max-age=0")),
        answer.headers());
  }

  @Test
  void pathIsComparedWithTheScriptNameIfThereIsAScript() {
    assertPong(ask("REQUEST_METHOD=GET", "SCRIPT_NAME=/ping", "SCRIPT_FILENAME=/ping"));
    assertPong(ask("REQUEST_METHOD=", "SCRIPT_NAME=/ping", "SCRIPT_FILENAME="));
    assertPong(ask("REQUEST_METHOD=POST", "SCRIPT_NAME=/ping", "PATH_TRANSLATED=/x"));
    assertNotFound(ask("REQUEST_METHOD=GET", "SCRIPT_NAME=/ping"));
    assertNotFound(ask("REQUEST_METHOD=GET", "SCRIPT_FILENAME=/ping", "REQUEST_URI=/ping"));
    assertNotFound(ask("REQUEST_METHOD=GET", "SCRIPT_FILENAME=/x", "SCRIPT_NAME=/ping/"));
  }

  @Test
  void redirectedUrlOfApacheCounts() {
    assertPong(
        ask(
            "REQUEST_METHOD=GET",
            "SCRIPT_NAME=/foo",
            "SCRIPT_FILENAME=/foo",
            "REDIRECT_URL=/ping",
            "PATH_TRANSLATED=/bar"));
  }

  @Test
  void requestWithoutMethodIsAnsweredWithNothing() {
    FastCgiResponse answer = ask("SCRIPT_NAME=/ping", "SCRIPT_FILENAME=/ping");
    assertEquals(404, answer.status());
    assertEquals("", text(answer.body()));
    assertEquals("", text(answer.errors()));
  }

  @Test
  void headHasNoBody() {
    FastCgiResponse ping = ask("REQUEST_METHOD=HEAD", "SCRIPT_NAME=/ping", "SCRIPT_FILENAME=/");
    assertEquals("", text(ping.body()));
    FastCgiResponse status =
        ask("REQUEST_METHOD=HEAD", "SCRIPT_NAME=/status", "SCRIPT_FILENAME=/", "QUERY_STRING=json");
    assertEquals("", text(status.body()));
    assertEquals("text/html; charset=UTF-8", status.headers().get(2).getValue());
  }

  @Test
  void pathsAreThoseInForceAtTheRequest() {
    settings =
        new StatusSettings(
            Optional.of("/now"), Optional.empty(), Optional.empty(), "", Optional.empty());
    assertNotFound(ask("REQUEST_METHOD=GET", "SCRIPT_NAME=/status", "SCRIPT_FILENAME=/"));
    assertNotFound(ask("REQUEST_METHOD=GET", "SCRIPT_NAME=/ping", "SCRIPT_FILENAME=/"));
    FastCgiResponse status =
        ask("REQUEST_METHOD=GET", "SCRIPT_NAME=/now", "SCRIPT_FILENAME=/", "QUERY_STRING=xml");
    assertTrue(text(status.body()).startsWith("<?xml"));
  }
}
