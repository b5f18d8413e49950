package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Service managers start, watch, reload and stop the master; it may be a container's process 1. */
class SupervisionIT {

  /** Listens at its first argument on descriptor 3 and runs the rest, as systemd does. */
  private static final String ACTIVATE =
      """
      use Socket; use POSIX;
      my ($path, $s) = (shift); $^F = 20;
      socket($s, AF_UNIX, SOCK_STREAM, 0) and bind($s, sockaddr_un($path)) or die $!;
      listen($s, 64) and chmod 0666, $path or die $!;
      POSIX::dup2(fileno($s), 3) unless fileno($s) == 3;
      @ENV{"LISTEN_FDS", "LISTEN_PID"} = (1, $$);
      exec @ARGV;
      """;

  /**
   * Takes descriptor number $fd of process $pid as its descriptor 3, by pidfd_open(2) and
   * pidfd_getfd(2), and runs the rest, as systemd does with what is in its store.
   */
  private static final String RESTORE =
      """
      use POSIX;
      my ($pid, $fd) = (int shift, int shift); $^F = 20;
      my $process = syscall(434, $pid, 0);
      my $got = syscall(438, $process, $fd, 0);
      die "pidfd_getfd: $!" if $got < 0;
      POSIX::dup2($got, 3) unless $got == 3;
      @ENV{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} = (1, $$, "www.listen");
      exec @ARGV;
      """;

  @RegisterExtension final Site site = new Site();

  private List<String> runWith(String... before) {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(List.of(Site.program(), "run"));
    command.addAll(directories());
    return command;
  }

  private List<String> directories() {
    return List.of("--run", site.run().toString(), "--etc", site.etc().toString());
  }

  /** Requests the slow page; returns once a worker is at it. */
  private CompletableFuture<String> slowRequest(int milliseconds) {
    CompletableFuture<String> answer = inBackground(site.slowScript(milliseconds));
    site.awaitStatus("www", "an active worker", status -> status.number("active") == 1);
    return answer;
  }

