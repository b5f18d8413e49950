package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers that end, by order or by accident. */
class WorkerExitIT {

  @RegisterExtension final Site site = new Site();

  @Test
  void recyclesWorkersAfterMaxRequestsWithoutLosingOne() {
    site.pool("www", "pm = static", "pm.max_children = 3", "pm.max_requests = 20");
    RunningMaster master = site.start();

    try (Load load = Load.of(site.client("www"), site.pidScript(), 4)) {
      load.awaitMore(400);
      assertEquals(List.of(), load.failures());
      assertTrue(load.answers().size() >= 20, () -> "few workers: " + load.answers().size());
    }

    master.awaitLog("\\[pool www\\] child \\d+ exited with code 0 after \\d+\\.\\d+ seconds", 15);
    site.awaitWorkers("www", 3);
    assertEquals(0, site.status("www").number("exitedBySignal"));
  }

  @ParameterizedTest
  @CsvSource({"KILL, 9", "SEGV, 11"})
  void replacesCrashedWorkerAndLogsItAsPhpFpmDoes(String signal, int number) {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.expectLog("child \\d+ exited on signal " + number);
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    int victim = before.get(0);

    Signals.send(signal, victim);

    master.awaitLog(
        "WARNING: \\[pool www\\] child %d exited on signal %d \\(SIG%s[^)]*\\) after \\d+\\.\\d{6} seconds from start"
            .formatted(victim, number, signal));
    List<Integer> after =
        Await.value(
            "another worker instead of " + victim,
            () -> site.workers("www"),
            pids -> pids.size() == 2 && !pids.contains(victim));
    assertTrue(after.contains(before.get(1)), "the other worker stays");
    assertEquals(1, site.status("www").number("exitedBySignal"));
  }

  @Test
  void crashCostsOnlyTheRequestItHappensIn() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.expectLog("child \\d+ exited on signal 11");
    Path crash = site.script("crash.php", "<?php posix_kill(getmypid(), 11); sleep(10);");
    site.start();

    try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
      for (int i = 0; i < 3; i++) {
        assertThrows(EOFException.class, () -> site.client("www").get(crash));
        load.awaitMore(20);
      }
      assertEquals(List.of(), load.failures());
    }
  }

  @Test
  void scriptThatEndsFatallyDoesNotEndItsWorker() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path fatal = site.script("fatal.php", "<?php nothing_of_this_name();");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 1);

    assertEquals(500, site.client("www").request(fatal, "").cgi().status());

    assertEquals(before.get(0).toString(), site.client("www").get(site.pidScript()));
  }

  @Test
  void workersServeOnWhenTheirZygoteIsKilled() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.expectLog("zygote \\d+ exited on signal 9");
    RunningMaster master = site.start();
    int zygote = site.zygotes("www").get(0);

    try (Load load = Load.of(site.client("www"), site.pidScript(), 3)) {
      Signals.send("KILL", zygote);
      master.awaitLog("\\[pool www\\] generation 2 serves");
      load.awaitMore(50);
      assertEquals(List.of(), load.failures());
    }

    Await.until("only workers of the new zygote", () -> site.workers("www").size() == 2);
    assertFalse(site.zygotes("www").contains(zygote));
  }

  @Test
  void retiresWorkerByCommandAfterItsRequest() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();
    String pid = site.awaitWorkers("www", 1).get(0).toString();

    try (Load load = Load.start(site.client("www"), site.slowScript(500), "", 1)) {
      site.awaitStatus("www", "a running request", status -> status.active() == 1);
      site.command("retire", "www", pid).expectSuccess();
      Await.until("another worker", () -> !site.workers("www").contains(Integer.valueOf(pid)));
      load.awaitMore(1);
      assertEquals(List.of(), load.failures());
    }
  }
}
