package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Program;
import org.fpm4j.posix.Spawn;
import org.junit.jupiter.api.Test;

class UnknownChildrenTest {

  private final ManualEventLoop loop = new ManualEventLoop();
  private final RecordingLog log = new RecordingLog();
  private final Set<Integer> ours = new HashSet<>();
  private final UnknownChildren children = new UnknownChildren(loop, log, ours::contains);

  /** Returns a child that has ended with code 3 and was not waited for. */
  private static int endedChild() throws Exception {
    Program program =
        new Program(
            Path.of("/bin/sh"),
            List.of("sh", "-c", "exit 3"),
            Map.of(),
            Path.of("/"),
            Program.Group.OWN_GROUP);
    int pid = Spawn.start(program, List.of());
    try (Descriptor process = Processes.open(pid);
        Poller poller = Pollers.open("epoll")) {
      poller.add(process, Poller.READ);
      assertEquals(1, poller.await(60_000_000_000L));
    }
    return pid;
  }

  @Test
  void reapsAllThatNobodyWatches() throws Exception {
    int first = endedChild();
    int second = endedChild();
    children.onChildEnded();
    assertTrue(log.contains("DEBUG: unknown child (" + first + ") exited with code 3"));
    assertTrue(log.contains("DEBUG: unknown child (" + second + ") exited with code 3"));
    assertTrue(Processes.endedChild().isEmpty());
  }

  @Test
  void leavesOursToItsWatchAndLooksAgainSoon() throws Exception {
    int watched = endedChild();
    ours.add(watched);
    int unknown = endedChild();
    children.onChildEnded();
    assertEquals(3, Processes.poll(watched).orElseThrow().code());
    children.onChildEnded();
    loop.advance(Duration.ofMillis(100));
    assertTrue(log.contains("unknown child (" + unknown + ") exited with code 3"));
    assertTrue(Processes.endedChild().isEmpty());
  }
}
