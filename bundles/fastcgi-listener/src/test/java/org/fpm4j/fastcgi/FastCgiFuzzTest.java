package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.fpm4j.event.Interest;
import org.fpm4j.event.testing.ManualEventLoop;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Sockets;

/**
 * Any byte string at the master's FastCGI server: plain noise, and records in which some field is
 * wrong, because noise seldom gets past the first header. Nothing but a refusal may come of it: no
 * exception, no descriptor left, no answer larger than was asked for.
 */
class FastCgiFuzzTest {
  private static final int MAX_PARAMS = 2048;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final ServerLimits LIMITS = new ServerLimits(2, MAX_PARAMS, TIMEOUT);
  private static final FastCgiResponse PAGE = FastCgiResponse.text(200, "text/plain", "page");
  private static final int LARGEST_ANSWER = 256;

  @Provide
  Arbitrary<byte[]> stream() {
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<byte[]> records =
        Arbitraries.frequencyOf(Tuple.of(6, record()), Tuple.of(3, request()), Tuple.of(1, noise))
            .list()
            .ofMaxSize(8)
            .map(FastCgiFuzzTest::joined);
    return Arbitraries.oneOf(noise, records, records, records);
  }

  /** A record whose fields need not fit together. */
  private static Arbitrary<byte[]> record() {
    Arbitrary<Integer> type = Arbitraries.integers().between(0, 13);
    Arbitrary<Integer> id = Arbitraries.of(0, 1, 1, 1, 2, 65535);
    Arbitrary<byte[]> content =
        Arbitraries.oneOf(
            Arbitraries.of(
                new byte[0],
                new byte[] {0, 1, 0, 0, 0, 0, 0, 0},
                new byte[] {0, 1, 1, 0, 0, 0, 0, 0},
                new byte[] {0, 3, 1, 0, 0, 0, 0, 0},
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 'x'},
                NameValuePairs.encode(Map.of("SCRIPT_NAME", "/ping", "REQUEST_METHOD", "GET")),
                NameValuePairs.encode(Map.of("FCGI_MAX_CONNS", "", "NONE", "x")),
                new byte[MAX_PARAMS + 1]),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(24));
    Arbitrary<Integer> error = Arbitraries.of(0, 0, 0, 0, 0, 0, 1, -1, 7, 60_000);
    Arbitrary<Integer> padding = Arbitraries.of(0, 0, 0, 1, 7, 255);
    Arbitrary<Integer> version = Arbitraries.frequency(Tuple.of(30, 1), Tuple.of(1, 0));
    return Combinators.combine(type, id, content, error, padding, version)
        .as(
            (t, i, bytes, wrong, pad, v) -> {
              int length = Math.max(0, bytes.length + wrong) & 0xffff;
              ByteBuffer record = ByteBuffer.allocate(8 + bytes.length + pad);
              record.put((byte) (int) v).put((byte) (int) t).putShort((short) (int) i);
              record.putShort((short) length).put((byte) (int) pad).put((byte) 0);
              return record.put(bytes).array();
            });
  }

  /** A request as it should be. */
  private static Arbitrary<byte[]> request() {
    return Combinators.combine(Arbitraries.of(1, 2, 65535), Arbitraries.of(true, false))
        .as(
            (id, keep) -> {
              ByteBuffer bytes =
                  new FastCgiWriter()
                      .beginRequest(id, Role.RESPONDER, keep)
                      .params(id, Map.of("REQUEST_METHOD", "GET", "SCRIPT_NAME", "/ping"))
                      .endStream(RecordType.STDIN, id)
                      .take();
              byte[] array = new byte[bytes.remaining()];
              bytes.get(array);
              return array;
            });
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Property(tries = 60_000)
  void protocolAnswersOrRefusesWhateverTheSplit(
      @ForAll("stream") byte[] bytes, @ForAll("step") int step) {
    ResponderProtocol protocol =
        new ResponderProtocol(request -> PAGE, LIMITS, UnixDomainSocketAddress.of(""));
    FastCgiParser parser = new FastCgiParser(protocol);
    int answered = 0;
    try {
      for (int at = 0; at < bytes.length; at += step) {
        ByteBuffer piece = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
        while (parser.parseRecord(piece)) {
          int output = protocol.takeOutput().remaining();
          assertTrue(output <= LARGEST_ANSWER, () -> output + " bytes for one record");
          answered += output;
        }
      }
    } catch (FastCgiProtocolException refused) {
      // The connection would be closed: that is an answer too.
    }
    int total = answered;
    assertTrue(total <= (bytes.length / 8 + 1) * LARGEST_ANSWER, () -> total + " bytes");
  }

  @Provide
  Arbitrary<Integer> step() {
    return Arbitraries.of(1, 2, 3, 7, 8, 9, 64, 65_536);
  }

  @Property(tries = 2_000)
  void connectionEndsInTimeAndLeavesNothing(
      @ForAll("stream") byte[] bytes, @ForAll("step") int step, @ForAll boolean closes)
      throws Exception {
    ManualEventLoop loop = new ManualEventLoop();
    FastCgiConnections connections =
        new FastCgiConnections(loop, request -> PAGE, LIMITS, () -> {});
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    Descriptor server = pair.first();
    Descriptor client = pair.second();
    try {
      server.configureBlocking(false);
      client.configureBlocking(false);
      int first = Math.min(step, bytes.length);
      connections.serve(server, UnixDomainSocketAddress.of(""), ByteBuffer.wrap(bytes, 0, first));
      for (int at = first; at < bytes.length && server.isOpen(); at += step) {
        send(client, ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)));
        loop.ready(server, Interest.READ, Interest.WRITE);
        receiveAll(client);
      }
      if (closes) {
        client.close();
      }
      while (closes && server.isOpen()) {
        loop.ready(server, Interest.READ, Interest.WRITE);
      }
      loop.advance(TIMEOUT);
    } finally {
      client.close();
    }
    assertFalse(server.isOpen());
    assertEquals(0, connections.size());
    assertEquals(0, loop.watchCount());
  }

  private static void send(Descriptor client, ByteBuffer bytes) {
    try {
      Sockets.send(client, bytes);
    } catch (PosixException refused) {
      // The server has closed.
    }
  }

  private static void receiveAll(Descriptor client) {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    try {
      while (Sockets.receive(client, answer.clear()) > 0) {
        // What is answered is looked at elsewhere.
      }
    } catch (PosixException refused) {
      // The server has closed with bytes unread.
    }
  }
}
