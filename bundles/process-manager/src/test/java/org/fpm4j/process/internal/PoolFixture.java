package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.fpm4j.config.AccessLogSettings;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.config.RequestSettings;
import org.fpm4j.config.ResourceLimits;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.config.WorkerSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.SlowRequest;
import org.fpm4j.scoreboard.MappedScoreboard;
import org.fpm4j.scoreboard.ScoreboardIdentity;

/** Settings and parts for tests of pools: real sockets and scoreboards, fake zygotes. */
final class PoolFixture {

  final Path directory;
  final RecordingLog log = new RecordingLog();
  final List<FakeZygote> zygotes = new ArrayList<>();
  final List<SlowRequest> slowRequests = new ArrayList<>();
  final Map<Integer, IntConsumer> orphans = new TreeMap<>();
  RunDirectory run;
  String launchFailure = "";

  PoolFixture(Path directory) {
    this.directory = directory;
  }

  PoolParts parts(EventLoop loop) throws IOException {
    ZygoteLauncher launcher =
        (settings, generation, slots, socket, events) -> {
          if (!launchFailure.isEmpty()) {
            throw new IOException(launchFailure);
          }
          Path file = directory.resolve(settings.name() + "." + generation + ".scoreboard");
          Files.deleteIfExists(file);
          MappedScoreboard board =
              MappedScoreboard.create(
                  file, slots, new ScoreboardIdentity(settings.name(), generation, 0, 0));
          FakeZygote zygote = new FakeZygote(board, events);
          zygotes.add(zygote);
          return new ZygoteLauncher.Launched(zygote, board);
        };
    run = RunDirectory.open(directory.resolve("run"));
    OrphanWatch orphanWatch =
        new OrphanWatch() {
          @Override
          public void watch(int pid, IntConsumer onExit) {
            PoolFixture.this.orphans.put(pid, onExit);
          }

          @Override
          public void signal(int pid, Signal signal) {}
        };
    return new PoolParts(
        log,
        launcher,
        new PoolSockets(log, InheritedSockets.of(Map.of(), 0)),
        orphanWatch,
        new Takeover(loop, log, run),
        run,
        new OomEvents(directory.resolve("memory.events")),
        slowRequests::add,
        new AccessWriters());
  }

  FakeZygote lastZygote() {
    return zygotes.get(zygotes.size() - 1);
  }

  PoolSettings settings(String name, ProcessManagerSettings pm) {
    return new PoolSettings(
        name,
        new ProgramSettings(
            "php-cgi", List.of(), Optional.empty(), Optional.empty(), List.of(), List.of()),
        new ListenSettings(
            directory.resolve(name + ".sock").toString(),
            -1,
            Optional.empty(),
            Optional.empty(),
            0660,
            List.of(),
            List.of(),
            Optional.empty()),
        pm,
        new WorkerSettings(
            Optional.empty(),
            Optional.empty(),
            true,
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            ResourceLimits.INHERITED,
            OptionalInt.empty(),
            false,
            false,
            true,
            List.of(),
            Optional.empty()),
        new RequestSettings(
            Duration.ZERO, false, Duration.ZERO, Duration.ZERO, Optional.empty(), 20),
        new StatusSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), "pong", Optional.empty()),
        new AccessLogSettings(Optional.empty(), "", List.of(), false));
  }

  static PoolSettings with(PoolSettings base, ProgramSettings program) {
    return new PoolSettings(
        base.name(),
        program,
        base.listen(),
        base.pm(),
        base.worker(),
        base.request(),
        base.status(),
        base.access());
  }

  static PoolSettings with(PoolSettings base, ProcessManagerSettings pm) {
    return new PoolSettings(
        base.name(),
        base.program(),
        base.listen(),
        pm,
        base.worker(),
        base.request(),
        base.status(),
        base.access());
  }

  static PoolSettings with(PoolSettings base, RequestSettings request) {
    return new PoolSettings(
        base.name(),
        base.program(),
        base.listen(),
        base.pm(),
        base.worker(),
        request,
        base.status(),
        base.access());
  }

  static PoolSettings with(PoolSettings base, StatusSettings status) {
    return new PoolSettings(
        base.name(),
        base.program(),
        base.listen(),
        base.pm(),
        base.worker(),
        base.request(),
        status,
        base.access());
  }

  static ProcessManagerSettings fixed(int workers) {
    return pm(ProcessManagerMode.STATIC, workers, 0, 0, 0);
  }

  static ProcessManagerSettings dynamic(int max, int start, int minSpare, int maxSpare) {
    return pm(ProcessManagerMode.DYNAMIC, max, start, minSpare, maxSpare);
  }

  static ProcessManagerSettings ondemand(int max) {
    return pm(ProcessManagerMode.ONDEMAND, max, 0, 0, 0);
  }

  private static ProcessManagerSettings pm(
      ProcessManagerMode mode, int max, int start, int minSpare, int maxSpare) {
    return new ProcessManagerSettings(
        mode,
        max,
        start,
        minSpare,
        maxSpare,
        32,
        Duration.ofSeconds(10),
        0,
        0,
        Duration.ofSeconds(30),
        Duration.ZERO,
        0);
  }
}
