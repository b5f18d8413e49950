package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests on a pool's own socket that no script answers: status and ping. */
class PoolPageIT {

  @RegisterExtension final Site site = new Site();

  private static Map<String, String> page(String path, String query) {
    Map<String, String> params = PoolClient.params(Path.of("/nowhere/page"), query);
    params.put("SCRIPT_NAME", path);
    return params;
  }

  private String get(String path, String query) throws IOException {
    return site.client("www").request(page(path, query)).cgi().bodyText();
  }

  @Test
  void statusComesFromTheMasterAndPingFromTheWorker() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "pm.status_path = /status",
        "ping.path = /ping");
    RunningMaster master = site.start();
    Path script = site.pidScript();
    String worker = site.client("www").get(script);

    String status = get("/status", "json&full");
    assertTrue(status.contains("\"accepted conn\":2,"), status);
    assertTrue(status.contains("\"pid\":" + worker + ","), status);
    assertTrue(status.contains("\"request uri\":\"\\/status?json&full\""), status);
    assertEquals("pong", get("/ping", ""));
    try (FastCgiClient client = site.client("www").connect()) {
      ClientRequest kept =
          new ClientRequest(Role.RESPONDER, page("/ping", ""), ByteBuffer.allocate(0), true);
      assertEquals("pong", client.request(kept, PoolClient.TIMEOUT).cgi().bodyText());
      assertEquals("pong", client.request(kept, PoolClient.TIMEOUT).cgi().bodyText());
      ClientRequest next = PoolClient.kept(script);
      assertEquals(worker, client.request(next, PoolClient.TIMEOUT).cgi().bodyText());
    }

    master.kill();
    assertEquals("pong", get("/ping", ""), "workers serve on");
    assertEquals(
        503, site.client("www").request(page("/status", "")).cgi().status(), "nobody to ask");
    site.start();
    Await.until("a new master", () -> get("/status", "json&full").contains("\"pid\":" + worker));
    assertEquals(worker, site.client("www").get(script));
  }

  @Test
  void accessLogHasThemAsPhpFpmsDoes() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "pm.status_path = /status",
        "ping.path = /ping",
        "access.log = " + site.path("access.log"),
        "access.format = %m %r%Q%q %s %l %f");
    site.start();
    get("/status", "json");
    get("/ping", "");
    assertEquals(
        List.of("GET /status?json 200 0 -", "GET /ping 200 0 -"),
        Await.value(
            "two lines",
            () -> Files.readAllLines(site.path("access.log")),
            lines -> lines.size() == 2));
  }

  @Test
  void pathsReachWorkersThatLive() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 2);

    site.pool("www", "pm = static", "pm.max_children = 2", "pm.status_path = /now");
    Await.until("the status", () -> get("/now", "").startsWith("pool:                 www\n"));
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 2",
        "ping.path = /now",
        "ping.response = " + "long ".repeat(80) + "end");
    Await.until("a ping", () -> get("/now", "").endsWith("long end"));

    assertEquals(before, site.workers("www"));
  }

  @Test
  void statusIsAnsweredThroughoutReloads() {
    site.pool("www", "pm = static", "pm.max_children = 2", "pm.status_path = /pid.php");
    RunningMaster master = site.start();
    try (Load load = Load.of(site.client("www"), site.pidScript(), 3)) {
      for (int reload = 2; reload <= 4; reload++) {
        master.signal("USR2");
        master.awaitLog("generation " + reload + " serves");
        load.awaitMore(20);
      }
      assertEquals(List.of(), load.failures());
      assertTrue(load.answers().stream().allMatch(answer -> answer.startsWith("pool:")));
    }
  }

  private static ClientRequest keptStatus(String query) {
    return new ClientRequest(Role.RESPONDER, page("/status", query), ByteBuffer.allocate(0), true);
  }

  private static ClientRequest keptPost(Path script, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> params = PoolClient.params(script, "");
    params.put("REQUEST_METHOD", "POST");
    params.put("CONTENT_TYPE", "text/plain");
    params.put("CONTENT_LENGTH", Integer.toString(bytes.length));
    return new ClientRequest(Role.RESPONDER, params, ByteBuffer.wrap(bytes), true);
  }

  private Path echo() {
    return site.script("echo.php", "<?php echo getmypid(), file_get_contents('php://input');");
  }

  private static String ask(FastCgiClient client, ClientRequest request) throws IOException {
    return client.request(request, PoolClient.TIMEOUT).cgi().bodyText();
  }

  @Test
  void connectionThatAskedForTheStatusServesOn() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 2",
        "pm.status_path = /status",
        "access.log = " + site.path("access.log"),
        "access.format = %m %r%Q%q %s %{Content-type}o");
    Path script = echo();
    site.start();

    List<String> forms = List.of("", "json", "html&full", "xml&full", "openmetrics", "full");
    try (FastCgiClient client = site.client("www").connect()) {
      String worker = ask(client, keptPost(script, ""));
      for (String form : forms) {
        String status = ask(client, keptStatus(form));
        assertTrue(status.contains("www") && status.length() > 200, status);
        assertEquals(worker + "body", ask(client, keptPost(script, "body")));
      }
      String status = ask(client, keptStatus("json&full"));
      assertTrue(status.contains("\"active processes\":1,"), "as php-fpm: " + status);
      assertTrue(status.contains("\"accepted conn\":14,"), status);
      assertTrue(status.contains("\"pid\":" + worker + ","), status);
    }
    List<String> lines =
        Await.value(
            "14 lines", () -> Files.readAllLines(site.path("access.log")), all -> all.size() == 14);
    assertEquals("GET /status 200 text/plain;charset=UTF-8", lines.get(1));
    assertEquals("GET /status?html&full 200 text/html;charset=UTF-8", lines.get(5));
  }

  /** Asks for the status and posts, in turn, on one connection until it is closed. */
  private static final class Visitor implements AutoCloseable {

    private final FastCgiClient client;
    private final Path script;
    private final CompletableFuture<Void> end;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean ending;

    Visitor(FastCgiClient client, Path script) {
      this.client = client;
      this.script = script;
      this.end = CompletableFuture.runAsync(this::run);
    }

    private void run() {
      try {
        String worker = ask(client, keptPost(script, ""));
        for (int i = 0; !ending; i++) {
          int status = client.request(keptStatus("json&full"), PoolClient.TIMEOUT).cgi().status();
          (status == 200 ? answered : refused).incrementAndGet();
          assertEquals(worker + " " + i, ask(client, keptPost(script, " " + i)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for more answers of that kind. */
    void awaitMore(String what, AtomicInteger count) {
      int enough = count.get() + 20;
      Await.until(what, () -> end.isDone() || count.get() >= enough);
    }

    @Override
    public void close() {
      ending = true;
      end.join();
    }
  }

  @Test
  void connectionThatAsksForTheStatusOutlivesTheMaster() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1", "pm.status_path = /status");
    Path script = echo();
    RunningMaster first = site.start();

    try (FastCgiClient client = site.client("www").connect();
        Visitor visitor = new Visitor(client, script)) {
      visitor.awaitMore("pages", visitor.answered);
      first.kill();
      visitor.awaitMore("no pages", visitor.refused);
      site.start();
      visitor.awaitMore("pages of the next master", visitor.answered);
      assertFalse(visitor.end.isDone(), "still the same connection");
    }
  }

  @Test
  void nginxShowsThePagesOnKeptConnections() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 2",
        "pm.status_path = /status",
        "ping.path = /ping");
    site.start();
    Path script = site.pidScript();
    try (WebServer nginx = WebServer.inFrontOf(site, "www")) {
      for (int i = 0; i < 50; i++) {
        assertTrue(nginx.get("/status?json").startsWith("{\"pool\":\"www\""));
        assertTrue(nginx.get("/" + script.getFileName()).matches("\\d+"));
        assertEquals("pong", nginx.get("/ping"));
        assertTrue(nginx.get("/status?full").startsWith("pool:                 www\n"));
        assertTrue(nginx.post("/" + script.getFileName(), "body").matches("\\d+"));
      }
      assertEquals("", nginx.errors(), "no connection ended under a request");
    }
  }
}
