package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.fpm4j.fastcgi.ClientResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Status and ping, answered by the master on {@code pm.status_listen}. */
class StatusPageIT {

  /**
   * Figures that differ from process to process and from moment to moment, and the length of a Unix
   * socket's listen queue, which php-fpm does not know.
   */
  private static final Pattern VARYING =
      Pattern.compile(
          "((?:pid|start[ -]time|start[ -]since|request[ -]duration|last[ -]request[ -]cpu"
              + "|last[ -]request[ -]memory|max[ -]active[ -]processes|listen[ -]queue[ -]len)"
              + "(?::  *|\":|</th><td>|>)|phpfpm_start_since |phpfpm_max_active_processes |phpfpm_listen_queue_length )"
              + "(?:../.../....:..:..:.. [+-]....|[0-9.]+)(?=[^0-9])");

  /** The same in the rows of the HTML page's table of workers, which bear no names. */
  private static final Pattern ROW =
      Pattern.compile(
          "<tr><td>\\d+</td><td>(\\w+)</td><td>[^<]+</td><td>\\d+</td><td>(\\d+)</td><td>\\d+</td>"
              + "(.*)<td>[0-9.]+</td><td>\\d+</td></tr>");

  private static final Pattern OURS = Pattern.compile("(?m)^(?:# (?:HELP|TYPE) )?fpm4j_.*\n");

  private static final Path PHP_INI = Path.of("/etc/php/8.2/fpm/php.ini");

  @RegisterExtension final Site site = new Site();

