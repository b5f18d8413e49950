package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ResourceLimits;
import org.fpm4j.event.Interest;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A master with fake zygotes, a clock set by hand and real sockets, for each test a new one. */
abstract class MasterFixture {

  static final Duration SECOND = Duration.ofSeconds(1);
  static final int SEGV = 11;

  @TempDir Path temp;
  final ManualEventLoop loop = new ManualEventLoop();
  final List<ProcessEvent> events = new ArrayList<>();
  final List<SocketChannel> clients = new ArrayList<>();
  PoolFixture fixture;
  Master master;
  boolean stopped;
  int processMax;
  int emergencyThreshold;
  Duration controlTimeout = Duration.ZERO;

  @BeforeEach
  void makeMaster() throws IOException {
    fixture = new PoolFixture(temp);
    master = new Master(loop, fixture.parts(loop), events::add, () -> stopped = true);
  }

  @AfterEach
  void close() throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
    fixture.run.close();
    master.pools().values().stream()
        .map(p -> p.status().socket)
        .filter(s -> s != null)
        .forEach(s -> s.close());
  }

  Configuration configuration(PoolSettings... pools) {
    TreeMap<String, PoolSettings> byName = new TreeMap<>();
    Arrays.stream(pools).forEach(p -> byName.put(p.name(), p));
    MasterSettings settings =
        new MasterSettings(
            new LogSettings("", LogLevel.NOTICE, 1024, true, "fpm4j", 24, false),
            Optional.empty(),
            emergencyThreshold,
            Duration.ofMinutes(1),
            controlTimeout,
            processMax,
            OptionalInt.empty(),
            false,
            ResourceLimits.INHERITED,
            Optional.empty(),
            Duration.ZERO);
    return new Configuration(settings, byName, List.of(), List.of(), false);
  }

  FakeZygote serve(PoolSettings pool) {
    master.apply(configuration(pool));
    FakeZygote zygote = fixture.lastZygote();
    zygote.events.onReady();
    zygote.forkAll(loop.nanoTime());
    return zygote;
  }

  PoolSnapshot www() {
    return new Snapshots(master, 1, "manual").pool("www").orElseThrow();
  }

  void connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(temp.resolve("www.sock")));
    clients.add(client);
  }

  void reportWaiting() throws Exception {
    loop.ready(master.pools().get("www").status().socket.descriptor(), Interest.READ);
  }
}
