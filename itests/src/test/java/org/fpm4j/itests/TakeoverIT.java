package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.fpm4j.fastcgi.FastCgiClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The master may die; the next one goes on where it stopped. */
class TakeoverIT {

  @RegisterExtension final Site site = new Site();

  @Test
  void nextMasterTakesOverTheSameWorkersAndNoRequestIsLost() {
    site.pool("www", "pm = static", "pm.max_children = 3");
    RunningMaster first = site.start();
    List<Integer> workers = site.awaitWorkers("www", 3);
    List<Integer> zygotes = site.zygotes("www");

    try (Load load = Load.of(site.client("www"), site.pidScript(), 3)) {
      first.kill();
      load.awaitMore(50);
      RunningMaster second = site.start();
      second.awaitLog("\\[pool www\\] generation 1 taken over with 3 workers");
      load.awaitMore(50);
      assertEquals(List.of(), load.failures());
      long served = load.served();
      assertTrue(site.status("www").number("acceptedConnections") >= served, "counters go on");
    }

    assertEquals(workers, site.workers("www"));
    assertEquals(zygotes, site.zygotes("www"));
  }

  @Test
  void zygoteReplacesCrashedWorkersWhileThereIsNoMaster() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 2);
    int victim = before.get(0);

    Signals.send("SEGV", victim);

    Await.value(
        "a worker instead of " + victim,
        () -> site.workers("www"),
        pids -> pids.size() == 2 && !pids.contains(victim));
    RunningMaster second = site.start();
    second.awaitLog("taken over with 2 workers");
    assertEquals(2, site.workers("www").size());
  }

  @Test
  void masterThatTookOverReloadsAndStops() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 2);
    site.start();

    site.command("reload").expectSuccess();

    site.awaitOthers("www", before, 2);
    assertEquals(2, site.status("www").generation());
  }

  @Test
  void settingsChangedMeanwhileAreRolledIn() throws IOException {
    Path script = site.script("env.php", "<?php echo getenv('COLOUR');");
    site.pool("www", "pm = static", "pm.max_children = 2", "env[COLOUR] = red");
    site.start().kill();
    site.pool("www", "pm = static", "pm.max_children = 2", "env[COLOUR] = blue");
    assertEquals("red", site.client("www").get(script));

    try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
      site.start().awaitLog("\\[pool www\\] generation 2 serves");
      load.awaitMore(20);
      assertEquals(List.of(), load.failures());
    }

    Await.until("blue alone", () -> site.client("www").get(script).equals("blue"));
    site.awaitWorkers("www", 2);
    assertEquals("blue", site.client("www").get(script));
  }

  @Test
  void maxChildrenChangedMeanwhileKeepsTheWorkersThatCanStay() {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 2);
    site.pool("www", "pm = static", "pm.max_children = 4");

    site.start();

    assertTrue(site.awaitWorkers("www", 4).containsAll(before));
  }

  @Test
  void modeOfTheSocketChangedMeanwhileIsSetInPlace() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2", "listen.mode = 0600");
    RunningMaster first = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    site.pool("www", "pm = static", "pm.max_children = 2", "listen.mode = 0640");
    first.awaitLog("\\[pool www\\] applied listen.mode; no worker restarted");
    first.kill();
    site.pool("www", "pm = static", "pm.max_children = 2", "listen.mode = 0666");

    RunningMaster second = site.start();

    second.awaitLog("\\[pool www\\] applied the changed settings of the socket");
    assertEquals(
        "rw-rw-rw-",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(site.socket("www"))));
    assertEquals(before, site.workers("www"));
    second.kill();
    RunningMaster third = site.start();
    assertEquals(List.of(), third.logged("applied the changed"));
    assertEquals(before, site.workers("www"));
  }

  @Test
  void poolDeletedMeanwhileIsDrainedAndRemoved() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path old = site.pool("old", "pm = static", "pm.max_children = 1");
    site.start().kill();
    Files.delete(old);

    RunningMaster second = site.start();

    second.awaitLog("\\[pool old\\] removed$");
    site.awaitWorkers("old", 0);
    assertFalse(Files.exists(site.socket("old")), "its socket is gone");
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
  }

  @Test
  void secondMasterOnTheRunDirectoryEndsWithAnErrorThatNamesTheFirst() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster first = site.start();
    site.expectLog("another fpm4j runs with run directory .*, pid " + first.pid());

    RunningMaster second = site.launch();

    assertEquals(70, second.awaitExit());
    assertEquals(1, second.lines().size(), second::log);
    second.awaitLog("ERROR: another fpm4j runs with run directory .*, pid " + first.pid());
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"), "the first serves on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generation", "scoreboard"})
  void damagedFileIsReportedAndNotTrusted(String kind) throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.expectLog("not taken over|processes of www.1 were ended");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 1);
    try (FileChannel file =
        FileChannel.open(site.run().resolve("www.1." + kind), StandardOpenOption.WRITE)) {
      file.write(StandardCharsets.US_ASCII.encode("rubbish\n".repeat(40)));
    }

    RunningMaster second = site.start();

    second.awaitLog("WARNING: not taken over");
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
    site.awaitOthers("www", before, 1);
  }

  @Test
  void foreignFilesInTheRunDirectoryAreNotTrusted() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.expectLog("not taken over|cannot be removed");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 1);
    Path run = site.run();
    // A note that names somebody else's process, one that is a directory, one of another pool.
    String note = Files.readString(run.resolve("www.1.generation"));
    String mine = Long.toString(ProcessHandle.current().pid());
    Files.writeString(
        run.resolve("evil.1.generation"),
        note.replaceAll("zygote=\\d+", "zygote=" + mine).replace("pool=www", "pool=evil"));
    Files.createDirectories(run.resolve("odd.1.generation/inside"));
    Files.writeString(run.resolve("copy.1.generation"), note);
    Files.writeString(run.resolve("www.ledger"), "rubbish");

    RunningMaster second = site.start();

    second.awaitLog("generation 1 taken over with 1 workers");
    assertEquals(before, site.workers("www"));
    assertTrue(ProcessHandle.current().isAlive());
    second.stop();
    Files.delete(run.resolve("odd.1.generation/inside"));
    Files.delete(run.resolve("odd.1.generation"));
  }

  @Test
  void generationWithoutItsFileIsEnded() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.expectLog("not taken over|processes of www.1 were ended");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 2);
    Files.delete(site.run().resolve("www.1.generation"));

    site.start();

    site.awaitOthers("www", before, 2);
  }

  @Test
  void workersWithoutZygoteAndMasterGiveWayToNewOnes() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.expectLog("not taken over|processes of www.1 were ended");
    site.start().kill();
    List<Integer> before = site.awaitWorkers("www", 2);
    Signals.send("KILL", site.zygotes("www").get(0));
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"), "serve on meanwhile");

    site.start();

    site.awaitOthers("www", before, 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void queueOutlivesMasterAndZygote(boolean unix) throws IOException {
    assumeTrue(mayTraceOthers(), "CAP_SYS_PTRACE, to take a descriptor of a worker");
    String listen = unix ? site.socket("www").toString() : "127.0.0.1:" + WebServer.freePort();
    site.expectLog("not taken over|processes of www.1 were ended");
    site.pool("www", "listen = " + listen, "pm = static", "pm.max_children = 1");
    site.start().kill();
    int worker = site.awaitWorkers("www", 1).get(0);
    Signals.send("KILL", site.zygotes("www").get(0));
    Signals.send("STOP", worker);

    try (FastCgiClient waiting = new PoolClient(PoolClient.address(listen)).connect()) {
      RunningMaster second = site.start();
      second.awaitLog("\\[pool www\\] listening again on the socket its workers had kept");
      String answer =
          waiting.request(PoolClient.kept(site.pidScript()), PoolClient.TIMEOUT).cgi().bodyText();
      assertTrue(answer.matches("\\d+") && !answer.equals(Integer.toString(worker)), answer);
    }
  }

  private static boolean mayTraceOthers() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("CapEff:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> 19 & 1) == 1);
  }

  @Test
  void socketOfAPoolDeletedSinceMasterAndZygoteDiedIsGone() throws IOException {
    assumeTrue(mayTraceOthers(), "CAP_SYS_PTRACE, to take a descriptor of a worker");
    site.expectLog("not taken over|processes of old.1 were ended");
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path old = site.pool("old", "pm = static", "pm.max_children = 1");
    site.start().kill();
    site.awaitWorkers("old", 1);
    Signals.send("KILL", site.zygotes("old").get(0));
    Files.delete(old);

    site.start();

    Await.until("no socket", () -> !Files.exists(site.socket("old")));
    assertEquals(List.of(), site.workers("old"));
  }

  @Test
  void poolWhoseNextGenerationWasBootingKeepsItsSocket() throws IOException {
    site.expectLog(
        "not taken over|processes of www.2 were ended|from LD_PRELOAD cannot be preloaded");
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster first = site.start();
    List<Integer> before = site.awaitWorkers("www", 1);
    site.pool("www", "pm = static", "pm.max_children = 1", "program = " + neverAccepts());
    first.awaitLog("applying program; rolling to generation 2");
    Await.until("its note", () -> Files.exists(site.run().resolve("www.2.generation")));
    first.kill();
    site.pool("www", "pm = static", "pm.max_children = 1");

    site.start().awaitLog("generation 1 taken over with 1 workers");

    assertEquals(before, site.workers("www"));
    assertEquals(Integer.toString(before.get(0)), site.client("www").get(site.pidScript()));
  }

  private String neverAccepts() throws IOException {
    Path program = site.write(site.path("waits"), "#!/bin/sh\nexec sleep 1000\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program.toString();
  }

  @Test
  void stopWithoutMasterEndsWhatADeadOneLeft() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start().kill();

    CommandOutcome stop = site.command("stop");

    assertEquals(0, stop.exitCode(), stop::errors);
    site.awaitWorkers("www", 0);
  }
}
