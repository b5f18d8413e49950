package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.List;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Sockets;
import org.fpm4j.process.PoolState;
import org.fpm4j.scoreboard.Stage;
import org.junit.jupiter.api.Test;

/** Who waits in a listen queue is served before the workers there go. */
class FormerSocketsTest extends MasterFixture {

  private static PoolSettings listeningAt(PoolSettings base, String address) {
    ListenSettings listen = base.listen();
    return new PoolSettings(
        base.name(),
        base.program(),
        new ListenSettings(
            address,
            listen.backlog(),
            listen.owner(),
            listen.group(),
            listen.mode(),
            listen.aclUsers(),
            listen.aclGroups(),
            listen.allowedClients()),
        base.pm(),
        base.worker(),
        base.request(),
        base.status(),
        base.access());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Connects; TCP ends its handshake on the other side a moment after the client is told. */
  private void connect(SocketAddress address) throws IOException {
    clients.add(SocketChannel.open(address));
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (socket().queueDepth().length() == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private ListeningSocket socket() {
    return master.pools().get("www").status().socket;
  }

  /** Takes the connection that waits, as a worker does. */
  private static void acceptFrom(ListeningSocket socket) throws IOException {
    try (Descriptor connection = Sockets.accept(socket.descriptor()).orElseThrow().connection()) {
      assertTrue(connection.isOpen());
    }
  }

  private FakeZygote moveTo(PoolSettings settings) {
    master.apply(configuration(settings));
    FakeZygote fresh = fixture.lastZygote();
    fresh.events.onReady();
    fresh.forkAll(loop.nanoTime());
    return fresh;
  }

  private void removeWww() {
    master.apply(configuration(fixture.settings("api", PoolFixture.fixed(1))));
    loop.advance(SECOND);
  }

  @Test
  void workersOfARemovedPoolStayWhileAConnectionWaits() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    ListeningSocket socket = socket();
    connect();

    removeWww();
    zygote.settle();

    assertFalse(Files.exists(temp.resolve("www.sock")), "nobody else connects");
    assertEquals(1, zygote.pidBySlot.size(), "somebody waits for the worker");
    acceptFrom(socket);
    loop.advance(SECOND);
    zygote.settle();
    assertFalse(master.pools().containsKey("www"));
  }

  @Test
  void aWorkerThatDiesWhileTheQueueIsServedIsReplaced() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    connect();
    removeWww();

    zygote.exit(0, SEGV, 0);

    assertEquals(List.of(0), zygote.orderedSlots);
  }

  @Test
  void poolThatComesBackWhileItGoesIsStartedAnew() {
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(1));
    FakeZygote zygote = serve(www);
    zygote.accept(0, loop.nanoTime());
    removeWww();
    assertEquals(PoolState.DRAINING, www().state());

    master.apply(configuration(www));
    zygote.board.workerWriter(0).enter(Stage.ACCEPTING, loop.nanoTime());
    zygote.settle();

    assertEquals(PoolState.STARTING, www().state());
  }

  @Test
  void workersOfAFormerPortStayWhileAConnectionWaitsThenItIsRefused() throws IOException {
    int port = freePort();
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(1));
    FakeZygote old = serve(listeningAt(www, "127.0.0.1:" + port));
    ListeningSocket socket = socket();
    SocketAddress former = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    connect(former);

    moveTo(www);
    loop.advance(SECOND);
    old.settle();

    assertEquals(PoolState.RUNNING, www().state());
    assertEquals(1, old.pidBySlot.size(), "somebody waits for the worker");
    acceptFrom(socket);
    loop.advance(SECOND);
    assertThrows(ConnectException.class, () -> connect(former), "though the worker lives");
    old.settle();
    assertTrue(old.cleanedUp);
  }

  @Test
  void portIsTakenBackWhileItIsBeingLeft() throws IOException {
    int port = freePort();
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(1));
    PoolSettings atPort = listeningAt(www, "127.0.0.1:" + port);
    FakeZygote old = serve(atPort);
    SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    connect(address);
    final FakeZygote between = moveTo(www);
    loop.advance(SECOND);

    moveTo(atPort);
    loop.advance(SECOND);
    old.settle();
    between.settle();

    assertEquals(PoolState.RUNNING, www().state());
    assertEquals("", www().lastError());
    assertTrue(old.cleanedUp, "the new generation serves who waits");
    assertTrue(between.cleanedUp);
    connect(address);
  }

  @Test
  void portTakenBackInVainIsLeftAgain() throws IOException {
    int port = freePort();
    PoolSettings www = fixture.settings("www", PoolFixture.fixed(1));
    PoolSettings atPort = listeningAt(www, "127.0.0.1:" + port);
    FakeZygote old = serve(atPort);
    ListeningSocket socket = socket();
    connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    moveTo(www);
    master.apply(configuration(atPort));

    fixture.lastZygote().events.onGone("with code 70");
    loop.advance(SECOND);
    old.settle();

    assertEquals(1, old.pidBySlot.size(), "somebody waits for the worker");
    acceptFrom(socket);
    loop.advance(SECOND);
    old.settle();
    assertTrue(old.cleanedUp);
  }

  @Test
  void gracefulStopDoesNotWaitForAQueueThatNobodyServes() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.ondemand(1)));
    connect();

    master.stop(true);
    loop.advance(SECOND);
    zygote.settle();

    assertTrue(stopped);
  }

  @Test
  void terminatingMasterWaitsForNoQueue() throws IOException {
    FakeZygote zygote = serve(fixture.settings("www", PoolFixture.fixed(1)));
    connect();
    master.stop(true);
    loop.advance(SECOND);
    zygote.settle();
    assertEquals(1, zygote.pidBySlot.size());

    master.stop(false);
    zygote.settle();

    assertTrue(stopped);
  }
}
