package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Builds records, in the order of the calls, until they are taken. Content is split into records of
 * at most 65528 bytes, the largest that needs no padding, and padded to a multiple of 8 as the
 * specification advises (section 3.3). One thread at a time.
 */
public final class FastCgiWriter {
  /** Most bytes of content this writer puts into one record. */
  public static final int MAX_CONTENT = RecordHeader.MAX_CONTENT & -8;

  private static final int KEEP_CONN = 1;
  private static final byte[] PADDING = new byte[8];

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** BEGIN_REQUEST, section 5.1: the flag asks the application to leave the connection open. */
  public FastCgiWriter beginRequest(int requestId, Role role, boolean keepConnection) {
    byte[] body = new byte[8];
    body[0] = (byte) (role.number() >> 8);
    body[1] = (byte) role.number();
    body[2] = (byte) (keepConnection ? KEEP_CONN : 0);
    return record(RecordType.BEGIN_REQUEST, requestId, ByteBuffer.wrap(body));
  }

  /** ABORT_REQUEST, section 5.4. */
  public FastCgiWriter abortRequest(int requestId) {
    return record(RecordType.ABORT_REQUEST, requestId, ByteBuffer.allocate(0));
  }

  /**
   * END_REQUEST, section 5.5.
   *
   * @param appStatus the program's exit code, 0..2³²-1 as an int
   */
  public FastCgiWriter endRequest(int requestId, int appStatus, ProtocolStatus protocolStatus) {
    ByteBuffer body = ByteBuffer.allocate(8);
    body.putInt(appStatus).put((byte) protocolStatus.number()).rewind();
    return record(RecordType.END_REQUEST, requestId, body);
  }

  /** The whole PARAMS stream with its end, section 5.2. */
  public FastCgiWriter params(int requestId, Map<String, String> params) {
    stream(RecordType.PARAMS, requestId, ByteBuffer.wrap(NameValuePairs.encode(params)));
    return endStream(RecordType.PARAMS, requestId);
  }

  /**
   * A part of a stream, section 5.3.
   *
   * @param type PARAMS, STDIN, STDOUT, STDERR or DATA
   * @param content consumed; empty writes nothing, because an empty record is the stream's end
   */
  public FastCgiWriter stream(RecordType type, int requestId, ByteBuffer content) {
    while (content.hasRemaining()) {
      int length = Math.min(content.remaining(), MAX_CONTENT);
      record(type, requestId, content.slice(content.position(), length));
      content.position(content.position() + length);
    }
    return this;
  }

  /** The end of a stream, section 3.3. */
  public FastCgiWriter endStream(RecordType type, int requestId) {
    return record(type, requestId, ByteBuffer.allocate(0));
  }

  /**
   * GET_VALUES or GET_VALUES_RESULT, section 4.1.
   *
   * @param values for a question, names with empty values
   * @throws IllegalArgumentException if the pairs do not fit into one record
   */
  public FastCgiWriter values(RecordType type, Map<String, String> values) {
    return record(type, 0, ByteBuffer.wrap(NameValuePairs.encode(values)));
  }

  /** UNKNOWN_TYPE, section 4.2: the answer to a management record of a type not known here. */
  public FastCgiWriter unknownType(int typeNumber) {
    byte[] body = new byte[8];
    body[0] = (byte) typeNumber;
    return record(RecordType.UNKNOWN_TYPE, 0, ByteBuffer.wrap(body));
  }

  private FastCgiWriter record(RecordType type, int requestId, ByteBuffer content) {
    int length = content.remaining();
    int padding = -length & 7;
    ByteBuffer header = ByteBuffer.allocate(RecordHeader.SIZE);
    new RecordHeader(type.number(), requestId, length, padding).encode(header);
    out.write(header.array(), 0, RecordHeader.SIZE);
    byte[] bytes = new byte[length];
    content.get(bytes);
    out.write(bytes, 0, length);
    out.write(PADDING, 0, padding);
    return this;
  }

  /** Bytes written and not taken. */
  public int size() {
    return out.size();
  }

  /** Takes all bytes written since the last time. */
  public ByteBuffer take() {
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
    out.reset();
    return bytes;
  }
}
