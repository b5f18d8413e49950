package org.fpm4j.command.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.junit.jupiter.api.Test;

class CommandLineTest {

  private final FakeManager manager = new FakeManager();
  private final FakeEditor editor = new FakeEditor();
  private final List<ProcessListener> listeners = new ArrayList<>();
  private final CommandLine commands =
      new CommandLine(
          manager,
          editor,
          listener -> {
            listeners.add(listener);
            return () -> listeners.remove(listener);
          },
          FakeStacks.none(manager));

  @Test
  void statusShowsMasterPoolsAndTroubles() throws Exception {
    manager.lastError = "program that never calls accept";
    assertEquals(
        """
        master 42 normal, up 1h 2m, 1 pool, 2 workers, epoll

        POOL  STATE    PM      LISTEN          GEN  IDLE  ACTIVE  TOTAL  MAX  QUEUE  ACCEPTED  EXITED
        www   running  static  127.0.0.1:9000    1     1       1      2    5      0        17       0

        pool www: program that never calls accept
        """,
        ok("status"));
  }

  @Test
  void statusJsonHoldsMasterAndPoolsWithoutWorkers() throws Exception {
    String json = ok("status", "--json");
    assertTrue(
        json.startsWith("{\"master\":{\"pid\":42,\"state\":\"NORMAL\",\"ready\":true,"), json);
    assertTrue(json.contains("\"pools\":[{\"name\":\"www\",\"state\":\"RUNNING\","), json);
    assertTrue(
        json.contains("\"durations\":{\"p50Micros\":1000,\"p95Micros\":2000,\"p99Micros\":3000}"),
        json);
    assertFalse(json.contains("workers\":["), json);
  }

  @Test
  void workersShowsStagesAndRequests() throws Exception {
    assertEquals(
        """
        POOL  GEN  SLOT   PID  STAGE              SINCE  REQUESTS  DURATION  METHOD  URI
        www     1     0  1000  Idle               3h 7m         8  1.25 ms   GET     /index.php?a=b
        www     1     1  1001  Running, retiring  3h 7m         8  1.25 ms   GET     /index.php?a=b
        """,
        ok("workers", "www"));
    assertTrue(ok("workers", "--json").startsWith("[{\"pool\":\"www\",\"slot\":0,\"pid\":1000,"));
  }

  @Test
  void showsNoControlCharactersOfARequest() throws Exception {
    manager.uri = "/\33[2J\u009b\n";
    assertTrue(ok("workers").contains("/.[2J..?a=b"));
    assertTrue(ok("workers", "--json").contains("/\\u001b[2J"));
  }

  @Test
  void addressTellsWhereAPoolListens() throws Exception {
    assertEquals("127.0.0.1:9000\n", ok("address", "www"));
    assertEquals(
        new Reply(1, "no pool 'api'; there are: www\n"), commands.run(List.of("address", "api")));
  }

  @Test
  void readySucceedsOnceThePoolsAreUp() throws Exception {
    assertEquals("ready\n", ok("ready"));
    manager.ready = false;
    manager.state = PoolState.STARTING;
    assertEquals(new Reply(1, "not ready yet, starting: www\n"), commands.run(List.of("ready")));
  }

  @Test
  void ordersReachTheManager() throws Exception {
    assertEquals("done\n", ok("reload"));
    ok("reload", "www");
    ok("retire", "www", "1000");
    ok("kill", "www", "1001");
    ok("drain", "www");
    ok("resume", "www");
    ok("reset-maxima", "www");
    ok("reopen-logs");
    ok("stop");
    ok("stop", "--graceful");
    assertEquals(
        List.of(
            "reload",
            "reload www",
            "retire www 1000",
            "kill www 1001",
            "drain www",
            "resume www",
            "resetMaxima www",
            "reopenLogs",
            "terminate",
            "finish"),
        manager.orders);
  }

  @Test
  void setWritesSettingsAndSaysWhatThatCosts() throws Exception {
    assertEquals(
        "pm.max_children = 20 written; it takes effect at once, no worker restarts\n",
        ok("set", "www", "pm.max_children", "20"));
    assertEquals(
        "env[A] = -x written; the pool rolls to a new generation\n",
        ok("set", "www", "env[A]", "-x"));
    ok("set", "--global", "log_level", "debug");
    ok("unset", "www", "pm.max_requests");
    assertEquals(
        List.of(
            "www: pm.max_children = 20",
            "www: env[A] = -x",
            ": log_level = debug",
            "www: pm.max_requests = null"),
        editor.changes);
    editor.refusal = "pm.max_children = 0: must be positive (legal: 1 to 65536)";
    assertEquals(
        new Reply(1, editor.refusal + "\n"),
        commands.run(List.of("set", "www", "pm.max_children", "0")));
  }

