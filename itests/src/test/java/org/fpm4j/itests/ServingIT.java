package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.fpm4j.fastcgi.ClientResponse;
import org.fpm4j.fastcgi.FastCgiClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The main job: pages, from workers forked from one zygote. */
class ServingIT {

  private static final String ONE = "pm.max_children = 1";

  @RegisterExtension final Site site = new Site();

  @Test
  void servesPageThroughPhp() throws IOException {
    site.pool("www", "pm = static", ONE);
    Path script =
        site.script("page.php", "<?php echo 'page of ', PHP_VERSION_ID, ' ', $_GET['q'];");
    site.start();

    ClientResponse response = site.client("www").request(script, "q=x");

    assertEquals(200, response.cgi().status());
    assertTrue(response.cgi().bodyText().matches("page of \\d+ x"), response.cgi().bodyText());
    assertEquals("", response.stderrText());
  }

  @Test
  void passesLargeBodiesBothWays() throws IOException {
    site.pool("www", "pm = static", ONE);
    Path script = site.script("echo.php", "<?php echo file_get_contents('php://input');");
    site.start();
    String body = "0123456789abcdef".repeat(64 * 1024);

    assertEquals(body, site.client("www").post(script, body));
  }

  @Test
  void workersShareOneOpcache() throws IOException {
    site.pool(
        "www",
        "pm = static",
        ONE,
        "pm.max_requests = 5",
        "php_admin_value[opcache.file_update_protection] = 0");
    Path script =
        site.script(
            "hits.php",
            "<?php echo getmypid(), ' ', opcache_get_status()['scripts'][__FILE__]['hits'];");
    site.start();

    Set<String> pids = new HashSet<>();
    List<Integer> hits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String[] answer = site.client("www").get(script).split(" ", 2);
      pids.add(answer[0]);
      hits.add(Integer.parseInt(answer[1]));
    }

    assertEquals(4, pids.size(), "workers, each for 5 requests");
    assertEquals(
        IntStream.range(0, 20).boxed().toList(),
        hits,
        "each request is one more hit, whichever worker served it");
  }

  @Test
  void namesProcessesAndRunsThemAsTheConfiguredUser() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();

    List<Integer> workers = site.awaitWorkers("www", 2);
    List<Integer> zygotes = site.zygotes("www");

    assertEquals(1, zygotes.size());
    ProcessEntry zygote = ProcessEntry.of(zygotes.get(0)).orElseThrow();
    assertEquals(master.pid(), zygote.parent());
    int masterUid = ProcessEntry.of(master.pid()).orElseThrow().uid();
    for (int pid : workers) {
      ProcessEntry worker = ProcessEntry.of(pid).orElseThrow();
      assertEquals(zygote.pid(), worker.parent());
      if (masterUid == 0) {
        assertEquals(uidOf("www-data"), worker.uid());
        assertEquals(uidOf("www-data"), zygote.uid());
      }
    }
  }

  private int uidOf(String user) {
    return Integer.parseInt(site.shell("id", "-u", user).expectSuccess().strip());
  }

  @Test
  void poolsHaveZygotesOfTheirOwn() throws IOException {
    site.pool("blog", "pm = static", ONE, "env[NAME] = blog");
    site.pool("shop", "pm = static", ONE, "env[NAME] = shop");
    Path script = site.script("name.php", "<?php echo getenv('NAME');");
    site.start();

    assertEquals("blog", site.client("blog").get(script));
    assertEquals("shop", site.client("shop").get(script));
    assertNotEquals(site.zygotes("blog"), site.zygotes("shop"));
  }

  @Test
  void keepsConnectionOpenWhenAsked() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    Path script = site.pidScript();
    site.start();

    try (FastCgiClient client = site.client("www").connect()) {
      Set<String> pids = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        pids.add(client.request(PoolClient.kept(script), PoolClient.TIMEOUT).cgi().bodyText());
      }

      assertTrue(client.isOpen());
      assertEquals(1, pids.size());
    }
  }

  @Test
  void idleKeptConnectionGivesWayToOneThatWaits() throws IOException {
    site.pool("www", "pm = static", ONE);
    Path script = site.pidScript();
    site.start();

    try (FastCgiClient idle = site.client("www").connect()) {
      idle.request(PoolClient.kept(script), PoolClient.TIMEOUT);

      assertTrue(site.client("www").get(script).matches("\\d+"));
    }
  }

  @Test
  void servesBehindNginxOnKeptConnections() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.script("uri.php", "<?php echo $_SERVER['REQUEST_URI'];");
    site.start();

    try (WebServer nginx = WebServer.inFrontOf(site, "www")) {
      for (int i = 0; i < 50; i++) {
        assertEquals("/uri.php?" + i, nginx.get("/uri.php?" + i));
      }

      assertEquals("", nginx.errors());
      assertEquals(50, site.status("www").number("acceptedConnections"), "requests accepted");
    }
  }

  @Test
  void showsRequestsInTheWorkersTable() throws IOException {
    site.pool("www", "pm = static", ONE);
    Path script = site.pidScript();
    site.start();

    String pid = site.client("www").get(script, "a=b");

    Await.until(
        "the request in the table",
        () -> {
          String table = site.command("workers", "www").expectSuccess();
          return table.contains(pid) && table.contains("GET") && table.contains("/pid.php?a=b");
        });
  }
}
