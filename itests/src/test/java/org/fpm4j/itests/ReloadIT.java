package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A new generation takes the old one's place. */
class ReloadIT {

  @RegisterExtension final Site site = new Site();

  @Test
  void replacesEveryWorkerAndLosesNoRequest() {
    site.pool("www", "pm = static", "pm.max_children = 4");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 4);

    try (Load load = Load.of(site.client("www"), site.pidScript(), 4)) {
      for (int generation = 2; generation <= 4; generation++) {
        site.command("reload").expectSuccess();
        assertEquals(generation, site.status("www").generation());
        load.awaitMore(50);
      }
      assertEquals(List.of(), load.failures());
    }

    site.awaitOthers("www", before, 4);
    Await.until("the last zygote alone", () -> site.zygotes("www").size() == 1);
  }

  @Test
  void startsWithFreshOpcache() throws IOException {
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "php_admin_value[opcache.validate_timestamps] = 0",
        "php_admin_value[opcache.file_update_protection] = 0");
    Path script = site.script("version.php", "<?php echo 'old';");
    site.start();
    assertEquals("old", site.client("www").get(script));
    site.script("version.php", "<?php echo 'new';");
    assertEquals("old", site.client("www").get(script), "as cached");

    site.command("reload", "www").expectSuccess();

    Await.until("the new code", () -> site.client("www").get(script).equals("new"));
  }

  @Test
  void longRequestFinishesAndHoldsUpNobody() {
    site.pool("www", "pm = static", "pm.max_children = 3");
    site.start();
    List<Integer> before = site.awaitWorkers("www", 3);
    Path held = site.heldScript();

    try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
      CompletableFuture<String> request = inBackground(held);
      site.awaitStatus("www", "the long request", status -> status.active() >= 1);
      site.command("reload").expectSuccess();
      load.awaitMoreOfEach(25);
      assertFalse(request.isDone());
      site.letGo();
      String pid = request.join();
      assertTrue(before.contains(Integer.valueOf(pid)), "served by the worker it began in");
      assertEquals(List.of(), load.failures());
    }
  }

  @Test
  void doesNotCutSleepShort() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Path script =
        site.script(
            "sleep.php",
            "<?php $t = microtime(true); echo sleep(5), microtime(true) - $t >= 5 ? '' : ' cut';");
    site.start();

    CompletableFuture<String> request = inBackground(script);
    site.awaitStatus(
        "www", "the sleeping request", status -> status.active() == 1 || request.isDone());
    site.command("reload").expectSuccess();

    assertEquals("0", request.join());
  }

  private CompletableFuture<String> inBackground(Path script) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return site.client("www").get(script);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  @Test
  void ofAPoolThatReloadsJoinsThatReload() {
    // A client needs a JVM to give the second order, which must come while the first is at work.
    Path preload =
        site.script(
            "preload.php", "<?php if (file_exists(__DIR__ . '/go')) usleep(12 * 1000 * 1000);");
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "php_admin_value[opcache.preload] = " + preload);
    site.start();
    site.letGo();

    CompletableFuture<CommandOutcome> first =
        CompletableFuture.supplyAsync(() -> site.command("reload"));
    Await.until("two zygotes", () -> site.zygotes("www").size() == 2);
    CommandOutcome second = site.command("reload");

    assertEquals(0, first.join().exitCode());
    assertEquals(0, second.exitCode(), second.errors());
    assertEquals(2, site.status("www").generation(), "one reload for both");
  }

  @Test
  void thatFailsLeavesTheOldGenerationServing() throws IOException {
    Path ini = site.write(site.path("php.ini"), "memory_limit = 64M\n");
    site.pool("www", "pm = static", "pm.max_children = 2", "php.ini = " + ini);
    site.expectLog("generation 2 did not start|generation 1 serves on");
    site.expectLog("child \\d+ said into std(out|err): ");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 2);
    site.write(ini, "opcache.preload = " + site.path("missing.php") + "\n");

    CommandOutcome reload = site.command("reload");

    assertEquals(1, reload.exitCode());
    assertTrue(reload.errors().contains("pool www: zygote exited with code 255"), reload.errors());
    master.awaitLog("ERROR: \\[pool www\\] generation 2 did not start");
    assertEquals(before, site.workers("www"));
    assertTrue(before.contains(Integer.valueOf(site.client("www").get(site.pidScript()))));
    site.write(ini, "memory_limit = 96M\n");
    site.command("reload").expectSuccess();
    site.awaitOthers("www", before, 2);
  }

  @Test
  void ofOnePoolLeavesTheOthersAlone() {
    site.pool("a", "pm = static", "pm.max_children = 1");
    site.pool("b", "pm = static", "pm.max_children = 1");
    site.start();
    List<Integer> a = site.awaitWorkers("a", 1);
    List<Integer> b = site.awaitWorkers("b", 1);

    site.command("reload", "a").expectSuccess();

    site.awaitOthers("a", a, 1);
    assertEquals(b, site.workers("b"));
  }

  @Test
  void ofUnknownPoolIsAnErrorThatNamesThoseThereAre() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();

    CommandOutcome reload = site.command("reload", "shop");

    assertEquals(1, reload.exitCode());
    assertTrue(
        reload.errors().contains("shop") && reload.errors().contains("www"), reload.errors());
  }
}
