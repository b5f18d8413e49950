package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FastCgiClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> PARAMS = Map.of("REQUEST_METHOD", "GET");

  /** What the application does with one connection. */
  private interface Application {
    void serve(SocketChannel connection) throws IOException;
  }

  @TempDir Path directory;

  private ServerSocketChannel server;
  private Thread application;

  private SocketAddress serve(SocketAddress address, Application behaviour) throws IOException {
    server =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    server.bind(address);
    application =
        new Thread(
            () -> {
              try (SocketChannel connection = server.accept()) {
                behaviour.serve(connection);
              } catch (IOException ignored) {
                // The client has gone; it is the client that is tested.
              }
            },
            "application");
    application.start();
    return server.getLocalAddress();
  }

  private SocketAddress serveUnix(Application behaviour) throws IOException {
    return serve(UnixDomainSocketAddress.of(directory.resolve("s")), behaviour);
  }

  @AfterEach
  void stopApplication() throws IOException, InterruptedException {
    if (server != null) {
      server.close();
      application.join();
    }
  }

  /** Reads records until one satisfies the condition. */
  private static List<RecordedRecords.Found> readUntil(
      SocketChannel connection, java.util.function.Predicate<RecordedRecords.Found> last)
      throws IOException {
    RecordedRecords records = new RecordedRecords();
    FastCgiParser parser = new FastCgiParser(records);
    ByteBuffer input = ByteBuffer.allocate(64 * 1024);
    while (records.found.stream().noneMatch(last)) {
      if (connection.read(input.clear()) < 0) {
        throw new EOFException();
      }
      parser.parse(input.flip());
    }
    return records.found;
  }

  private static boolean endsStdin(RecordedRecords.Found record) {
    return record.typeNumber() == RecordType.STDIN.number() && record.content().isEmpty();
  }

  private static void write(SocketChannel connection, FastCgiWriter records) throws IOException {
    ByteBuffer bytes = records.take();
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(SocketChannel connection, String body) throws IOException {
    write(
        connection,
        new FastCgiWriter()
            .stream(RecordType.STDERR, 1, text("warning")).stream(
                    RecordType.STDOUT, 9, text("not ours"))
                .stream(RecordType.STDOUT, 1, text("Status: 201\r\n\r\n" + body))
                .endRequest(1, 3, ProtocolStatus.REQUEST_COMPLETE));
  }

  @Test
  void sendsRequestAndCollectsResponseOverTcp() throws IOException {
    List<RecordedRecords.Found> received = new ArrayList<>();
    SocketAddress address =
        serve(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            connection -> {
              received.addAll(readUntil(connection, FastCgiClientTest::endsStdin));
              answer(connection, "created");
            });
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      ClientResponse response =
          client.request(new ClientRequest(Role.RESPONDER, PARAMS, text("body"), false), PATIENCE);
      assertEquals(new RequestEnd(3, ProtocolStatus.REQUEST_COMPLETE), response.end());
      assertEquals(201, response.cgi().status());
      assertEquals("created", response.cgi().bodyText());
      assertEquals("warning", response.stderrText());
      assertFalse(client.isOpen());
    }
    assertEquals(
        List.of(1, 4, 4, 5, 5), received.stream().map(RecordedRecords.Found::typeNumber).toList());
    assertEquals("body", received.get(3).content());
  }

  @Test
  void keepsTheConnectionForFurtherRequests() throws IOException {
    SocketAddress address =
        serveUnix(
            connection -> {
              for (int i = 0; i < 3; i++) {
                readUntil(connection, FastCgiClientTest::endsStdin);
                answer(connection, "number " + i);
              }
            });
    ClientRequest kept = new ClientRequest(Role.RESPONDER, PARAMS, text(""), true);
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      for (int i = 0; i < 3; i++) {
        assertEquals("number " + i, client.request(kept, PATIENCE).cgi().bodyText());
        assertTrue(client.isOpen());
      }
    }
  }

  @Test
  void largeBodyAndLargeAnswerCrossWithoutBlocking() throws IOException {
    byte[] large = new byte[8 * 1024 * 1024];
    new Random(1).nextBytes(large);
    SocketAddress address =
        serveUnix(
            connection -> {
              write(
                  connection,
                  new FastCgiWriter().stream(RecordType.STDOUT, 1, ByteBuffer.wrap(large)));
              readUntil(connection, FastCgiClientTest::endsStdin);
              write(
                  connection,
                  new FastCgiWriter().endRequest(1, 0, ProtocolStatus.REQUEST_COMPLETE));
            });
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      ClientResponse response =
          client.request(
              new ClientRequest(Role.RESPONDER, PARAMS, ByteBuffer.wrap(large), false), PATIENCE);
      byte[] stdout = new byte[response.stdout().remaining()];
      response.stdout().duplicate().get(stdout);
      assertArrayEquals(large, stdout);
    }
  }

  @Test
  void answerGivenBeforeTheBodyWasReadIsNotLost() throws IOException {
    SocketAddress address = serveUnix(connection -> answer(connection, "early"));
    ByteBuffer body = ByteBuffer.allocate(8 * 1024 * 1024);
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      ClientRequest request = new ClientRequest(Role.RESPONDER, PARAMS, body, true);
      assertEquals("early", client.request(request, PATIENCE).cgi().bodyText());
      assertFalse(client.isOpen(), "the rest of the body would be taken for a request");
    }
  }

  @Test
  void asksForValues() throws IOException {
    SocketAddress address =
        serveUnix(
            connection -> {
              readUntil(connection, record -> record.typeNumber() == 9);
              write(
                  connection,
                  new FastCgiWriter()
                      .values(RecordType.GET_VALUES_RESULT, Map.of("FCGI_MPXS_CONNS", "0")));
            });
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertEquals(
          Map.of("FCGI_MPXS_CONNS", "0"), client.values(Set.of("FCGI_MPXS_CONNS"), PATIENCE));
      assertTrue(client.isOpen());
    }
  }

  @Test
  void silentApplicationTimesOut() throws IOException {
    SocketAddress address =
        serveUnix(connection -> readUntil(connection, record -> record.typeNumber() == 0));
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertThrows(
          SocketTimeoutException.class,
          () -> client.request(ClientRequest.of(PARAMS), Duration.ofMillis(50)));
      assertFalse(client.isOpen());
    }
  }

  @Test
  void fullListenQueueTimesOut() throws IOException {
    SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("full"));
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocketChannel full =
        ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      full.bind(address, 1);
      for (int i = 0; i < 2; i++) {
        waiting.add(SocketChannel.open(address));
      }
      assertThrows(
          SocketTimeoutException.class,
          () -> FastCgiClient.connect(address, Duration.ofMillis(100)).close());
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void connectionClosedBeforeTheEndIsAnError() throws IOException {
    SocketAddress address =
        serveUnix(
            connection -> {
              readUntil(connection, FastCgiClientTest::endsStdin);
              write(connection, new FastCgiWriter().stream(RecordType.STDOUT, 1, text("half")));
            });
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertThrows(EOFException.class, () -> client.request(ClientRequest.of(PARAMS), PATIENCE));
    }
  }

  @Test
  void answerThatIsNoFastCgiIsAnError() throws IOException {
    SocketAddress address =
        serveUnix(
            connection -> {
              readUntil(connection, FastCgiClientTest::endsStdin);
              connection.write(text("HTTP/1.1 400 Bad Request\r\n\r\n"));
            });
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      assertThrows(
          FastCgiProtocolException.class, () -> client.request(ClientRequest.of(PARAMS), PATIENCE));
    }
  }

  @Test
  void nobodyListeningIsAnError() {
    assertThrows(
        IOException.class,
        () ->
            FastCgiClient.connect(UnixDomainSocketAddress.of(directory.resolve("none")), PATIENCE)
                .close());
  }
}
