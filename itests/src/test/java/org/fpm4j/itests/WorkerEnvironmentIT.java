package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a pool's settings give its workers. */
class WorkerEnvironmentIT {

  private static final String ONE = "pm.max_children = 1";

  @RegisterExtension final Site site = new Site();

  private String answer(String code) throws IOException {
    return site.client("www").get(site.script("ask.php", "<?php " + code));
  }

  @Test
  void environmentIsWhatTheSettingsSayAndNothingElse() throws IOException {
    site.pool("www", "pm = static", ONE, "env[COLOUR] = red", "env[OWN_PATH] = $PATH");
    site.start();

    String names =
        answer(
            "$e = file_get_contents('/proc/self/environ'); echo implode(' ', array_keys(getenv()));");

    assertEquals("red", answer("echo getenv('COLOUR');"));
    assertEquals(System.getenv("PATH"), answer("echo getenv('OWN_PATH');"));
    for (String foreign : new String[] {"LD_PRELOAD", "FPM4J_", "JAVA", "LANG", "MALLOC_ARENA"}) {
      assertFalse(names.contains(foreign), names);
    }
    if (Site.ROOT) {
      assertEquals("www-data /var/www", answer("echo getenv('USER'), ' ', getenv('HOME');"));
    }
  }

  @Test
  void clearEnvOffPassesTheMastersEnvironmentOn() throws IOException {
    site.pool("www", "pm = static", ONE, "clear_env = no");
    site.start();

    assertEquals(System.getenv("PATH"), answer("echo getenv('PATH');"));
    assertEquals("", answer("echo getenv('LD_PRELOAD'), getenv('FPM4J_POOL');"));
  }

  @Test
  void programsThatWorkersStartKnowNothingOfTheAgent() throws IOException {
    site.pool("www", "pm = static", ONE, "env[PATH] = /usr/bin:/bin");
    site.start();

    String environment = answer("echo shell_exec('env; ls -l /proc/self/fd');");

    assertFalse(environment.contains("FPM4J"), environment);
    assertFalse(environment.contains("LD_PRELOAD"), environment);
    assertFalse(environment.contains("scoreboard"), environment);
  }

  @Test
  void workingDirectoryIsSet() throws IOException {
    site.pool("www", "pm = static", ONE, "chdir = " + site.path("www"));
    site.start();

    assertEquals(
        site.path("www").toString(), answer("echo readlink('/proc/' . getmypid() . '/cwd');"));
  }

  @Test
  void chrootedWorkerServesAScriptOfItsRoot() throws IOException {
    assumeTrue(Site.ROOT, "root");
    site.pool("www", "pm = static", ONE, "chroot = " + site.path("www"), "chdir = /");
    site.script(
        "inside.php", "<?php echo __FILE__, ' ', implode(',', glob('/*')), ' ', posix_getuid();");
    site.start();

    assertEquals(
        "/inside.php /inside.php " + site.shell("id", "-u", "www-data").expectSuccess().strip(),
        site.client("www").get(Path.of("/inside.php")));
  }

  @Test
  void limitOfOpenFilesIsSet() throws IOException {
    site.pool("www", "pm = static", ONE, "rlimit_files = 123");
    site.start();

    assertEquals("123", answer("echo posix_getrlimit()['soft openfiles'];"));
  }

  @Test
  void phpValuesAreSeenByScripts() throws IOException {
    site.pool(
        "www",
        "pm = static",
        ONE,
        "php_value[date.timezone] = Europe/Vienna",
        "php_admin_value[memory_limit] = 48M",
        "php_flag[short_open_tag] = on",
        "php_admin_flag[log_errors] = off",
        "php_admin_value[error_reporting] = E_WARNING | E_NOTICE");
    site.start();

    assertEquals(
        "Europe/Vienna 48M 1 0 10",
        answer(
            "echo implode(' ', [ini_get('date.timezone'), ini_get('memory_limit'),"
                + " (int) ini_get('short_open_tag'), (int) ini_get('log_errors'),"
                + " ini_get('error_reporting')]);"));
  }

  @Test
  void rootServesWhereItIsAllowed() throws IOException {
    assumeTrue(Site.ROOT, "only root can be anybody");
    site.pool("www", "pm = static", ONE, "user = root", "group = root");
    site.launchWith("--etc", site.etc().toString(), "-R").awaitReady();

    assertEquals(
        "1",
        answer("echo preg_match('/^Uid:\\t0\\t0/m', file_get_contents('/proc/self/status'));"));
  }

  @Test
  void outputIsCaughtIntoTheLog() throws IOException {
    site.pool("www", "pm = static", ONE, "catch_workers_output = yes");
    site.expectLog("said into std(out|err)");
    RunningMaster master = site.start();

    String pid =
        answer("file_put_contents('php://stderr', \"line one\\nline two\\n\"); echo getmypid();");

    for (String line : new String[] {"line one", "line two"}) {
      master.awaitLog(
          "WARNING: \\[pool www\\] child " + pid + " said into stderr: \"" + line + "\"");
    }
  }

  @Test
  void longOutputIsWrappedAndNobodyBlocks() throws IOException {
    site.global("log_limit = 1024");
    site.pool("www", "pm = static", ONE, "catch_workers_output = yes");
    site.expectLog("said into std(out|err)");
    RunningMaster master = site.start();

    answer("file_put_contents('php://stderr', str_repeat('x', 300000) . \"\\nend\\n\"); echo 1;");

    master.awaitLog("said into stderr: \"end\"");
    assertTrue(master.lines().stream().allMatch(line -> line.length() <= 1100));
  }

  @Test
  void uncaughtOutputGoesNowhere() throws IOException {
    site.pool("www", "pm = static", ONE);
    RunningMaster master = site.start();

    assertEquals("1", answer("file_put_contents('php://stderr', \"unheard\\n\"); echo 1;"));

    assertFalse(master.log().contains("unheard"));
  }

  @Test
  void scriptThatMeddlesWithStdinHarmsNobody() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start();

    for (int i = 0; i < 10; i++) {
      answer("stream_set_blocking(fopen('php://stdin', 'r'), false); echo 1;");
    }

    try (Load load = Load.of(site.client("www"), site.pidScript(), 4)) {
      load.awaitMore(50);
      assertTrue(load.failures().isEmpty());
    }
  }

  @Test
  void requestsWithManyAndLongParametersArrive() throws IOException {
    site.pool("www", "pm = static", ONE);
    Path script = site.script("long.php", "<?php echo strlen($_SERVER['LONG']), count($_SERVER);");
    site.start();
    Map<String, String> params = PoolClient.params(script, "");
    params.put("LONG", "x".repeat(60_000));
    for (int i = 0; i < 500; i++) {
      params.put("P" + i, "v");
    }

    String answer = site.client("www").request(params).cgi().bodyText();

    assertTrue(answer.startsWith("60000"), answer);
    assertTrue(Integer.parseInt(answer.substring(5)) > 500, answer);
  }

  @Test
  void niceValueIsSet() throws IOException {
    assumeTrue(Site.ROOT, "root");
    site.pool("www", "pm = static", ONE, "process.priority = 7");
    site.start();

    int worker = site.awaitWorkers("www", 1).get(0);
    String stat = Files.readString(Path.of("/proc/" + worker + "/stat"));
    assertEquals("7", stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
  }
}
