package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  /**
   * nginx may take a connection for the next request in the moment between the status and its end;
   * it logs that and asks again, so its errors are not looked at.
   */
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
      }
    }
    assertTrue(Files.exists(script));
  }
}
