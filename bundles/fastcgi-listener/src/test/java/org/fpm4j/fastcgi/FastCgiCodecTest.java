package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastCgiCodecTest {
  private static final Map<String, String> PARAMS = params();

  private static Map<String, String> params() {
    Map<String, String> params = new LinkedHashMap<>();
    params.put("REQUEST_METHOD", "POST");
    params.put("EMPTY", "");
    params.put("LENGTH_127", "x".repeat(127));
    params.put("LENGTH_128", "y".repeat(128));
    params.put("N".repeat(200), "long name, ünïcode");
    return params;
  }

  /** One record of every kind. */
  private static ByteBuffer conversation() {
    return new FastCgiWriter()
            .values(RecordType.GET_VALUES, Map.of("FCGI_MAX_CONNS", ""))
            .beginRequest(7, Role.RESPONDER, true)
            .params(7, PARAMS)
            .stream(RecordType.STDIN, 7, utf8("body"))
            .endStream(RecordType.STDIN, 7)
            .stream(RecordType.STDOUT, 7, utf8("out"))
            .stream(RecordType.STDERR, 7, utf8("12345678"))
            .endRequest(7, -2, ProtocolStatus.OVERLOADED)
            .abortRequest(65_535)
            .unknownType(200)
            .take();
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsCarryWhatSection8Says() throws FastCgiProtocolException {
    List<RecordedRecords.Found> found = RecordedRecords.of(conversation());
    assertEquals(
        List.of(9, 1, 4, 4, 5, 5, 6, 7, 3, 2, 11),
        found.stream().map(RecordedRecords.Found::typeNumber).toList());
    assertEquals("\0\1\1\0\0\0\0\0", found.get(1).content());
    assertEquals("body", found.get(4).content());
    assertEquals("", found.get(5).content());
    assertEquals("\u00ff\u00ff\u00ff\u00fe\2\0\0\0", found.get(8).content());
    assertEquals(65_535, found.get(9).requestId());
    assertEquals("\u00c8\0\0\0\0\0\0\0", found.get(10).content());
  }

  @Test
  void everyRecordIsPaddedToEightBytes() {
    for (int length = 0; length <= 17; length++) {
      ByteBuffer record =
          new FastCgiWriter().stream(RecordType.STDIN, 1, ByteBuffer.allocate(length)).take();
      assertEquals(0, record.remaining() % 8);
    }
  }

  @Test
  void everySplitPointGivesTheSameRecords() throws FastCgiProtocolException {
    ByteBuffer bytes = conversation();
    List<RecordedRecords.Found> whole = RecordedRecords.of(bytes.duplicate());
    for (int split = 0; split <= bytes.limit(); split++) {
      RecordedRecords records = new RecordedRecords();
      FastCgiParser parser = new FastCgiParser(records);
      parser.parse(bytes.slice(0, split));
      parser.parse(bytes.slice(split, bytes.limit() - split));
      assertEquals(whole, records.found, "split at " + split);
      assertTrue(parser.atRecordBoundary());
    }
  }

  @Test
  void bytesOneByOneGiveTheSameRecords() throws FastCgiProtocolException {
    ByteBuffer bytes = conversation();
    RecordedRecords records = new RecordedRecords();
    FastCgiParser parser = new FastCgiParser(records);
    for (int i = 0; i < bytes.limit(); i++) {
      parser.parse(bytes.slice(i, 1));
    }
    assertEquals(RecordedRecords.of(bytes), records.found);
  }

  @Test
  void everyTruncationIsAPrefixAndSeenAsOne() throws FastCgiProtocolException {
    ByteBuffer bytes = conversation();
    List<RecordedRecords.Found> whole = RecordedRecords.of(bytes.duplicate());
    List<Integer> boundaries = new ArrayList<>();
    for (int length = 0; length <= bytes.limit(); length++) {
      RecordedRecords records = new RecordedRecords();
      FastCgiParser parser = new FastCgiParser(records);
      parser.parse(bytes.slice(0, length));
      assertEquals(whole.subList(0, records.found.size()), records.found);
      if (parser.atRecordBoundary()) {
        boundaries.add(records.found.size());
      }
    }
    assertEquals(whole.size() + 1, boundaries.size());
  }

  @Test
  void longStreamIsSplitIntoFullRecords() throws FastCgiProtocolException {
    byte[] body = new byte[200_000];
    new Random(1).nextBytes(body);
    List<RecordedRecords.Found> found =
        RecordedRecords.of(
            new FastCgiWriter().stream(RecordType.STDIN, 1, ByteBuffer.wrap(body)).take());
    assertEquals(
        List.of(65_528, 65_528, 65_528, 3_416),
        found.stream().map(record -> record.content().length()).toList());
    StringBuilder joined = new StringBuilder();
    found.forEach(record -> joined.append(record.content()));
    assertArrayEquals(body, joined.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void acceptsTheLargestRecordAndPadding() throws FastCgiProtocolException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 65_535 + 255);
    new RecordHeader(6, 65_535, 65_535, 255).encode(bytes);
    List<RecordedRecords.Found> found = RecordedRecords.of(bytes.rewind());
    assertEquals(65_535, found.get(0).content().length());
  }

  @Test
  void rejectsOtherVersions() {
    byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    String message =
        assertThrows(
                FastCgiProtocolException.class, () -> RecordedRecords.of(ByteBuffer.wrap(http)))
            .getMessage();
    assertEquals("FastCGI version 71, expected 1", message);
  }

  @Test
  void randomBytesEitherParseOrAreRejected() {
    Random random = new Random(42);
    byte[] bytes = new byte[4096];
    int rejected = 0;
    for (int round = 0; round < 1000; round++) {
      random.nextBytes(bytes);
      bytes[0] = 1;
      try {
        new FastCgiParser(new RecordedRecords()).parse(ByteBuffer.wrap(bytes));
      } catch (FastCgiProtocolException e) {
        rejected++;
      }
    }
    assertTrue(rejected > 0);
  }

  @Test
  void nameValuePairsRoundTrip() throws FastCgiProtocolException {
    Map<String, String> decoded =
        NameValuePairs.decode(ByteBuffer.wrap(NameValuePairs.encode(PARAMS)));
    assertEquals(PARAMS, decoded);
    assertEquals(List.copyOf(PARAMS.keySet()), List.copyOf(decoded.keySet()));
  }

  @Test
  void lengthsUseTheShortFormBelow128() {
    assertEquals(2 + 1 + 127, NameValuePairs.encode(Map.of("a", "x".repeat(127))).length);
    assertEquals(5 + 1 + 128, NameValuePairs.encode(Map.of("a", "x".repeat(128))).length);
  }

  @Test
  void decodesLongFormOfShortLengths() throws FastCgiProtocolException {
    byte[] bytes = {(byte) 0x80, 0, 0, 1, (byte) 0x80, 0, 0, 1, 'a', 'b'};
    assertEquals(Map.of("a", "b"), NameValuePairs.decode(ByteBuffer.wrap(bytes)));
  }

  @Test
  void everyTruncationOfAPairIsRejected() {
    byte[] bytes = NameValuePairs.encode(Map.of("NAME", "v".repeat(200)));
    for (int length = 1; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
      assertThrows(FastCgiProtocolException.class, () -> NameValuePairs.decode(cut));
    }
  }

  @Test
  void pairOfTwoGigabytesIsRejectedWithoutAllocatingThem() {
    byte[] bytes = {-1, -1, -1, -1, -1, -1, -1, -1, 'x'};
    assertThrows(
        FastCgiProtocolException.class, () -> NameValuePairs.decode(ByteBuffer.wrap(bytes)));
  }

  @Test
  void numbersOutsideTheirFieldsAreRejected() {
    assertThrows(IllegalArgumentException.class, () -> new RecordHeader(256, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new RecordHeader(1, 65_536, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FastCgiWriter().values(RecordType.GET_VALUES, Map.of("x".repeat(70_000), "")));
    assertFalse(RecordType.of(12).isPresent());
    assertFalse(RecordType.of(0).isPresent());
    assertEquals(RecordType.UNKNOWN_TYPE, RecordType.of(11).orElseThrow());
    assertEquals(Role.FILTER, Role.of(3).orElseThrow());
    assertFalse(ProtocolStatus.of(4).isPresent());
  }
}
