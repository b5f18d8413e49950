package org.fpm4j.command.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StacksTest {

  @TempDir Path run;

  private final FakeStacks fake = new FakeStacks();

  private Reply run(String... words) throws InterruptedException {
    FakeManager manager = new FakeManager();
    Stacks stacks = new Stacks(manager, () -> Optional.of(fake), Optional.of(run));
    return new CommandLine(manager, new FakeEditor(), listener -> () -> {}, stacks)
        .run(List.of(words));
  }

  @Test
  void stackShowsWhereEachWorkerIs() throws Exception {
    assertEquals(
        Reply.ok(
            """
            pool www, worker 1000, Idle

            pool www, worker 1001, Running for 1.25 ms, GET /a..php?b=c
              sleep()
              App::work() /srv/app.php:7
              {main} /srv/index.php:3
            """),
        run("stack"));
    assertEquals(run("stack"), run("stack", "--pool", "www"));
  }

  @Test
  void stackOfOneWorkerIsItsAlone() throws Exception {
    assertTrue(run("stack", "1001").body().startsWith("pool www, worker 1001, Running"));
    assertEquals(run("stack", "1001"), run("stack", "1001", "--pool", "www"));
  }

  @Test
  void stackAsJsonHasTheFrames() throws Exception {
    String json = run("stack", "--json", "1001").body();
    assertTrue(json.startsWith("[{\"pool\":\"www\",\"pid\":1001,\"stage\":\"Running\","), json);
    assertTrue(
        json.contains(
            "{\"address\":32,\"kind\":\"USER\",\"className\":\"App\",\"function\":\"work\","
                + "\"file\":\"/srv/app.php\",\"line\":7}"),
        json);
  }

  @Test
  void whatThereIsNotIsSaid() throws Exception {
    assertEquals(Reply.failed("no pool 'api'"), run("stack", "--pool", "api"));
    assertEquals(Reply.failed("no worker 77"), run("stack", "77"));
    assertEquals(Reply.failed("no worker 77 in pool www"), run("stack", "77", "--pool", "www"));
    FakeManager manager = new FakeManager();
    assertEquals(
        Reply.failed("the bundle php-stack is not there"),
        new CommandLine(manager, new FakeEditor(), listener -> () -> {}, FakeStacks.none(manager))
            .run(List.of("stack")));
  }

  @Test
  void profileWritesBothFilesForTheMastersUserAlone() throws Exception {
    Reply reply = run("profile", "--pool", "www", "--seconds", "3", "--hz", "49");

    List<String> lines = reply.body().lines().toList();
    assertEquals("www PT3S 49", fake.asked);
    assertEquals(
        "5 samples of running PHP code, 4 of idle workers, 1 lost, 0 late, 33 us each",
        lines.get(0));
    Path folded = Path.of(lines.get(1));
    assertEquals("a;b 5\n", Files.readString(folded));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folded)));
    assertEquals("<svg/>", Files.readString(Path.of(lines.get(2))));
    assertEquals(run, folded.getParent());
  }

  @Test
  void profileThatReadsNothingFailsWithTheReason() throws Exception {
    fake.samples = 0;
    assertEquals(Reply.failed("no PHP stack: refused"), run("profile", "--pool", "www"));
    assertEquals("www PT10S 99", fake.asked);
  }

  @Test
  void profileRejectsWhatMakesNoSense() throws Exception {
    for (List<String> wrong :
        List.of(
            List.of("profile"),
            List.of("profile", "--pool"),
            List.of("profile", "--pool", "www", "--seconds", "0"),
            List.of("profile", "--pool", "www", "--seconds", "301"),
            List.of("profile", "--pool", "www", "--hz", "1000"),
            List.of("profile", "--pool", "www", "--hz", "x"),
            List.of("profile", "--pool", "www", "--out", "here"))) {
      assertEquals(Reply.USAGE, run(wrong.toArray(String[]::new)).exitCode(), wrong.toString());
    }
  }

  @Test
  void directoryThatCannotBeWrittenIsSaid() throws Exception {
    Reply reply = run("profile", "--pool", "www", "--out", run.resolve("none").toString());
    assertEquals(Reply.FAILED, reply.exitCode());
    assertTrue(reply.body().startsWith("unable to write to "), reply.body());
  }
}
