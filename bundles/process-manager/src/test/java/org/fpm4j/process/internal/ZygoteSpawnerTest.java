package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.event.EventLoops;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZygoteSpawnerTest {

  private static final int STARTS = 50;

  @TempDir private Path temp;

  /** Keeps only how the zygote ended. */
  private static final class End implements ZygoteEvents {
    private final CompletableFuture<String> how = new CompletableFuture<>();

    @Override
    public void onReady() {}

    @Override
    public void onWorker(ZygoteMessage.Worker worker) {}

    @Override
    public void onExited(ZygoteMessage.Exited exited) {}

    @Override
    public void onForkFailed(int slot, int errno) {}

    @Override
    public void onDescriptors(List<Descriptor> descriptors) {}

    @Override
    public void onSetUpFailed(String step, int errno) {}

    @Override
    public void onGone(String words) {
      how.complete(words);
    }
  }

  @Test
  void programThatEndsAtOnceIsReportedByItsExitHoweverFastItIs() throws Exception {
    PoolFixture fixture = new PoolFixture(temp);
    PoolSettings settings =
        PoolFixture.with(
            fixture.settings("bad", PoolFixture.fixed(1)),
            new ProgramSettings(
                "/bin/false", List.of(), Optional.empty(), Optional.empty(), List.of(), List.of()));
    PoolSockets sockets =
        new PoolSockets(fixture.log, InheritedSockets.of(Map.of(), Processes.pid()));
    ListeningSocket socket = sockets.open(settings.listen());
    try (RunDirectory run = RunDirectory.open(temp.resolve("run"));
        EventLoops.Running loop = EventLoops.start("auto", "spawner-test")) {
      ZygoteSpawner spawner = new ZygoteSpawner(loop, fixture.log, run, Map.of());
      for (int generation = 1; generation <= STARTS; generation++) {
        End end = new End();
        int number = generation;
        ZygoteLauncher.Launched launched =
            loop.submit(() -> spawner.launch(settings, number, 1, socket, end))
                .get(60, TimeUnit.SECONDS);
        assertEquals("with code 1", end.how.get(60, TimeUnit.SECONDS));
        loop.submit(
                () -> {
                  launched.zygote().cleanUp();
                  return null;
                })
            .get(60, TimeUnit.SECONDS);
      }
    } finally {
      socket.close();
    }
  }
}