  @Test
  void eventsFollowsOnePoolUntilTheClientGoes() throws Exception {
    List<String> told = new ArrayList<>();
    Reply reply = commands.run(List.of("events", "www", "--json"));
    reply
        .more()
        .to(
            new Reply.Sink() {
              @Override
              public boolean isOpen() {
                listeners.get(0).onEvent(event("api"));
                listeners.get(0).onEvent(event("www"));
                return told.isEmpty();
              }

              @Override
              public void write(String lines) {
                told.add(lines);
              }
            });
    assertEquals(
        List.of(
            "{\"type\":\"org.fpm4j.worker.exited\",\"epochMs\":5,\"pool\":\"www\",\"pid\":7,"
                + "\"text\":\"gone\"}\n"),
        told);
    assertEquals(List.of(), listeners);
    assertEquals(1, commands.run(List.of("events", "nobody")).exitCode());
  }

  @Test
  void eventsThatASlowClientLosesAreCountedWhereTheyAreMissing() throws Exception {
    List<String> told = new ArrayList<>();
    Reply reply = commands.run(List.of("events"));
    reply
        .more()
        .to(
            new Reply.Sink() {
              @Override
              public boolean isOpen() {
                if (told.isEmpty()) {
                  tell(5000);
                }
                return told.size() < 4096 + 1 + 1 + 1;
              }

              @Override
              public void write(String lines) {
                told.add(lines);
                if (told.size() == 1) {
                  tell(3);
                }
              }

              private void tell(int events) {
                IntStream.range(0, events).forEach(each -> listeners.get(0).onEvent(event("www")));
              }
            });
    String lost = "904 events lost\n";
    assertEquals(List.of(4096), places(told, lost), "after those told before, of 5000");
    assertTrue(told.get(4097).contains("worker.exited"), "there was room for one more");
    assertEquals("2 events lost\n", told.get(4098), "though none comes after them");
  }

  private static List<Integer> places(List<String> lines, String line) {
    return IntStream.range(0, lines.size())
        .filter(place -> lines.get(place).equals(line))
        .boxed()
        .toList();
  }

  private static ProcessEvent event(String pool) {
    return new ProcessEvent(ProcessEvent.Type.WORKER_EXITED, pool, 7, "gone", 5);
  }

  @Test
  void aRefusedOrderFailsInTheManagersWords() throws Exception {
    manager.outcome = CompletableFuture.failedFuture(new IllegalStateException("is stopping"));
    assertEquals(new Reply(1, "is stopping\n"), commands.run(List.of("reload")));
  }

  @Test
  void wrongWordsAreUsageErrorsThatSayWhatIsRight() throws Exception {
    Reply unknown = commands.run(List.of("frobnicate"));
    assertEquals(64, unknown.exitCode());
    assertTrue(unknown.body().startsWith("unknown command 'frobnicate'\n"), unknown::body);
    assertTrue(unknown.body().contains("\nretire POOL PID"), unknown::body);
    assertEquals(64, commands.run(List.of()).exitCode());
    assertEquals(
        new Reply(64, "'x' is not a process id\nusage: retire POOL PID\n"),
        commands.run(List.of("retire", "www", "x")));
    assertEquals(
        new Reply(64, "PID is missing\nusage: kill POOL PID\n"),
        commands.run(List.of("kill", "www")));
    assertEquals(64, commands.run(List.of("kill", "www", "-1")).exitCode());
    assertEquals(
        new Reply(64, "unexpected argument 'b'\nusage: workers [POOL] [--json]\n"),
        commands.run(List.of("workers", "a", "b")));
    assertEquals(
        new Reply(64, "unknown option --xml\nusage: workers [POOL] [--json]\n"),
        commands.run(List.of("workers", "--xml")));
    assertEquals(List.of(), manager.orders);
  }

  private String ok(String... words) throws InterruptedException {
    Reply reply = commands.run(List.of(words));
    assertEquals(0, reply.exitCode(), reply::body);
    return reply.body();
  }
}
