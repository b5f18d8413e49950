package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.fpm4j.event.Interest;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.fastcgi.FastCgiConnections;
import org.fpm4j.fastcgi.FastCgiResponse;
import org.fpm4j.fastcgi.FastCgiWriter;
import org.fpm4j.fastcgi.Role;
import org.fpm4j.fastcgi.ServerLimits;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker may send, and what it gets for it. */
class HandedConnectionsTest {

  private static final ServerLimits LIMITS = new ServerLimits(2, 1000, Duration.ofSeconds(30));

  @TempDir private Path temp;
  private final ManualEventLoop loop = new ManualEventLoop();
  private final RecordingLog log = new RecordingLog();
  private final List<Descriptor> open = new ArrayList<>();
  private String page = "page";
  private final FastCgiConnections served =
      new FastCgiConnections(
          loop, request -> FastCgiResponse.text(200, "text/plain", page), LIMITS, () -> {});
  private Descriptor listening;
  private Descriptor worker;
  private Descriptor channel;
  private HandedConnections handed;

  @BeforeEach
  void listen() throws IOException {
    listening = listen("pool.sock");
    newChannel();
  }

  private void newChannel() throws IOException {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.SEQPACKET);
    worker = pair.first();
    channel = pair.second();
    worker.configureBlocking(false);
    channel.configureBlocking(false);
    open.add(worker);
    handed = new HandedConnections(loop, log, channel, address("pool.sock"), served);
  }

  @AfterEach
  void close() {
    handed.close();
    served.close();
    open.forEach(Descriptor::close);
    assertEquals(0, loop.watchCount());
  }

  private SocketAddress address(String name) {
    return UnixDomainSocketAddress.of(temp.resolve(name));
  }

  private Descriptor listen(String name) throws IOException {
    Descriptor socket = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
    Sockets.bind(socket, address(name));
    Sockets.listen(socket, 16);
    socket.configureBlocking(false);
    open.add(socket);
    return socket;
  }

  /** Connects; returns the client's end and adds the accepted one to {@code accepted}. */
  private Descriptor connect(Descriptor to, String name, List<Descriptor> accepted)
      throws IOException {
    Descriptor client = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
    open.add(client);
    Sockets.connect(client, address(name));
    client.configureBlocking(false);
    accepted.add(Sockets.accept(to).orElseThrow().connection());
    return client;
  }

  private static ByteBuffer request() {
    return new FastCgiWriter().beginRequest(1, Role.RESPONDER, false).params(1, Map.of()).take();
  }

  private void send(ByteBuffer bytes, List<Descriptor> descriptors) throws Exception {
    assertTrue(SocketMessages.send(worker, bytes, descriptors));
    descriptors.forEach(Descriptor::close);
    loop.ready(channel, Interest.READ);
  }

  private static String received(Descriptor client) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(1000);
    int length = Sockets.receive(client, bytes);
    return length <= 0 ? "" : new String(bytes.array(), 0, length, StandardCharsets.ISO_8859_1);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void connectionOfThePoolIsAnswered() throws Exception {
    List<Descriptor> accepted = new ArrayList<>();
    Descriptor client = connect(listening, "pool.sock", accepted);
    send(request(), accepted);
    assertTrue(received(client).contains("page"));
  }

  /** Sends the request with one end of a pair, as a worker whose connection lives on. */
  private Descriptor ask(Sockets.Pair pair) throws Exception {
    open.add(pair.first());
    send(request(), List.of(pair.second()));
    return pair.first();
  }

  @Test
  void pairIsAnsweredAndClosedWhenItsOwnerHasReadTheEnd() throws Exception {
    final long before = descriptors();
    Descriptor asking = ask(Sockets.pair(Sockets.Type.STREAM));
    assertTrue(received(asking).contains("page"));
    assertEquals("", received(asking), "the end");
    asking.close();
    loop.readyAll(Interest.READ);
    assertEquals(0, served.size());
    assertEquals(before, descriptors());
  }

  @Test
  void pageLargerThanThePairHoldsIsSentAsItsOwnerReads() throws Exception {
    page = "x".repeat(3_000_000);
    Descriptor asking = ask(Sockets.pair(Sockets.Type.STREAM));
    ByteBuffer bytes = ByteBuffer.allocate(4_000_000);
    while (Sockets.receiveNow(asking, bytes) != Descriptor.END) {
      loop.readyAll(Interest.WRITE);
    }
    assertTrue(bytes.position() > page.length());
  }

  @Test
  void ownerThatDoesNotReadHoldsNobodyUpAndIsLeftInTime() throws Exception {
    page = "x".repeat(3_000_000);
    final long before = descriptors();
    Sockets.Pair blocking = Sockets.pair(Sockets.Type.STREAM);
    Descriptor copy = blocking.second().duplicate(10);
    final Descriptor unread = ask(blocking);
    copy.configureBlocking(true); // the mode is the pair's, whoever has a copy of this end
    Sockets.Pair full = Sockets.pair(Sockets.Type.STREAM);
    ByteBuffer noise = ByteBuffer.allocate(10_000_000);
    while (Sockets.sendNow(full.second(), noise) != Descriptor.WOULD_BLOCK) {
      assertTrue(noise.hasRemaining());
    }
    final Descriptor filled = ask(full);
    loop.readyAll(Interest.WRITE);
    assertEquals(2, served.size());

    loop.advance(LIMITS.timeout());
    assertEquals(0, served.size());
    List.of(copy, unread, filled).forEach(Descriptor::close);
    assertEquals(before, descriptors());
  }

  @Test
  void ownerThatHasGoneCostsNothing() throws Exception {
    final long before = descriptors();
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    pair.first().close();
    send(request(), List.of(pair.second()));
    assertEquals(0, served.size());
    assertEquals(before, descriptors());
  }

  @Test
  void connectionOfSomebodyElseIsClosedAndReportedOnce() throws Exception {
    Descriptor other = listen("other.sock");
    final long before = descriptors();
    for (int i = 0; i < 3; i++) {
      send(request(), List.of());
      send(request(), List.of(Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM)));
      send(request(), List.of(Sockets.open(Sockets.Family.INET, Sockets.Type.STREAM)));
      List<Descriptor> accepted = new ArrayList<>();
      Descriptor client = connect(other, "other.sock", accepted);
      send(request(), accepted);
      assertEquals("", received(client), "not the pool's");
      client.close();
      // The client's end is a connection as well, but none that was accepted.
      List<Descriptor> end = new ArrayList<>();
      Descriptor outward = connect(listening, "pool.sock", end);
      send(request(), List.of(outward));
      end.forEach(Descriptor::close);
    }
    assertEquals(0, served.size());
    assertEquals(before, descriptors());
    assertEquals(1, log.count("connection"));
    connectionOfThePoolIsAnswered();
  }

  @Test
  void workerThatSendsSomethingElseEndsTheWayForItsGeneration() throws Exception {
    Descriptor.Pipe pipe = Descriptor.pipe();
    List<List<Descriptor>> strangers =
        List.of(
            List.of(pipe.read(), pipe.write()),
            List.of(Descriptor.ofNull()),
            List.of(listening.duplicate(10)),
            List.of(worker.duplicate(10)),
            List.of(Sockets.open(Sockets.Family.INET, Sockets.Type.DATAGRAM)));
    final long before = descriptors();
    for (List<Descriptor> each : strangers) {
      send(request(), each);
      assertEquals(0, loop.watchCount(), "no more is taken");
      assertThrows(PosixException.class, () -> SocketMessages.send(worker, request(), List.of()));
      worker.close();
      newChannel();
    }
    assertEquals(strangers.size(), log.count("no status page on the pool's own socket"));
    awaitDescriptors(before - strangers.stream().mapToLong(List::size).sum());
  }

  /** They are closed on another thread. */
  private static void awaitDescriptors(long expected) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (descriptors() != expected && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertEquals(expected, descriptors());
  }

  @Test
  void channelThatWasMadeBlockingHoldsNobodyUp() throws Exception {
    channel.configureBlocking(true);
    loop.ready(channel, Interest.READ);
    connectionOfThePoolIsAnswered();
  }

  @Test
  void noiseInsteadOfARequestEndsThatConnectionOnly() throws Exception {
    List<Descriptor> accepted = new ArrayList<>();
    connect(listening, "pool.sock", accepted);
    send(ByteBuffer.wrap(new byte[60_000]), accepted);
    List<Descriptor> noise = new ArrayList<>();
    connect(listening, "pool.sock", noise);
    send(ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9}), noise);
    assertEquals(0, served.size());
    connectionOfThePoolIsAnswered();
  }

  @Test
  void noMoreAreTakenThanMayBeServedAndTheRestWaits() throws Exception {
    for (int i = 0; i < 4; i++) {
      List<Descriptor> accepted = new ArrayList<>();
      connect(listening, "pool.sock", accepted);
      assertTrue(SocketMessages.send(worker, request().limit(16), accepted));
      accepted.forEach(Descriptor::close);
    }
    loop.ready(channel, Interest.READ);
    assertEquals(2, served.size());
    assertEquals(0, loop.watchedFor(channel).size(), "rests");
    loop.advance(Duration.ofMillis(10));
    loop.ready(channel, Interest.READ);
    assertEquals(2, served.size(), "no room yet");
    loop.advance(LIMITS.timeout());
    loop.ready(channel, Interest.READ);
    assertEquals(2, served.size(), "those that waited");
  }

  @Test
  void channelThatEndsIsLeft() throws Exception {
    worker.close();
    loop.ready(channel, Interest.READ);
    assertEquals(0, loop.watchCount());
  }
}
