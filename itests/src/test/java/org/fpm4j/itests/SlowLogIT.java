package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The slow log: what stands in it, and that writing it disturbs nobody. */
class SlowLogIT {

  private static final String DEEP =
      """
      <?php
      function fall($n) {
        if ($n == 0) { wait(); }
        else { fall($n - 1); }
      }
      function wait() { [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $r = [$a]; $w = null; $e = null;
        stream_select($r, $w, $e, 5);
      }
      fall(50);
      echo 'done ', getmypid();
      """;

  private static final String CALLS =
      """
      <?php
      class Db {
        function query($sql) { return self::fetch(5); }
        static function fetch($s) {
          $run = function () use ($s) { foreach (rows($s) as $row) { yes($row); } };
          return $run();
        }
      }
      function rows($s) {
        [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        stream_set_timeout($a, $s);
        yield fread($a, 10);
      }
      function yes($x) { return true; }
      include __DIR__ . '/inner.php';
      echo 'done ', getmypid();
      """;

  private static final String LOOP =
      """
      <?php
      function spin($end) {
        while (microtime(true) < $end) {
          usleep(50);
        }
      }
      spin(microtime(true) + 6);
      echo 'done ', getmypid();
      """;

  @RegisterExtension final Site site = new Site();

  private Path slowlog;

  @BeforeEach
  void makeScripts() {
    slowlog = site.path("slow.log");
    site.script("inner.php", "<?php\nreturn array_map(fn($q) => (new Db)->query($q), ['one']);\n");
    site.expectLog("executing too slow");
  }

  private RunningMaster start(String... more) {
    String[] settings =
        IntStream.range(0, more.length + 4)
            .mapToObj(
                i ->
                    switch (i) {
                      case 0 -> "pm = static";
                      case 1 -> "pm.max_children = 3";
                      case 2 -> "slowlog = " + slowlog;
                      case 3 -> "request_slowlog_timeout = 1";
                      default -> more[i - 4];
                    })
            .toArray(String[]::new);
    site.pool("www", settings);
    return site.start();
  }

  private CompletableFuture<String> ask(Path script) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return site.client("www").get(script);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  private String slowLog() throws IOException {
    return Files.exists(slowlog) ? Files.readString(slowlog) : "";
  }

  /** Returns the entry about a script: functions and places, without addresses. */
  private static List<String> frames(String log, Path script) {
    String from = log.substring(log.indexOf("script_filename = " + script + "\n"));
    return from.lines()
        .skip(1)
        .takeWhile(line -> line.startsWith("[0x"))
        .map(line -> line.replaceFirst("^\\[0x[0-9a-f]{16}\\] ", ""))
        .toList();
  }

  @Test
  void stacksAreThosePhpFpmWrites() throws Exception {
    assumeTrue(Site.ROOT, "root, as php-fpm needs to trace");
    List<Path> scripts = List.of(site.script("deep.php", DEEP), site.script("calls.php", CALLS));
    Path theirs = site.path("theirs.log");
    try (PhpFpm phpFpm =
        PhpFpm.start(
            site,
            Path.of("/etc/php/8.2/fpm/php.ini"),
            "slowlog = " + theirs,
            "request_slowlog_timeout = 1")) {
      RunningMaster master = start();
      for (Path script : scripts) {
        CompletableFuture<String> ours = ask(script);
        phpFpm.client().get(script);
        assertTrue(ours.join().startsWith("done "));
        master.awaitLog("NOTICE: finished trace of \\d+", scripts.indexOf(script) + 1);
        Await.until("their entry", () -> Files.readString(theirs).contains(script + "\n"));
        assertEquals(frames(Files.readString(theirs), script), frames(slowLog(), script));
      }
    }
    List<String> calls = frames(slowLog(), scripts.get(1));
    assertEquals("fread() " + scripts.get(1) + ":12", calls.get(0));
    // From 8.4 on {closure:Db::fetch():5}.
    assertTrue(
        calls.get(2).matches("\\{closure.*\\}\\(\\) " + scripts.get(1) + ":6"), calls.toString());
  }

  @Test
  void entryNamesPoolPidAndScriptAndStopsAtTheDepth() throws Exception {
    RunningMaster master = start("request_slowlog_trace_depth = 5");
    Path script = site.script("deep.php", DEEP);
    String pid = ask(script).join().replace("done ", "");
    master.awaitLog("NOTICE: finished trace of \\d+");

    assertTrue(
        slowLog()
            .matches(
                "\\n\\[\\d\\d-[A-Z][a-z]{2}-\\d{4} \\d\\d:\\d\\d:\\d\\d\\]  \\[pool www\\] pid "
                    + pid
                    + "\\nscript_filename = "
                    + script
                    + "\\n(\\[0x[0-9a-f]{16}\\] .*\\n){5}"),
        slowLog());
    assertEquals(
        List.of(
            "stream_select() " + script + ":8",
            "wait() " + script + ":3",
            "fall() " + script + ":4",
            "fall() " + script + ":4",
            "fall() " + script + ":4"),
        frames(slowLog(), script));
  }

  @Test
  void loopIsShownAndLoggedAgainAtTheInterval() throws Exception {
    RunningMaster master = start("request_slowlog_interval = 1");
    Path script = site.script("loop.php", LOOP);
    ask(script).join();
    master.awaitLog("NOTICE: finished trace of \\d+", 2);

    List<String> spins =
        slowLog().lines().filter(line -> line.endsWith("] spin() " + script + ":7")).toList();
    assertTrue(spins.size() >= 2, slowLog());
    assertEquals(1, site.status("www").number("slowRequests"));
    master.awaitLog("NOTICE: finished trace of \\d+", spins.size());
  }

  @Test
  void allWorkersBusyAndAReloadDisturbNothing() throws Exception {
    RunningMaster master = start();
    Path script = site.script("deep.php", DEEP);
    List<CompletableFuture<String>> asked =
        IntStream.range(0, 3).mapToObj(i -> ask(script)).toList();
    site.command("reload").expectSuccess();
    asked.forEach(answer -> assertTrue(answer.join().startsWith("done ")));
    master.awaitLog("NOTICE: finished trace of \\d+", 3);
    assertEquals(3, slowLog().lines().filter(line -> line.contains("stream_select()")).count());
  }

  @Test
  void rotatedLogIsLeftAtOnce() throws Exception {
    RunningMaster master = start();
    Path script = site.script("deep.php", DEEP);
    ask(script).join();
    master.awaitLog("NOTICE: finished trace of \\d+", 1);
    Files.move(slowlog, site.path("slow.log.1"));
    master.signal("USR1");
    ask(script).join();
    master.awaitLog("NOTICE: finished trace of \\d+", 2);
    assertEquals(1, slowLog().lines().filter(line -> line.contains("wait()")).count());
  }

  @Test
  void programThatIsNotPhpHasHeaderAndReason() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
    site.expectLog("is not PHP");
    Path program =
        site.script(
            "slow.pl",
            """
            use FCGI;
            my $request = FCGI::Request();
            while ($request->Accept() >= 0) {
              sleep 5;
              print "Content-Type: text/plain\\r\\n\\r\\ndone";
            }
            """);
    start("program = /usr/bin/perl", "program.args = " + program);
    assertEquals("done", ask(site.path("any.cgi")).join());
    Await.until("an entry", () -> slowLog().contains("dump failed"));
    assertTrue(
        slowLog()
            .contains(
                "script_filename = "
                    + site.path("any.cgi")
                    + "\n+++ dump failed: no PHP stack: /usr/bin/perl is not PHP\n"),
        slowLog());
  }
}
