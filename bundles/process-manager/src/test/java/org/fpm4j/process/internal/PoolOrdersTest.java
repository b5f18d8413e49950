package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.scoreboard.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders to a pool, and what it counts. */
class PoolOrdersTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int KILL = 9;
  private static final int SEGV = 11;
  private static final int CODE_3 = 3 << 8;

  @TempDir private Path temp;
  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<ProcessEvent.Type> events = new ArrayList<>();
  private final List<SocketChannel> clients = new ArrayList<>();
  private PoolFixture fixture;
  private Master master;

  @BeforeEach
  void makeMaster() throws IOException {
    fixture = new PoolFixture(temp);
    master = new Master(loop, fixture.parts(loop), event -> events.add(event.type()), () -> {});
  }

  @AfterEach
  void close() throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
    fixture.run.close();
    master.pools().values().forEach(pool -> pool.status().socket.close());
  }

  private FakeZygote serve(PoolSettings pool) {
    MasterSettings settings =
        new MasterSettings(
            new LogSettings("", LogLevel.NOTICE, 1024, true, "fpm4j", 24, false),
            Optional.empty(),
            0,
            Duration.ZERO,
            Duration.ZERO,
            0,
            OptionalInt.empty(),
            false,
            ResourceLimits.INHERITED,
            Optional.empty(),
            Duration.ZERO);
    TreeMap<String, PoolSettings> pools = new TreeMap<>();
    pools.put(pool.name(), pool);
    master.apply(new Configuration(settings, pools, List.of(), List.of(), false));
    FakeZygote zygote = fixture.lastZygote();
    zygote.events.onReady();
    zygote.forkAll(loop.nanoTime());
    return zygote;
  }

  private PoolSnapshot www() {
    return new Snapshots(master, 1, "manual").pool("www").orElseThrow();
  }

  private void connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(temp.resolve("www.sock")));
    clients.add(client);
  }

  @Test
  void drainedPoolFinishesItsRequestsAndLetsClientsWait() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.dynamic(6, 3, 1, 3)));
    zygote.accept(1, loop.nanoTime());
    assertEquals(
        "pool www is drained, 1 workers finish their requests; connections wait in the listen queue"
            + " until it is resumed",
        master.hold("www"));
    zygote.settle();
    assertEquals(List.of(1), List.copyOf(zygote.pidBySlot.keySet()));
    assertEquals(PoolState.DRAINED, www().state());
    zygote.exit(1, 0, 0);
    connect();
    loop.advance(SECOND.multipliedBy(3));
    assertEquals(List.of(), zygote.orderedSlots);
    assertEquals(1, www().listenQueue());
    assertFalse(zygote.stopOrdered);
    assertEquals(List.of(ProcessEvent.Type.POOL_DRAINED), of(ProcessEvent.Type.POOL_DRAINED));
  }

  @Test
  void resumedPoolStartsItsWorkersAgain() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(2)));
    master.hold("www");
    master.hold("www");
    zygote.settle();
    assertEquals("pool www takes requests again", master.resume("www"));
    assertEquals(2, zygote.orderedSlots.size());
    zygote.forkAll(loop.nanoTime());
    assertEquals(PoolState.RUNNING, www().state());
    assertEquals(2, www().idle());
    assertEquals("pool www was not drained", master.resume("www"));
    assertEquals(1, of(ProcessEvent.Type.POOL_DRAINED).size());
    assertEquals(1, of(ProcessEvent.Type.POOL_RESUMED).size());
  }

  @Test
  void drainingLastsOverReloadAndTakeover() throws Exception {
    FakeZygote old = serve(fixture.settings("www", PoolFixture.fixed(2)));
    master.hold("www");
    old.settle();
    var done = master.reload("www");
    FakeZygote fresh = fixture.lastZygote();
    fresh.events.onReady();
    assertEquals("pool www serves with generation 2", done.get());
    assertEquals(List.of(), fresh.orderedSlots);
    assertEquals(PoolState.DRAINED, www().state());

    PoolStatus later = new PoolStatus(fixture.settings("www", PoolFixture.fixed(2)));
    later.restore(PoolLedger.open(fixture.run.ledger("www")));
    assertTrue(later.drained);
    master.resume("www");
    assertEquals(2, fresh.orderedSlots.size());
  }

  @Test
  void workerForkedWhileThePoolIsDrainedGoes() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    zygote.exit(0, 0, 0);
    assertEquals(1, zygote.orderedSlots.size());
    master.hold("www");
    zygote.forkAll(loop.nanoTime());
    zygote.settle();
    assertEquals(0, www().total());
  }

  @Test
  void everyExitHasOneReason() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(5)));
    int retired = zygote.pidBySlot.get(0);
    int killed = zygote.pidBySlot.get(1);
    master.retire("www", retired);
    zygote.exit(0, 0, 0);
    master.kill("www", killed);
    zygote.exit(1, KILL, 0);
    zygote.exit(2, 0, 0);
    zygote.exit(3, CODE_3, 0);
    zygote.exit(4, SEGV, 0);
    assertEquals(new ExitCounts(1, 1, 1, 1, 1, 0), www().exits());
    assertEquals(www().exited(), www().exits().total());
  }

  @Test
  void staticPoolIsSaturatedWhileAllAreBusyAndSomebodyWaits() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    zygote.accept(0, loop.nanoTime());
    connect();
    loop.advance(SECOND.multipliedBy(2));
    assertTrue(master.pools().get("www").status().counters.saturation.isNow());
    loop.advance(SECOND.multipliedBy(3));
    assertEquals(List.of(), of(ProcessEvent.Type.POOL_RELIEVED));
    assertEquals(1, of(ProcessEvent.Type.POOL_SATURATED).size());
  }

  @Test
  void maximaAreLookedForAnew() {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(3)));
    zygote.accept(0, loop.nanoTime());
    zygote.accept(1, loop.nanoTime());
    loop.advance(SECOND);
    assertEquals(2, www().maxActive());
    zygote.board.workerWriter(1).enter(Stage.ACCEPTING, loop.nanoTime());
    assertEquals(
        "maxima of pool www reset: most active 2, longest listen queue 0 until now",
        master.resetMaxima("www"));
    loop.advance(SECOND);
    assertEquals(1, www().maxActive());
  }

  @Test
  void refusesOrdersToUnknownAndStoppingPools() {
    serve(fixture.settings("www", PoolFixture.fixed(1)));
    assertThrows(IllegalArgumentException.class, () -> master.hold("api"));
    master.stop(true);
    assertThrows(IllegalStateException.class, () -> master.hold("www"));
  }

  private List<ProcessEvent.Type> of(ProcessEvent.Type type) {
    return events.stream().filter(type::equals).toList();
  }
}
