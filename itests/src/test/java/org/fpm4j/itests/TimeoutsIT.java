package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that take too long, and workers that do not do as they are told. */
class TimeoutsIT {

  /** Far below the time the scripts here would take. */
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Works for 60 s and heeds no TERM. */
  private static final String STUBBORN =
      """
      use FCGI;
      my $request = FCGI::Request();
      while ($request->Accept() >= 0) {
        $SIG{TERM} = 'IGNORE';
        print "Content-Type: text/plain\\r\\n\\r\\n$$\\n";
        $request->Flush();
        my $end = time + 60;
        select(undef, undef, undef, 0.1) while time < $end;
      }
      """;

  /** Ends its answer at once and works on for 6 s. */
  private static final String AFTERWORK =
      """
      use FCGI;
      my $request = FCGI::Request();
      while ($request->Accept() >= 0) {
        print "Content-Type: text/plain\\r\\n\\r\\n$$";
        $request->Finish();
        my $end = time + 6;
        select(undef, undef, undef, 0.1) while time < $end;
      }
      """;

  @RegisterExtension final Site site = new Site();

  private void perlPool(String code, String... settings) {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
    Path program = site.script("program.pl", code);
    List<String> all =
        new java.util.ArrayList<>(
            List.of(
                "pm = static",
                "pm.max_children = 1",
                "program = /usr/bin/perl",
                "program.args = " + program));
    all.addAll(List.of(settings));
    site.pool("www", all.toArray(String[]::new));
  }

  @Test
  void requestOverItsTimeIsTerminatedAndItsConnectionEnds() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1", "request_terminate_timeout = 1s");
    site.expectLog("execution timed out|exited on signal 15");
    // What the script leaves behind must not keep the connection open.
    Path endless =
        site.script(
            "endless.php", "<?php exec('sleep 60 >/dev/null 2>&1 &'); while (true) usleep(9999);");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 1);

    long begin = System.nanoTime();
    assertThrows(EOFException.class, () -> site.client("www").get(endless, "a=1"));
    assertTrue(System.nanoTime() - begin < SOON.toNanos(), "the client was not kept waiting");

    master.awaitLog(
        "WARNING: \\[pool www\\] child %d, script '%s' \\(request: \"GET /endless.php\\?a=1\"\\)"
                .formatted(before.get(0), endless)
            + " execution timed out \\(\\d+\\.\\d{6} sec\\), terminating");
    master.awaitLog("child %d exited on signal 15 \\(SIGTERM\\)".formatted(before.get(0)));
    assertTrue(!site.client("www").get(site.pidScript()).equals(before.get(0).toString()));
  }

  @Test
  void workerThatIgnoresTermIsKilled() {
    perlPool(STUBBORN, "request_terminate_timeout = 3s");
    site.expectLog("execution timed out|did not end on SIGTERM|exited on signal 9");
    RunningMaster master = site.start();
    List<Integer> before = site.awaitWorkers("www", 1);

    long begin = System.nanoTime();
    assertThrows(EOFException.class, () -> site.client("www").get(site.path("any")));
    assertTrue(System.nanoTime() - begin < SOON.toNanos(), "the client was not kept waiting");

    master.awaitLog("child %d did not end on SIGTERM, killing".formatted(before.get(0)));
    master.awaitLog("child %d exited on signal 9 \\(SIGKILL\\)".formatted(before.get(0)));
  }

  @Test
  void workAfterTheAnswerMayTakeItsTime() throws IOException {
    perlPool(AFTERWORK, "request_terminate_timeout = 3s");
    site.start();

    String first = site.client("www").get(site.path("any"));

    assertEquals(
        first, site.client("www").get(site.path("any")), "it worked on, then served again");
  }

  @Test
  void workAfterTheAnswerIsTerminatedIfItIsTracked() throws IOException {
    perlPool(
        AFTERWORK,
        "request_terminate_timeout = 3s",
        "request_terminate_timeout_track_finished = yes");
    site.expectLog("execution timed out|exited on signal 15");
    RunningMaster master = site.start();

    String pid = site.client("www").get(site.path("any"));

    master.awaitLog("child " + pid + " exited on signal 15 \\(SIGTERM\\)");
  }

  @Test
  void idleWorkerThatDoesNotAnswerItsRetireOrderIsKilled() {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.expectLog("does not retire, killing|exited on signal 9");
    RunningMaster master = site.start();
    int worker = site.awaitWorkers("www", 1).get(0);
    Signals.send("STOP", worker);

    site.command("retire", "www", Integer.toString(worker)).expectSuccess();

    master.awaitLog("child " + worker + " is idle and does not retire, killing");
    Await.until("another worker", () -> !site.awaitWorkers("www", 1).contains(worker));
  }
}
