package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResponderProtocolTest {
  private static final ServerLimits LIMITS = new ServerLimits(7, 200, Duration.ofSeconds(1));

  private final List<FastCgiRequest> requests = new ArrayList<>();
  private final ResponderProtocol protocol = protocol(this::answer);
  private final FastCgiParser parser = new FastCgiParser(protocol);

  private static ResponderProtocol protocol(FastCgiHandler handler) {
    return new ResponderProtocol(handler, LIMITS, UnixDomainSocketAddress.of(""));
  }

  private FastCgiResponse answer(FastCgiRequest request) {
    requests.add(request);
    return FastCgiResponse.text(200, "text/plain", "pong");
  }

  private List<RecordedRecords.Found> send(FastCgiWriter records) throws FastCgiProtocolException {
    parser.parse(records.take());
    return RecordedRecords.of(protocol.takeOutput());
  }

  private static FastCgiWriter request(boolean keep) {
    return new FastCgiWriter()
        .beginRequest(1, Role.RESPONDER, keep)
        .params(1, Map.of("SCRIPT_NAME", "/ping"));
  }

  private static List<Integer> types(List<RecordedRecords.Found> records) {
    return records.stream().map(RecordedRecords.Found::typeNumber).toList();
  }

  @Test
  void answersWhenParamsHaveEnded() throws FastCgiProtocolException {
    List<RecordedRecords.Found> found = send(request(false));
    assertEquals("/ping", requests.get(0).param("SCRIPT_NAME"));
    assertEquals("", requests.get(0).param("QUERY_STRING"));
    assertEquals(List.of(6, 6, 3), types(found));
    assertEquals("Content-Type: text/plain\r\n\r\npong", found.get(0).content());
    assertEquals("\0\0\0\0\0\0\0\0", found.get(2).content());
    assertTrue(protocol.isFinished());
  }

  @Test
  void keepsTheConnectionIfAskedTo() throws FastCgiProtocolException {
    for (int i = 1; i <= 3; i++) {
      send(request(true).endStream(RecordType.STDIN, 1));
      assertEquals(i, requests.size());
      assertFalse(protocol.isFinished());
      assertTrue(protocol.isIdle());
    }
  }

  @Test
  void secondRequestAtTheSameTimeIsRefused() throws FastCgiProtocolException {
    send(new FastCgiWriter().beginRequest(1, Role.RESPONDER, true));
    List<RecordedRecords.Found> found =
        send(new FastCgiWriter().beginRequest(2, Role.RESPONDER, true).params(2, Map.of()));
    assertEquals(List.of(new RecordedRecords.Found(3, 2, "\0\0\0\0\1\0\0\0")), found);
    assertEquals(List.of(6, 6, 3), types(send(new FastCgiWriter().params(1, Map.of()))));
    assertEquals(1, requests.size());
  }

  @Test
  void otherRolesAreRefused() throws FastCgiProtocolException {
    assertEquals(
        List.of(new RecordedRecords.Found(3, 1, "\0\0\0\0\3\0\0\0")),
        send(new FastCgiWriter().beginRequest(1, Role.FILTER, false)));
    assertTrue(protocol.isFinished());
  }

  @Test
  void abortedRequestEndsUnanswered() throws FastCgiProtocolException {
    assertEquals(
        List.of(3),
        types(send(new FastCgiWriter().beginRequest(1, Role.RESPONDER, true).abortRequest(1))));
    assertEquals(List.of(), requests);
  }

  @Test
  void tellsItsValuesAndLeavesUnknownNamesOut() throws FastCgiProtocolException {
    List<RecordedRecords.Found> found =
        send(
            new FastCgiWriter()
                .values(
                    RecordType.GET_VALUES,
                    Map.of("FCGI_MAX_CONNS", "", "FCGI_MPXS_CONNS", "", "OTHER", "")));
    assertEquals(10, found.get(0).typeNumber());
    assertEquals(
        Map.of("FCGI_MAX_CONNS", "7", "FCGI_MPXS_CONNS", "0"),
        NameValuePairs.decode(
            ByteBuffer.wrap(
                found.get(0).content().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))));
  }

  @Test
  void unknownManagementRecordIsNamedBack() throws FastCgiProtocolException {
    ByteBuffer record = ByteBuffer.allocate(8);
    new RecordHeader(42, 0, 0, 0).encode(record);
    parser.parse(record.flip());
    assertEquals(
        List.of(new RecordedRecords.Found(11, 0, "*\0\0\0\0\0\0\0")),
        RecordedRecords.of(protocol.takeOutput()));
  }

  @Test
  void recordsOfInactiveRequestsAreSkipped() throws FastCgiProtocolException {
    assertEquals(
        List.of(),
        send(
            new FastCgiWriter()
                .params(9, Map.of("A", "x".repeat(1000))).stream(
                        RecordType.STDIN, 9, ByteBuffer.allocate(100_000))
                    .abortRequest(9)
                    .params(0, Map.of("A", "b"))));
  }

  @Test
  void paramsBeyondTheLimitEndTheConnection() throws FastCgiProtocolException {
    send(new FastCgiWriter().beginRequest(1, Role.RESPONDER, true));
    assertThrows(
        FastCgiProtocolException.class,
        () -> send(new FastCgiWriter().params(1, Map.of("A", "x".repeat(200)))));
  }

  @Test
  void malformedBeginRequestEndsTheConnection() {
    assertThrows(
        FastCgiProtocolException.class,
        () -> send(new FastCgiWriter().beginRequest(0, Role.RESPONDER, true)));
    assertThrows(
        FastCgiProtocolException.class,
        () -> send(new FastCgiWriter().endStream(RecordType.BEGIN_REQUEST, 1)));
  }

  @Test
  void handlerThatFailsIsAnsweredWith500() throws FastCgiProtocolException {
    ResponderProtocol failing =
        protocol(
            request -> {
              throw new IllegalStateException("expected");
            });
    new FastCgiParser(failing).parse(request(false).take());
    List<RecordedRecords.Found> found = RecordedRecords.of(failing.takeOutput());
    assertTrue(found.get(0).content().startsWith("Status: 500 Internal Server Error\r\n"));
    assertNotNull(failing.takeFailure());
    assertEquals(null, failing.takeFailure());
  }

  @Test
  void responseFieldsCannotBreakOutOfTheirLine() {
    assertThrows(
        IllegalArgumentException.class,
        () -> FastCgiResponse.text(200, "text/plain\r\nX-Evil: 1", ""));
  }

  @Test
  void randomRecordsNeverThrowAnythingElse() {
    Random random = new Random(7);
    int survived = 0;
    for (int round = 0; round < 2000; round++) {
      ResponderProtocol target = protocol(request -> FastCgiResponse.text(404, "a/b", ""));
      FastCgiParser targetParser = new FastCgiParser(target);
      try {
        for (int record = 0; record < 20; record++) {
          int length = random.nextInt(4) == 0 ? 8 : random.nextInt(30);
          ByteBuffer bytes = ByteBuffer.allocate(8 + length);
          new RecordHeader(random.nextInt(13), random.nextInt(2), length, 0).encode(bytes);
          byte[] content = new byte[length];
          random.nextBytes(content);
          targetParser.parse(bytes.put(content).flip());
        }
        survived++;
      } catch (FastCgiProtocolException e) {
        assertNotNull(e.getMessage());
      }
    }
    assertTrue(survived > 0);
  }
}
