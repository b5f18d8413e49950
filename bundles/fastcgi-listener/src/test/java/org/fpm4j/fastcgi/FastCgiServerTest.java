package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.fpm4j.event.EventLoops;
import org.fpm4j.listener.ListenAddress;
import org.fpm4j.listener.ListenOptions;
import org.fpm4j.listener.ListeningSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FastCgiServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> PING = Map.of("SCRIPT_NAME", "/ping");

  @TempDir Path directory;

  private EventLoops.Running loop;
  private ListeningSocket socket;
  private UnixDomainSocketAddress address;
  private FastCgiServer server;
  private final List<SocketChannel> channels = new ArrayList<>();

  @BeforeEach
  void openSocket() throws IOException {
    loop = EventLoops.start("auto", "server");
    Path path = directory.resolve("status.sock");
    address = UnixDomainSocketAddress.of(path);
    socket = ListeningSocket.open(ListenAddress.parse(path.toString()), ListenOptions.DEFAULT);
  }

  private void serve(ServerLimits limits, boolean allowed) throws Exception {
    server =
        new FastCgiServer(
            loop, socket.descriptor(), FastCgiServerTest::answer, limits, peer -> allowed);
    onLoop(server::start);
  }

  private static FastCgiResponse answer(FastCgiRequest request) {
    String large = request.param("LARGE");
    return FastCgiResponse.text(
        200, "text/plain", large.isEmpty() ? "pong" : "x".repeat(Integer.parseInt(large)));
  }

  private void onLoop(Runnable task) throws ExecutionException, InterruptedException {
    loop.submit(
            () -> {
              task.run();
              return null;
            })
        .get();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    onLoop(
        () -> {
          if (server != null) {
            server.close();
            assertEquals(0, server.connections());
          }
          socket.close();
        });
    loop.close();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channels.add(channel);
    return channel;
  }

  private void assertServes() throws IOException {
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertEquals("pong", client.request(ClientRequest.of(PING), PATIENCE).cgi().bodyText());
    }
  }

  private static void assertClosed(SocketChannel channel) throws IOException {
    assertTrue(channel.read(ByteBuffer.allocate(100)) <= 0);
  }

  @Test
  void answersRequestsOnNewAndKeptConnections() throws Exception {
    serve(ServerLimits.DEFAULT, true);
    assertServes();
    ClientRequest kept =
        new ClientRequest(Role.RESPONDER, PING, ByteBuffer.wrap(new byte[300_000]), true);
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertEquals(
          Map.of("FCGI_MPXS_CONNS", "0"), client.values(Set.of("FCGI_MPXS_CONNS"), PATIENCE));
      assertEquals("pong", client.request(kept, PATIENCE).cgi().bodyText());
    }
  }

  /** Over TCP, where closing with unread input resets the connection. */
  @Test
  void bodyOfAClosedRequestDoesNotCostTheAnswer() throws Exception {
    InetSocketAddress tcp;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
    }
    socket.close();
    socket =
        ListeningSocket.open(
            ListenAddress.parse("127.0.0.1:" + tcp.getPort()), ListenOptions.DEFAULT);
    serve(ServerLimits.DEFAULT, true);
    FastCgiWriter request =
        new FastCgiWriter().beginRequest(1, Role.RESPONDER, false).params(1, PING);
    request.stream(RecordType.STDIN, 1, ByteBuffer.wrap(new byte[20_000_000]));
    try (SocketChannel channel = SocketChannel.open(tcp)) {
      ByteBuffer bytes = request.take();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      assertEquals(
          List.of(6, 6, 3),
          readAll(channel).stream().map(RecordedRecords.Found::typeNumber).toList());
    }
  }

  @Test
  void answersLargerThanTheSocketsBuffer() throws Exception {
    serve(ServerLimits.DEFAULT, true);
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      ClientRequest large = ClientRequest.of(Map.of("LARGE", "5000000"));
      assertEquals(5_000_000, client.request(large, PATIENCE).cgi().body().remaining());
    }
  }

  @Test
  void manyRequestsSentAtOnceAreAnsweredInOrder() throws Exception {
    serve(ServerLimits.DEFAULT, true);
    FastCgiWriter writer = new FastCgiWriter();
    for (int i = 1; i <= 500; i++) {
      writer.beginRequest(i, Role.RESPONDER, i < 500).params(i, PING);
    }
    SocketChannel channel = connect();
    ByteBuffer bytes = writer.take();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    List<Integer> ended =
        readAll(channel).stream()
            .filter(record -> record.typeNumber() == 3)
            .map(RecordedRecords.Found::requestId)
            .toList();
    assertEquals(500, ended.size());
    assertEquals(ended.stream().sorted().toList(), ended);
  }

  private static List<RecordedRecords.Found> readAll(SocketChannel channel) throws IOException {
    RecordedRecords records = new RecordedRecords();
    FastCgiParser parser = new FastCgiParser(records);
    ByteBuffer input = ByteBuffer.allocate(10_000);
    while (channel.read(input.clear()) >= 0) {
      parser.parse(input.flip());
    }
    return records.found;
  }

  @Test
  void garbageClosesThatConnectionOnly() throws Exception {
    serve(ServerLimits.DEFAULT, true);
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[1000];
      random.nextBytes(garbage);
      garbage[0] = 'G';
      SocketChannel channel = connect();
      channel.write(ByteBuffer.wrap(garbage));
      assertClosed(channel);
    }
    assertServes();
  }

  @Test
  void httpClientIsClosed() throws Exception {
    serve(ServerLimits.DEFAULT, true);
    SocketChannel channel = connect();
    channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertClosed(channel);
  }

  @Test
  void connectionsBeyondTheLimitWaitForTheirTurn() throws Exception {
    serve(new ServerLimits(2, 1000, PATIENCE), true);
    ClientRequest kept = new ClientRequest(Role.RESPONDER, PING, ByteBuffer.allocate(0), true);
    try (FastCgiClient first = FastCgiClient.connect(address, PATIENCE)) {
      FastCgiClient waiting;
      try (FastCgiClient second = FastCgiClient.connect(address, PATIENCE)) {
        first.request(kept, PATIENCE);
        second.request(kept, PATIENCE);
        waiting = FastCgiClient.connect(address, PATIENCE);
        onLoop(() -> assertEquals(2, server.connections()));
      }
      try (waiting) {
        assertEquals("pong", waiting.request(kept, PATIENCE).cgi().bodyText());
      }
    }
  }

  @Test
  void silentAndHalfSpokenConnectionsAreClosedInTime() throws Exception {
    serve(new ServerLimits(10, 1000, Duration.ofSeconds(2)), true);
    SocketChannel silent = connect();
    SocketChannel half = connect();
    half.write(new FastCgiWriter().beginRequest(1, Role.RESPONDER, true).take());
    assertClosed(silent);
    assertClosed(half);
    assertServes();
  }

  @Test
  void clientsThatAreNotAllowedAreClosedAtOnce() throws Exception {
    serve(ServerLimits.DEFAULT, false);
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertThrows(IOException.class, () -> client.request(ClientRequest.of(PING), PATIENCE));
    }
  }
}