  @Test
  void tellsTheServiceManagerOfItsLife() throws IOException {
    site.global("systemd_interval = 1s");
    site.pool("www", "pm = static", "pm.max_children = 2");
    Path notify = site.path("notify");
    try (ServiceManager manager = new ServiceManager(notify)) {
      RunningMaster master =
          site.launchCommand(runWith("env", "NOTIFY_SOCKET=" + notify, "WATCHDOG_USEC=1000000"));

      manager.await("READY=1\nSTATUS=Ready to handle connections\nMAINPID=" + master.pid());
      manager.await("WATCHDOG=1");
      manager.await(
          "READY=1\nSTATUS=Processes active: 0, idle: 2, Requests: 0, slow: 0, Traffic:"
              + " 0.00req/sec");

      long signalledMicros = System.nanoTime() / 1000;
      master.signal("HUP");
      String reloading = manager.await("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
      long begunMicros = Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1));
      assertTrue(begunMicros >= signalledMicros, "the same clock");
      manager.await("READY=1");
      assertEquals(2, site.status("www").generation());

      master.signal("QUIT");
      manager.await("STOPPING=1\nSTATUS=Finishing");
      assertEquals(0, master.awaitExit());
    }
  }

  @Test
  void usesTheSocketItIsStartedWithAndLeavesItsPath() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    Path socket = site.socket("www");
    RunningMaster master =
        site.launchCommand(runWith("perl", "-e", ACTIVATE, socket.toString())).awaitReady();

    master.awaitLog("NOTICE: using inherited socket fd=[0-9]+, \"" + socket + "\"");
    assertFalse(site.client("www").get(site.pidScript()).isEmpty());
    assertEquals(0, master.stop());
    assertTrue(Files.deleteIfExists(socket), "whoever made the path removes it");
  }

  @Test
  void storedSocketKeepsConnectionsWaitingOverARestart() throws IOException {
    assumeTrue(Site.ROOT, "root may take another process's descriptors");
    site.pool("www", "pm = static", "pm.max_children = 2");
    Path notify = site.path("notify");
    try (ServiceManager manager = new ServiceManager(notify)) {
      List<String> environment = List.of("env", "NOTIFY_SOCKET=" + notify, "FDSTORE=8");
      RunningMaster first = site.launchCommand(runWith(environment.toArray(String[]::new)));
      manager.await("FDSTORE=1\nFDNAME=www.listen");
      first.awaitReady();
      first.signal("QUIT");
      assertEquals(0, first.awaitExit());

      CompletableFuture<String> waiting = inBackground(site.pidScript());
      int stored = manager.store().get(0).number();
      List<String> restart = new ArrayList<>(environment);
      restart.addAll(List.of("perl", "-e", RESTORE));
      restart.add(Long.toString(ProcessHandle.current().pid()));
      restart.add(Integer.toString(stored));
      RunningMaster second = site.launchCommand(runWith(restart.toArray(String[]::new)));

      assertTrue(waiting.join().matches("\\d+"), "it was not refused meanwhile");
      second.awaitLog("NOTICE: using inherited socket fd=[0-9]+, \"" + site.socket("www") + "\"");
      Files.delete(site.poolFile("www"));
      manager.await("FDSTOREREMOVE=1\nFDNAME=www.listen");
      second.awaitLog("\\[pool www\\] removed$");
      assertFalse(Files.exists(site.socket("www")), "the path is the master's own");
      assertEquals(0, second.stop());
    }
  }

  private CompletableFuture<String> inBackground(Path script) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return site.client("www").get(script);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void supervisordLosesNoRequestByRestartReloadOrCrash() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    try (Supervisord supervisord = new Supervisord(site)) {
      int first = supervisord.awaitMaster(0);

      CompletableFuture<String> slow = slowRequest(3000);
      supervisord.control("restart", "fpm4j").expectSuccess();
      int second = supervisord.awaitMaster(first);
      assertFalse(slow.join().isEmpty(), "the request under way finished");

      try (Load load = Load.of(site.client("www"), site.pidScript(), 2)) {
        List<Integer> former = site.awaitWorkers("www", 2);
        supervisord.control("signal", "HUP", "fpm4j").expectSuccess();
        site.awaitStatus("www", "generation 2", status -> status.generation() == 2);
        List<Integer> workers = site.awaitOthers("www", former, 2);
        Signals.send("KILL", second);
        assertNotEquals(second, supervisord.awaitMaster(second));
        assertEquals(workers, site.workers("www"));
        load.awaitMore(20);
        assertEquals(List.of(), load.failures());
      }

      supervisord.control("stop", "fpm4j").expectSuccess();
      assertEquals(List.of(), site.workers("www"));
    }
  }

  private RunningMaster startAsProcessOne(int stopTimeoutSeconds) {
    List<String> unshare = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
    List<String> probe = new ArrayList<>(unshare);
    probe.add("true");
    assumeTrue(
        site.shell(probe.toArray(String[]::new)).exitCode() == 0,
        "process namespaces are permitted");
    List<String> command = new ArrayList<>(unshare);
    Path home = Path.of(Site.program()).getParent().getParent();
    command.addAll(List.of("env", "FPM4J_STOP_TIMEOUT=" + stopTimeoutSeconds));
    command.add(home.resolve("share/container/entrypoint").toString());
    command.addAll(directories());
    return site.launchCommand(command).awaitReady();
  }

  /** Returns the pid, as it is outside, of the process 1 that {@code unshare} waits for. */
  private int processOne(RunningMaster unshare) {
    String pid = Integer.toString(unshare.pid());
    return Integer.parseInt(site.shell("pgrep", "-P", pid).expectSuccess().strip());
  }

  /** Whether the process has a child of this name, a zombie too. */
  private boolean hasChild(int pid, String name) {
    return site.shell("pgrep", "-x", "-P", Integer.toString(pid), name).exitCode() == 0;
  }

  @Test
  void processOneFinishesRequestsOnTermAndReapsOrphans() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 2");
    RunningMaster master = startAsProcessOne(20);
    int pid = processOne(master);
    Path orphaning =
        site.script("orphan.php", "<?php exec('sleep 6 >/dev/null 2>&1 &'); echo 'left';");

    assertEquals("left", site.client("www").get(orphaning));
    Await.until("an orphan", () -> hasChild(pid, "sleep"));
    Await.until("the orphan's burial", () -> !hasChild(pid, "sleep"));

    CompletableFuture<String> slow = slowRequest(3000);
    Signals.send("TERM", pid);
    assertFalse(slow.join().isEmpty());
    assertEquals(0, master.awaitExit());
  }

  @Test
  void processOneEndsRequestsWhenTheStopTimeoutIsOver() {
    site.expectLog("WARNING: requests did not end within the stop timeout \\(1 s\\)");
    site.expectLog("WARNING: \\[pool www\\] child [0-9]+ exited on signal 15");
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = startAsProcessOne(1);

    CompletableFuture<String> endless = slowRequest(60_000);
    Signals.send("TERM", processOne(master));
    assertEquals(0, master.awaitExit());
    assertTrue(endless.handle((answer, failure) -> failure != null).join());
  }
}