  private static PoolClient tcp(int port) {
    return new PoolClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static Map<String, String> page(String path, String query) {
    Map<String, String> params = PoolClient.params(Path.of("/nowhere/page"), query);
    params.put("SCRIPT_NAME", path);
    return params;
  }

  private static String get(PoolClient client, String path, String query) throws IOException {
    return client.request(page(path, query)).cgi().bodyText();
  }

  private static String text(ClientResponse response) {
    return StandardCharsets.UTF_8.decode(response.stderr().duplicate())
        + "|"
        + StandardCharsets.UTF_8.decode(response.stdout().duplicate());
  }

  private static String masked(ClientResponse response) {
    String named = VARYING.matcher(text(response)).replaceAll("$1#");
    String rows = ROW.matcher(named).replaceAll("<tr># $1 # $2 # $3 #</tr>");
    return OURS.matcher(rows).replaceAll("");
  }

  private static String[] directives(int statusPort) {
    return new String[] {
      "pm = static",
      "pm.max_children = 1",
      "pm.status_path = /status",
      "pm.status_listen = 127.0.0.1:" + statusPort,
      "ping.path = /ping",
      "ping.response = pong <b>"
    };
  }

  private List<Map<String, String>> traffic() {
    Path script = site.script("hello.php", "<?php echo 'hello';");
    Path oddScript = site.script("h\u00e9 <b>&\"'\u263a.php", "<?php echo 'odd';");
    Map<String, String> plain = PoolClient.params(script, "a=1&b=<2>");
    Map<String, String> odd = PoolClient.params(oddScript, "x=\u00e9\u20ac&\"'/\\");
    odd.put("SCRIPT_NAME", "/h\u00e9llo/<b>\"&'\t\u263a.php");
    Map<String, String> posted = PoolClient.params(script, "");
    posted.put("REQUEST_METHOD", "POST");
    posted.put("CONTENT_LENGTH", "0");
    posted.put("HTTP_AUTHORIZATION", "Basic YSZiPGM+OnNlY3JldA==");
    return List.of(plain, plain, posted, odd);
  }

  private static List<Map<String, String>> questions() {
    List<Map<String, String>> questions = new ArrayList<>();
    for (String form : List.of("", "json", "html", "xml", "openmetrics", "j", "json%00x&=")) {
      questions.add(page("/status", form));
      questions.add(page("/status", form + "&full"));
    }
    for (String method : List.of("HEAD", "POST", "PUT", "")) {
      for (String path : List.of("/status", "/ping", "/other")) {
        Map<String, String> asked = page(path, "json");
        asked.put("REQUEST_METHOD", method);
        questions.add(asked);
      }
    }
    for (String missing : List.of("REQUEST_METHOD", "SCRIPT_NAME", "SCRIPT_FILENAME")) {
      Map<String, String> asked = page("/ping", "");
      asked.remove(missing);
      questions.add(asked);
    }
    Map<String, String> redirected = page("/foo", "");
    redirected.put("REDIRECT_URL", "/ping");
    redirected.put("PATH_TRANSLATED", "/bar");
    questions.add(redirected);
    return questions;
  }

  @Test
  void pagesArePhpFpmsByteForByte() throws IOException {
    int port = WebServer.freePort();
    int phpFpmPort = WebServer.freePort();
    site.pool("www", directives(port));
    site.start();
    try (PhpFpm phpFpm = PhpFpm.start(site, PHP_INI, directives(phpFpmPort))) {
      for (Map<String, String> request : traffic()) {
        assertEquals(
            text(phpFpm.client().request(request)), text(site.client("www").request(request)));
        for (PoolClient status : List.of(tcp(port), tcp(phpFpmPort))) {
          Await.until(
              "idle", () -> get(status, "/status", "json").contains("\"idle processes\":1"));
        }
        for (Map<String, String> question : questions()) {
          assertEquals(
              masked(tcp(phpFpmPort).request(question)),
              masked(tcp(port).request(question)),
              () -> question.toString());
        }
      }
    }
  }

  @Test
  void answersWhileAllWorkersAreBusyAndDuringReload() throws IOException {
    Path socket = site.socket("status");
    site.pool("www", "pm = static", "pm.max_children = 1", "pm.status_listen = " + socket);
    RunningMaster master = site.start();
    PoolClient status = PoolClient.unix(socket);

    try (Load load = Load.start(site.client("www"), site.heldScript(), "", 2)) {
      Await.until(
          "a busy worker", () -> get(status, "/", "json&full").contains("\"state\":\"Running\""));
      master.signal("USR2");
      Await.until(
          "the new generation while the old one finishes its request",
          () -> get(status, "/", "json&full").contains("\"total processes\":2"));
      assertTrue(get(status, "/", "openmetrics").contains("\nfpm4j_generation 2\n"));
      site.letGo();
      load.awaitMore(2);
      assertEquals(List.of(), load.failures());
    }
  }

  @Test
  void pathsAndSocketChangeWhileWorkersLive() throws IOException {
    Path socket = site.socket("status");
    String[] settings = {
      "pm = static",
      "pm.max_children = 2",
      "pm.status_listen = " + socket,
      "ping.path = /ping",
      "ping.response = pong"
    };
    site.pool("www", settings);
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    assertEquals("pong", get(PoolClient.unix(socket), "/ping", ""));

    Path moved = site.socket("moved");
    settings[2] = "pm.status_listen = " + moved;
    settings[3] = "ping.path = /alive";
    settings[4] = "ping.response = yes";
    site.pool("www", settings);
    Await.until("the new path", () -> get(PoolClient.unix(moved), "/alive", "").equals("yes"));
    assertFalse(Files.exists(socket));
    assertEquals("File not found.\n", get(PoolClient.unix(moved), "/ping", ""));

    site.expectLog("pm.status_listen|unable to bind|No such file");
    settings[2] = "pm.status_listen = /no/such/directory/status.sock";
    site.pool("www", settings);
    master.awaitLog("ERROR: .*not applied: unable to bind listening socket");
    assertEquals("yes", get(PoolClient.unix(moved), "/alive", ""));

    site.pool("www", settings[0], settings[1]);
    Await.until("gone", () -> !Files.exists(moved));
    assertThrows(IOException.class, () -> get(PoolClient.unix(moved), "/alive", ""));
    assertEquals(before, site.workers("www"));
  }
}
