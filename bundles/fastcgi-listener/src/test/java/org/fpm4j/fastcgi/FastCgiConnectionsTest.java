package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fpm4j.event.Interest;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits of number, size and time, by a clock that the test moves. */
class FastCgiConnectionsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<Descriptor> clients = new ArrayList<>();
  private int rooms;
  private final FastCgiConnections connections =
      new FastCgiConnections(
          loop,
          request -> FastCgiResponse.text(200, "text/plain", "page " + request.param("N")),
          new ServerLimits(2, 1000, TIMEOUT),
          () -> rooms++);

  @AfterEach
  void close() {
    connections.close();
    clients.forEach(Descriptor::close);
    assertEquals(0, connections.size());
    assertEquals(0, loop.watchCount());
  }

  private Descriptor serve(ByteBuffer received) throws PosixException {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    pair.first().configureBlocking(false);
    pair.second().configureBlocking(false);
    clients.add(pair.second());
    connections.serve(pair.first(), UnixDomainSocketAddress.of(""), received);
    return pair.first();
  }

  private Descriptor client() {
    return clients.get(clients.size() - 1);
  }

  private static FastCgiWriter request(boolean keep) {
    return new FastCgiWriter().beginRequest(1, Role.RESPONDER, keep).params(1, Map.of("N", "1"));
  }

  private String received() throws PosixException {
    ByteBuffer answer = ByteBuffer.allocate(10_000);
    int read = Sockets.receive(client(), answer);
    return read <= 0 ? "" : new String(answer.array(), 0, read, StandardCharsets.ISO_8859_1);
  }

  @Test
  void requestReadBeforeIsAnsweredAtOnce() throws Exception {
    serve(request(false).take());
    assertTrue(received().contains("page 1"));
  }

  @Test
  void requestReadInPartGoesOnWhereItEnded() throws Exception {
    ByteBuffer whole = request(false).take();
    Descriptor server = serve(whole.slice(0, 21));
    assertEquals("", received());
    Sockets.send(client(), whole.position(21));
    loop.ready(server, Interest.READ);
    assertTrue(received().contains("page 1"));
  }

  @Test
  void connectionThatWasMadeBlockingHoldsNobodyUp() throws Exception {
    Descriptor server = serve(request(true).take());
    server.configureBlocking(true);
    loop.ready(server, Interest.READ);
    assertTrue(received().contains("page 1"));
    Sockets.send(client(), request(true).take());
    loop.ready(server, Interest.READ);
    assertTrue(received().contains("page 1"));
  }

  @Test
  void silentConnectionIsClosedWhenItsTimeIsUp() throws Exception {
    Descriptor server = serve(ByteBuffer.allocate(0));
    loop.advance(TIMEOUT.minus(SECOND));
    assertTrue(server.isOpen());
    loop.advance(SECOND);
    assertFalse(server.isOpen());
  }

  @Test
  void drippingClientGetsNoMoreTimeThanASilentOne() throws Exception {
    ByteBuffer whole = request(true).take();
    Descriptor server = serve(ByteBuffer.allocate(0));
    for (int i = 0; i < TIMEOUT.toSeconds() && i < whole.limit(); i++) {
      assertTrue(server.isOpen());
      Sockets.send(client(), whole.slice(i, 1));
      loop.ready(server, Interest.READ);
      loop.advance(SECOND);
    }
    assertFalse(server.isOpen());
  }

  @Test
  void keptConnectionGetsItsTimeAnewWithEachAnswer() throws Exception {
    Descriptor server = serve(ByteBuffer.allocate(0));
    for (int i = 0; i < 3; i++) {
      loop.advance(TIMEOUT.minus(SECOND));
      Sockets.send(client(), request(true).take());
      loop.ready(server, Interest.READ);
      assertTrue(received().contains("page 1"));
    }
    loop.advance(TIMEOUT);
    assertFalse(server.isOpen());
  }

  @Test
  void parametersBeyondTheirLimitEndTheConnection() throws Exception {
    FastCgiWriter large = new FastCgiWriter().beginRequest(1, Role.RESPONDER, true);
    Descriptor server = serve(large.params(1, Map.of("N", "x".repeat(1001))).take());
    assertFalse(server.isOpen());
  }

  @Test
  void fullSetTakesNoMoreAndSaysWhenThereIsRoom() throws Exception {
    serve(ByteBuffer.allocate(0));
    assertTrue(connections.hasRoom());
    serve(ByteBuffer.allocate(0));
    assertFalse(connections.hasRoom());
    assertThrows(IllegalStateException.class, () -> serve(ByteBuffer.allocate(0)));
    loop.advance(TIMEOUT);
    assertTrue(connections.hasRoom());
    assertEquals(1, rooms);
  }
}
