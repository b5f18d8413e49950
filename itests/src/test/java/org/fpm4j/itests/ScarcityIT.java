package org.fpm4j.itests;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Full disks, few descriptors, few processes. */
class ScarcityIT {

  private static final String SHOP =
      """
      [shop]
      user = www-data
      listen = %s
      listen.mode = 0666
      pm = static
      pm.max_children = %d
      """;

  @RegisterExtension final Site site = new Site();

  @Test
  void fullDiskUnderTheErrorLogStopsNothing() throws IOException {
    Path log = Path.of("/dev/full");
    assumeTrue(Files.isWritable(log), "/dev/full");
    site.global("error_log = " + log);
    site.pool("www", "pm = ondemand", "pm.max_children = 2", "catch_workers_output = yes");
    site.expectLog(".*");
    site.launch();
    Path script =
        site.script("say.php", "<?php file_put_contents('php://stderr', 'x'); echo getmypid();");
    Await.until("a page", () -> site.client("www").get(script).matches("\\d+"));

    for (int i = 0; i < 3; i++) {
      int worker = Integer.parseInt(site.client("www").get(script));
      Signals.send("KILL", worker);
      Await.until(
          "a page from another", () -> Integer.parseInt(site.client("www").get(script)) != worker);
    }

    assertEquals(0, site.command("stop").exitCode());
  }

  @Test
  void errorLogAtTheLimitOfFileSizesStopsNothing() throws Exception {
    Path log = site.path("error.log");
    site.global("error_log = " + log);
    site.pool("www", "pm = static", "pm.max_children = 2", "catch_workers_output = yes");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    limitFileSize(master, Long.toString(Files.size(log)));

    servesAndReplacesWorkers(before);
    Await.until("lines are counted", () -> droppedLines(master) > 0);

    limitFileSize(master, "unlimited");
    servesAndReplacesWorkers(site.awaitWorkers("www", 2));
    Await.until("lines again", () -> Files.readString(log).contains("exited on signal 9"));
  }

  private void limitFileSize(RunningMaster master, String bytes) {
    site.shell("prlimit", "--pid", String.valueOf(master.pid()), "--fsize=" + bytes + ":unlimited")
        .expectSuccess();
  }

  private static long droppedLines(RunningMaster master) {
    AtomicLong lines = new AtomicLong();
    try {
      AttachedClient.connected(
          master,
          server -> lines.set((Long) server.getAttribute(ObjectNames.MASTER, "DroppedLogLines")));
    } catch (Exception e) {
      throw new AssertionError("JMX", e);
    }
    return lines.get();
  }

  private void servesAndReplacesWorkers(List<Integer> before) throws IOException {
    Signals.send("KILL", before.get(0));
    Await.until("another worker", () -> !site.awaitWorkers("www", 2).contains(before.get(0)));
    Path script =
        site.script("say.php", "<?php file_put_contents('php://stderr', \"x\\n\"); echo 'said';");
    assertEquals("said", site.client("www").get(script));
  }

  @Test
  void errorLogIntoAPipeThatNobodyReadsStopsNothing() throws Exception {
    Path pipe = site.path("pipe");
    site.shell("mkfifo", pipe.toString()).expectSuccess();
    site.global("error_log = " + pipe, "log_limit = 65536");
    site.pool("www", "pm = static", "pm.max_children = 2", "catch_workers_output = yes");
    Path loud =
        site.script(
            "loud.php",
            "<?php for ($i = 0; $i < 200; $i++)"
                + " file_put_contents('php://stderr', str_repeat('x', 9999) . \"\\n\"); echo 'loud';");
    try (FileChannel reader = FileChannel.open(pipe, READ, WRITE)) {
      RunningMaster master = site.start();
      List<Integer> before = site.awaitWorkers("www", 2);
      Await.until(
          "the pipe and the queue are full",
          () -> {
            assertEquals("loud", site.client("www").get(loud));
            return droppedLines(master) > 0;
          });

      servesAndReplacesWorkers(before);
      assertEquals(0, site.command("reload").exitCode());
      assertEquals(0, master.stop());
      assertTrue(reader.isOpen());
    }
  }

