package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An unchanged php-fpm.conf, brought along by {@code -y}. */
class PhpFpmConfIT {

  private static final Path DEBIAN = Path.of("/etc/php/8.2/fpm/php-fpm.conf");

  @RegisterExtension final Site site = new Site();

  private Path conf;

  private void writePool(String name, int children) throws IOException {
    Files.createDirectories(site.path("pool.d"));
    site.write(
        site.path("pool.d").resolve(name + ".conf"),
        """
        ; a pool
        [%s]
        user = www-data
        group = www-data
        listen = %s/$pool.sock
        listen.mode = 0666
        pm = static
        pm.max_children = %d
        env[NAME] = "$pool pool"
        php_admin_value[memory_limit] = 32M
        """
            .formatted(name, site.path(""), children));
    conf =
        site.write(
            site.path("php-fpm.conf"), "[global]\ninclude = " + site.path("pool.d") + "/*.conf\n");
  }

  /** A wrong global directive; the pools are still included. */
  private void breakGlobal() throws IOException {
    String text = Files.readString(conf);
    site.write(conf, text.replace("[global]\n", "[global]\nlog_level = loud\n"));
  }

  @Test
  void runsPoolsOfAnIncludedDirectory() throws IOException {
    writePool("a", 1);
    writePool("b", 2);
    site.launchWith("-y", conf.toString()).awaitReady();
    Path script = site.script("name.php", "<?php echo getenv('NAME'), ini_get('memory_limit');");

    assertEquals("a pool32M", site.client("a").get(script));
    assertEquals("b pool32M", site.client("b").get(script));
    site.awaitWorkers("b", 2);
  }

  @Test
  void watchesTheIncludedFiles() throws IOException {
    writePool("a", 1);
    site.launchWith("-y", conf.toString()).awaitReady();
    List<Integer> before = site.awaitWorkers("a", 1);

    writePool("a", 3);
    assertTrue(site.awaitWorkers("a", 3).containsAll(before));
    writePool("b", 1);
    site.awaitWorkers("b", 1);
    Files.delete(site.path("pool.d").resolve("b.conf"));
    site.awaitWorkers("b", 0);
  }

  @Test
  void settingIsWrittenIntoTheFileOfItsPool() throws IOException {
    writePool("a", 1);
    writePool("b", 1);
    site.launchWith("-y", conf.toString()).awaitReady();
    Path file = site.path("pool.d").resolve("a.conf");
    String before = Files.readString(file);

    site.command("set", "a", "pm.max_children", "3").expectSuccess();
    site.awaitWorkers("a", 3);
    site.command("set", "a", "pm.max_requests", "500").expectSuccess();
    CommandOutcome refused = site.command("set", "a", "pm", "never");

    assertEquals(
        before.replace("children = 1", "children = 3") + "pm.max_requests = 500\n",
        Files.readString(file));
    assertEquals(1, refused.exitCode());
    assertTrue(
        refused.errors().contains("a.conf:7: pm = never: invalid process manager"),
        refused::errors);
    site.command("set", "--global", "log_level", "debug").expectSuccess();
    assertTrue(Files.readString(conf).startsWith("[global]\nlog_level = debug\ninclude"), "global");
  }

  @Test
  void droppedIntoEtcItIsReadLikeTheOtherFiles() throws IOException {
    writePool("a", 1);
    Files.copy(conf, site.etc().resolve("php-fpm.conf"));
    site.pool("b", "pm = static", "pm.max_children = 1");
    site.start();

    site.awaitWorkers("a", 1);
    site.awaitWorkers("b", 1);
  }

  @Test
  void fileOfWhichNothingCanBeUsedEndsTheStartAsItDoesPhpFpms() throws IOException {
    writePool("a", 1);
    site.write(conf, "[global]\nlog_level = loud\n");
    site.expectLog("log_level|initialization failed");

    RunningMaster master = site.launchWith("-y", conf.toString());

    assertEquals(78, master.awaitExit());
    master.awaitLog("ERROR: " + conf + ":2: log_level = loud: .*legal: debug, notice, warning");
    assertTrue(
        master.lines().get(master.lines().size() - 1).endsWith("ERROR: FPM initialization failed"),
        master::log);
    CommandOutcome start = site.command("start", "-y", conf.toString());
    assertEquals(78, start.exitCode(), start::errors);
    assertTrue(start.errors().contains(":2: log_level = loud: "), start::errors);
  }

