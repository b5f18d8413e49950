package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down the records a parser finds. */
final class RecordedRecords implements RecordListener {
  /** A record; content as ISO 8859-1, one character per byte. */
  record Found(int typeNumber, int requestId, String content) {}

  final List<Found> found = new ArrayList<>();
  private RecordHeader header;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  static List<Found> of(ByteBuffer bytes) throws FastCgiProtocolException {
    RecordedRecords records = new RecordedRecords();
    new FastCgiParser(records).parse(bytes);
    return records.found;
  }

  @Override
  public void begin(RecordHeader begun) {
    header = begun;
    content.reset();
  }

  @Override
  public void content(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      content.write(bytes.get());
    }
  }

  @Override
  public void end() {
    found.add(
        new Found(
            header.typeNumber(),
            header.requestId(),
            content.toString(StandardCharsets.ISO_8859_1)));
  }
}