  @Test
  void fullRunDirectoryStopsNothingThatRuns() throws IOException {
    assumeTrue(Site.ROOT, "root may mount");
    Files.createDirectory(site.run());
    assumeTrue(
        site.shell("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", site.run().toString())
                .exitCode()
            == 0,
        "a file system can be mounted");
    try {
      site.pool("www", "pm = static", "pm.max_children = 2");
      site.expectLog("WARNING|ERROR");
      RunningMaster master = site.start();
      List<Integer> before = site.awaitWorkers("www", 2);
      site.awaitWholeStart();
      Path filling = site.run().resolve("filling");
      site.shell("dd", "if=/dev/zero", "of=" + filling, "bs=4096");

      Signals.send("KILL", before.get(0));
      Await.until("another worker", () -> !site.awaitWorkers("www", 2).equals(before));
      assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
      assertTrue(site.command("reload").exitCode() != 0, "no scoreboard can be made");
      site.pool("www", "pm = static", "pm.max_children = 8");
      master.awaitLog("applied pm.max_children");
      assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));

      Files.delete(filling);
      Await.until("reload", () -> site.command("reload").exitCode() == 0);
      site.awaitWorkers("www", 8);
      assertEquals(List.of(), master.logged("\tat "));
      assertEquals(0, master.stop());
    } finally {
      site.shell("umount", site.run().toString());
    }
  }

  @Test
  void masterOutOfDescriptorsGoesOnOnceThereAreSome() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2", "catch_workers_output = yes");
    site.expectLog("WARNING|ERROR");
    RunningMaster master = site.start();
    site.awaitWholeStart();
    int open;
    try (var fds = Files.list(Path.of("/proc/" + master.pid() + "/fd"))) {
      open = (int) fds.count();
    }
    limitFiles(master, open + 2);

    CommandOutcome reload = site.command("reload");
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"), "serves meanwhile");
    limitFiles(master, 1024);

    Await.until("reload", () -> site.command("reload").exitCode() == 0);
    assertTrue(reload.exitCode() != 0, "out of descriptors no zygote can be started");
    site.awaitWorkers("www", 2);
    assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
  }

  @Test
  void editMadeWhileTheMasterHasNoDescriptorsIsTakenLater() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path dropped = site.etc().resolve("shop.conf");
    site.write(dropped, SHOP.formatted(site.socket("shop"), 1));
    site.expectLog("ERROR|WARNING");
    RunningMaster master = site.start();
    site.awaitWorkers("www", 1);
    List<Integer> before = site.awaitWorkers("shop", 1);

    limitFiles(master, 3);
    site.pool("www", "pm = static", "pm.max_children = 3");
    site.write(dropped, SHOP.formatted(site.socket("shop"), 2));
    master.awaitLog("failed to open configuration directory '" + site.etc() + "'");
    limitFiles(master, 1024);

    site.awaitWorkers("www", 3);
    assertTrue(site.awaitWorkers("shop", 2).containsAll(before), "the pool was kept meanwhile");
    Await.until(
        "nothing rejected", () -> !site.command("status").expectSuccess().contains("rejected"));
  }

  private void limitFiles(RunningMaster master, int files) {
    site.shell("prlimit", "--pid", String.valueOf(master.pid()), "--nofile=" + files + ":4096")
        .expectSuccess();
  }

  @Test
  void workersShortOfDescriptorsFailTheirRequestOnly() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1", "rlimit_files = 32");
    Path greedy =
        site.script(
            "greedy.php",
            "<?php $f = []; while (count($f) < 100 && ($h = @fopen('/dev/null', 'r'))) $f[] = $h;"
                + " echo count($f) < 32 ? 'limited' : 'unlimited';");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 1);

    for (int i = 0; i < 5; i++) {
      assertEquals("limited", site.client("www").get(greedy));
    }

    assertEquals(before.get(0).toString(), site.client("www").get(site.pidScript()));
  }
}
