package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to the master, as php-fpm has them, and the commands' exit codes. */
class SignalsIT {

  @RegisterExtension final Site site = new Site();

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  @SuppressWarnings("try") // the load runs, nothing is asked of it
  void stopAtOnceThoughARequestRuns(String signal) {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();

    try (Load load = Load.start(site.client("www"), site.slowScript(60_000), "", 1)) {
      site.awaitStatus("www", "a running request", status -> status.active() == 1);
      long begin = System.nanoTime();
      master.signal(signal);
      assertEquals(0, master.awaitExit());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(took.toSeconds() < 30, took::toString);
    }

    assertEquals(List.of(), site.workers("www"));
  }

  @Test
  void quitLetsTheRunningRequestFinish() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();
    Path held = site.heldScript();

    CompletableFuture<String> request =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return site.client("www").get(held);
              } catch (IOException e) {
                return e.toString();
              }
            });
    site.awaitStatus("www", "a running request", status -> status.active() == 1);
    master.signal("QUIT");
    master.awaitLog("Finishing");
    site.letGo();

    assertEquals(0, master.awaitExit());
    assertTrue(request.join().matches("\\d+"), request::join);
    assertEquals(1, master.logged("NOTICE: Finishing \\.\\.\\.").size());
  }

  @Test
  @SuppressWarnings("try") // the load runs, nothing is asked of it
  void termOvertakesQuit() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();

    try (Load load = Load.start(site.client("www"), site.slowScript(60_000), "", 1)) {
      site.awaitStatus("www", "a running request", status -> status.active() == 1);
      master.signal("QUIT");
      master.awaitLog("Finishing");
      master.signal("TERM");
      assertEquals(0, master.awaitExit());
    }
  }

  @Test
  void usr1ReopensTheErrorLog() throws IOException {
    Path log = site.path("error.log");
    site.global("error_log = " + log);
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.launch();
    Await.until("ready", () -> Files.readString(log).contains("ready to handle connections"));
    Path rotated = site.path("error.log.1");
    Files.move(log, rotated);

    master.signal("USR1");

    Await.until("the new log", () -> Files.readString(log).contains("error log file re-opened"));
    String before = Files.readString(rotated);
    assertEquals(0, site.command("stop").exitCode());
    assertTrue(Files.readString(log).contains("exiting, bye-bye!"));
    assertEquals(before, Files.readString(rotated), "nothing more goes to the old file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"USR2", "HUP"})
  void reloadReplacesWorkersUnderLoad(String signal) {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);

    try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
      master.signal(signal);
      master.awaitLog("\\[pool www\\] generation 2 serves");
      load.awaitMore(20);
      assertEquals(List.of(), load.failures());
    }

    site.awaitOthers("www", before, 2);
  }

  @Test
  void reloadsThatComeTogetherDoNoHarm() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = site.start();

    try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
      for (int i = 0; i < 5; i++) {
        master.signal("USR2");
      }
      master.awaitLog("generation \\d serves");
      load.awaitMore(50);
      assertEquals(List.of(), load.failures());
    }

    Await.until("one generation", () -> site.zygotes("www").size() == 1);
    site.awaitWorkers("www", 2);
  }

  @Test
  void termRightAfterTheStartEndsCleanly() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    for (int milliseconds : List.of(0, 150, 300, 500)) {
      RunningMaster master = site.launch();
      long begin = System.nanoTime();
      Await.until("so much later", () -> System.nanoTime() - begin >= milliseconds * 1_000_000L);
      // Before bin/fpm4j has blocked signals the shell dies of it: 143.
      master.signal("TERM");
      int exitCode = master.awaitExit();
      assertTrue(exitCode == 0 || exitCode == 143, "exit code " + exitCode);
      assertEquals(List.of(), site.workers("www"));
    }
  }

  @Test
  void termDuringThePoolsStartEndsCleanly() {
    site.pool(
        "www", "pm = static", "pm.max_children = 2", "program = /bin/sleep", "program.args = 1000");
    RunningMaster master = site.launch();
    master.awaitLog("fpm is running");

    assertEquals(0, master.stop());
  }

  @Test
  void commandsTellTheOutcomeByTheirExitCode() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    assertEquals(3, site.command("status").exitCode());
    assertEquals(3, site.command("stop").exitCode());

    String etc = site.etc().toString();
    CommandOutcome start = site.command("start", "--etc", etc);
    assertEquals(0, start.exitCode(), start::errors);
    int pid = Integer.parseInt(start.output().strip());
    site.awaitWorkers("www", 1);
    assertEquals(0, site.command("status").exitCode());
    assertEquals(1, site.command("start", "--etc", etc).exitCode());
    assertEquals(64, site.command("status", "--jsn").exitCode());
    assertEquals(64, site.command("dance").exitCode());
    assertEquals(0, site.command("stop").exitCode());
    assertTrue(ProcessEntry.of(pid).isEmpty());
    assertEquals(3, site.command("status").exitCode());
  }

  @Test
  void startTellsWhyItFailed() {
    CommandOutcome start = site.command("start", "--etc", site.path("nowhere").toString());

    assertTrue(start.exitCode() != 0);
    assertTrue(start.errors().contains("nowhere"), start.errors());
  }
}
