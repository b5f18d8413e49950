package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code pm} says, under load. */
class ProcessManagerModesIT {

  @RegisterExtension final Site site = new Site();

  @Test
  void staticKeepsItsWorkers() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 3");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 3);

    try (Load load = Load.of(site.client("www"), site.pidScript(), 6)) {
      load.awaitMore(300);
      assertEquals(List.of(), load.failures());
    }

    assertEquals(before, site.workers("www"));
  }

  @Test
  void dynamicGrowsAtOnceAndShrinksLater() throws IOException {
    site.pool(
        "www",
        "pm = dynamic",
        "pm.max_children = 8",
        "pm.start_servers = 2",
        "pm.min_spare_servers = 1",
        "pm.max_spare_servers = 2");
    site.expectLog("server reached pm.max_children setting|seems busy");
    site.start();
    site.awaitWorkers("www", 2);

    try (Load load = Load.start(site.client("www"), site.heldScript(), "", 8)) {
      site.awaitStatus("www", "a worker for each of 8 requests", status -> status.active() == 8);
      site.letGo();
      load.awaitMoreOfEach(1);
      assertEquals(List.of(), load.failures());
    }

    site.awaitStatus("www", "surplus workers retired", status -> status.total() <= 2);
    assertTrue(site.status("www").idle() >= 1);
  }

  @Test
  void dynamicStopsAtMaxChildrenAndSaysSo() throws IOException {
    site.pool(
        "www",
        "pm = dynamic",
        "pm.max_children = 2",
        "pm.min_spare_servers = 1",
        "pm.max_spare_servers = 2");
    site.expectLog("server reached pm.max_children setting \\(2\\), consider raising it");
    site.expectLog("seems busy");
    RunningMaster master = site.start();

    try (Load load = Load.start(site.client("www"), site.slowScript(300), "", 6)) {
      master.awaitLog("\\[pool www\\] server reached pm.max_children setting \\(2\\)");
      load.awaitMore(6);
      assertTrue(site.workers("www").size() <= 2);
      assertEquals(List.of(), load.failures());
    }

    assertTrue(site.status("www").number("maxChildrenReached") >= 1);
  }

  @Test
  void ondemandStartsWithNoneServesAndRetiresIdleWorkers() throws IOException {
    site.pool("www", "pm = ondemand", "pm.max_children = 3", "pm.process_idle_timeout = 4s");
    Path script = site.pidScript();
    site.start();
    assertEquals(List.of(), site.workers("www"));

    String first = site.client("www").get(script);
    assertEquals(List.of(Integer.valueOf(first)), site.workers("www"));

    site.awaitWorkers("www", 0);
    assertTrue(site.client("www").get(script).matches("\\d+"), "serves again");
  }

  @Test
  void ondemandServesBurstWithAsManyWorkersAsAllowed() throws IOException {
    site.pool("www", "pm = ondemand", "pm.max_children = 4", "pm.process_idle_timeout = 1s");
    site.expectLog("server reached max_children setting \\(4\\), consider raising it");
    site.start();

    try (Load load = Load.start(site.client("www"), site.heldScript(), "", 6)) {
      site.awaitStatus(
          "www",
          "4 at work, 2 wait",
          seen -> seen.active() == 4 && seen.total() == 4 && seen.number("listenQueue") == 2);
      site.letGo();
      load.awaitMoreOfEach(2);
      assertEquals(List.of(), load.failures());
    }
  }

  @Test
  void processMaxLimitsAllPoolsTogether() throws IOException {
    site.global("process.max = 3");
    site.pool("a", "pm = ondemand", "pm.max_children = 3");
    site.pool("b", "pm = ondemand", "pm.max_children = 3");
    site.expectLog("The maximum number of processes has been reached");
    RunningMaster master = site.start();
    Path script = site.slowScript(200);

    try (Load a = Load.start(site.client("a"), script, "", 3);
        Load b = Load.start(site.client("b"), script, "", 3)) {
      master.awaitLog("maximum number of processes has been reached");
      a.awaitMore(3);
      assertTrue(site.workers("a").size() + site.workers("b").size() <= 3);
      assertEquals(List.of(), a.failures());
      assertEquals(List.of(), b.failures());
    }
  }
}
