package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unit file of the distribution under a real systemd. */
class SystemdIT {

  @RegisterExtension final Site site = new Site();

  private Systemd boot() throws IOException {
    Optional<Systemd> booted = Systemd.boot(site);
    assumeTrue(booted.isPresent(), "systemd can be process 1 of its own namespaces");
    return booted.get();
  }

  @Test
  void takesTheUnit() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd is installed");
    Path home = Path.of(Site.program()).getParent().getParent();
    String unit = Files.readString(home.resolve("share/systemd/fpm4j.service"));
    Path file = site.write(site.path("fpm4j.service"), unit.replace("/opt/fpm4j", home.toString()));

    CommandOutcome verified = site.shell("systemd-analyze", "verify", file.toString());
    assertEquals(0, verified.exitCode(), verified.errors());
    assertEquals(
        List.of(),
        verified.errors().lines().filter(line -> line.contains(file.toString())).toList());
  }

  @Test
  void losesNoRequestByReloadCrashOrRestart() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    try (Systemd systemd = boot()) {
      systemd.control("start", "fpm4j").expectSuccess();
      assertEquals(1, site.status("www").generation(), "ready when the start returns");

      try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
        systemd.control("reload", "fpm4j").expectSuccess();
        assertEquals(2, site.status("www").generation(), "reloaded when the reload returns");
        assertEquals("running", systemd.property("SubState"));

        systemd.control("kill", "--kill-who=main", "--signal=KILL", "fpm4j").expectSuccess();
        Await.until("a restart", () -> systemd.property("NRestarts").equals("1"));
        Await.until("a master", () -> systemd.property("SubState").equals("running"));
        assertTrue(systemd.log().contains("generation 2 taken over with 2 workers"), systemd::log);
        load.awaitMore(20);

        assertEquals("1", systemd.property("NFileDescriptorStore"));
        systemd.control("restart", "fpm4j").expectSuccess();
        load.awaitMore(20);
        assertEquals(List.of(), load.failures());
      }

      systemd.control("stop", "fpm4j").expectSuccess();
      assertEquals("success", systemd.property("Result"), systemd::log);
      assertEquals(List.of(), site.workers("www"));
      Files.delete(site.socket("www")); // systemd had the socket, and lets go of it
    }
  }

  @Test
  void isToldWhenAReloadFails() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    try (Systemd systemd = boot()) {
      systemd.control("start", "fpm4j").expectSuccess();
      site.pool("www", "pm = static", "pm.max_children = 1", "program = /bin/false");
      Await.until("a failed roll", () -> systemd.log().contains("generation 2 did not start"));

      assertNotEquals(0, systemd.control("reload", "fpm4j").exitCode());
      assertEquals("running", systemd.property("SubState"));
      assertFalse(site.client("www").get(site.pidScript()).isEmpty(), "the old one serves on");
      systemd.control("stop", "fpm4j").expectSuccess();
      Files.delete(site.socket("www"));
    }
  }

  @Test
  void opensTheSocketAndStartsTheMasterForTheFirstConnection() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    try (Systemd systemd = boot()) {
      systemd.control("start", "fpm4j.socket").expectSuccess();
      assertEquals("dead", systemd.property("SubState"));
      CompletableFuture<String> first = site.client("www").getLater(site.pidScript());
      assertTrue(first.join().matches("\\d+"));
      String inherited = "using inherited socket fd=\\d+, \"" + site.socket("www") + "\"";
      assertTrue(
          systemd.log().lines().anyMatch(line -> line.matches(".*" + inherited)), systemd::log);

      systemd.control("restart", "fpm4j").expectSuccess();
      assertTrue(site.client("www").get(site.pidScript()).matches("\\d+"));
      systemd.control("stop", "fpm4j").expectSuccess();
      CompletableFuture<String> second = site.client("www").getLater(site.pidScript());
      assertTrue(second.join().matches("\\d+"), "systemd has kept it open");
      systemd.control("stop", "fpm4j.socket", "fpm4j").expectSuccess();
      assertEquals("success", systemd.property("Result"), systemd::log);
      assertEquals(List.of(), site.workers("www"));
      Files.deleteIfExists(site.socket("www"));
    }
  }
}