  @Test
  void fileWithoutPoolsEndsTheStart() {
    conf = site.write(site.path("php-fpm.conf"), "[global]\nlog_level = notice\n");
    site.expectLog("No pool defined|initialization failed");

    RunningMaster master = site.launchWith("-y", conf.toString());

    assertEquals(78, master.awaitExit());
    master.awaitLog("ERROR: No pool defined. at least one pool section must be specified");
  }

  @Test
  void startWithoutItsPidFileIsRefusedAsPhpFpmRefusesIt() throws IOException {
    writePool("a", 1);
    Path pid = site.path("nowhere/fpm.pid");
    site.write(conf, Files.readString(conf).replace("[global]\n", "[global]\npid = " + pid + "\n"));
    site.expectLog("PID file|initialization failed");

    RunningMaster master = site.launchWith("-y", conf.toString());

    assertEquals(78, master.awaitExit());
    master.awaitLog(
        "ERROR: Unable to create the PID file \\("
            + pid
            + "\\).: No such file or directory \\(2\\)");
    assertFalse(Files.exists(site.path("a.sock")));
    assertEquals(78, site.command("start", "-y", conf.toString()).exitCode());
  }

  @Test
  void badPoolOfTheFileDoesNotKeepTheOthersFromStarting() throws IOException {
    writePool("a", 1);
    writePool("b", 0);
    site.expectLog("pm.max_children");

    RunningMaster master = site.launchWith("-y", conf.toString()).awaitReady();

    master.awaitLog("ERROR: \\[pool b\\] .*b.conf:8: pm.max_children = 0: .*legal: 1 to 65536");
    site.awaitWorkers("a", 1);
    writePool("b", 1);
    site.awaitWorkers("b", 1);
  }

  @Test
  void errorWhileRunningChangesNothingAndTheMendedFileIsTaken() throws IOException {
    writePool("a", 1);
    site.expectLog("log_level");
    RunningMaster master = site.launchWith("-y", conf.toString()).awaitReady();
    List<Integer> before = site.awaitWorkers("a", 1);

    breakGlobal();

    master.awaitLog("ERROR: " + conf + ":2: log_level = loud: .*legal: debug, notice, warning");
    assertEquals(before, site.workers("a"));
    writePool("a", 2);
    assertTrue(site.awaitWorkers("a", 2).containsAll(before));
  }

  @Test
  void brokenFileDoesNotKeepAMasterFromTakingOver() throws IOException {
    writePool("a", 1);
    site.expectLog("log_level");
    site.launchWith("-y", conf.toString()).awaitReady().kill();
    List<Integer> before = site.awaitWorkers("a", 1);
    breakGlobal();

    RunningMaster master = site.launchWith("-y", conf.toString()).awaitReady();

    master.awaitLog("\\[pool a\\] generation 1 taken over with 1 workers");
    assertEquals(before, site.workers("a"));
    writePool("a", 2);
    assertTrue(site.awaitWorkers("a", 2).containsAll(before));
  }

  @Test
  void debiansConfigurationRunsUnchanged() throws IOException {
    assumeTrue(Files.isReadable(DEBIAN) && Files.isWritable(Path.of("/run")), "Debian and root");
    Path socket = Path.of("/run/php/php8.2-fpm.sock");
    Files.createDirectories(socket.getParent());
    Path script = site.pidScript();

    RunningMaster master = site.launchWith("-y", DEBIAN.toString());

    Await.until("a page", () -> PoolClient.unix(socket).get(script).matches("\\d+"));
    assertEquals("dynamic", site.status("www").text("processManager"));
    assertTrue(master.isAlive());
  }
}
