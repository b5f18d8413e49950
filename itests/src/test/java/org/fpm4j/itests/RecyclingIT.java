package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that have served long enough, or have grown too large. */
class RecyclingIT {

  private static final long GROUP_BYTES = 400L << 20;

  @RegisterExtension final Site site = new Site();

  @Test
  void siblingsRecycleAfterDifferentNumbersOfRequests() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "pm.max_requests = 3",
        "pm.max_requests_jitter = 20");
    Path script = site.pidScript();
    site.start();

    List<Integer> lives = new ArrayList<>();
    String pid = site.client("www").get(script);
    int requests = 1;
    while (lives.size() < 8) {
      String next = site.client("www").get(script);
      if (!next.equals(pid)) {
        lives.add(requests);
        requests = 0;
        pid = next;
      }
      requests++;
    }

    Set<Integer> different = new TreeSet<>(lives);
    assertTrue(different.size() > 1, lives::toString);
    assertTrue(lives.stream().allMatch(life -> life >= 3 && life <= 23), lives::toString);
    assertEquals(0, site.status("www").number("exitedBySignal"));
  }

  @Test
  void workerThatGrewLeavesAfterItsRequestAndASmallOneStays() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1", "pm.max_worker_memory = " + (24 << 20));
    Path large = site.script("large.php", "<?php $x = str_repeat('x', 48 << 20); echo getmypid();");
    Path script = site.pidScript();
    site.start();

    String before = site.client("www").get(script);
    assertEquals(before, site.client("www").get(script));
    assertEquals(before, site.client("www").get(large), "the request itself is served");

    assertNotEquals(before, site.client("www").get(script), "it served no other request");
    assertEquals(0, site.status("www").number("exitedBySignal"));
    assertNotEquals(0, site.status("www").number("recycled"));
  }

  @Test
  void idleWorkerThatIsTooLargeForALowerLimitRetires() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path large = site.script("large.php", "<?php $x = str_repeat('x', 48 << 20); echo getmypid();");
    site.start();
    int before = Integer.parseInt(site.client("www").get(large));

    site.pool("www", "pm = static", "pm.max_children = 1", "pm.max_worker_memory = " + (24 << 20));

    Await.until("a small worker", () -> !site.awaitWorkers("www", 1).contains(before));
  }

  @Test
  void killForWantOfMemoryIsNamed() throws IOException {
    var group = MemoryGroup.of("fpm4j-it-" + ProcessHandle.current().pid(), GROUP_BYTES);
    assumeTrue(group.isPresent(), "cgroups can be made");
    site.pool("www", "pm = static", "pm.max_children = 1", "php_admin_value[memory_limit] = 2G");
    site.expectLog("exited on signal 9 .*killed by the kernel: out of memory");
    Path greedy = site.script("greedy.php", "<?php $x = str_repeat('x', 1 << 30);");
    try (MemoryGroup limited = group.get()) {
      RunningMaster master =
          site.launchCommand(
                  limited.command(
                      List.of(
                          Site.program(),
                          "run",
                          "--run",
                          site.run().toString(),
                          "--etc",
                          site.etc().toString())))
              .awaitReady();
      int worker = site.awaitWorkers("www", 1).get(0);
      assertThrows(IOException.class, () -> site.client("www").get(greedy));

      master.awaitLog(
          "WARNING: \\[pool www\\] child %d exited on signal 9 \\(SIGKILL\\) after .* killed by"
                  .formatted(worker)
              + " the kernel: out of memory");
      assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
      assertEquals(0, master.stop());
    }
  }
}
