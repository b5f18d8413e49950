package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * The client's side of the records of one request: passes output on and keeps the bodies of
 * END_REQUEST and GET_VALUES_RESULT, one record at most. Records of other requests are skipped,
 * specification section 3.3.
 */
final class ResponseReader implements RecordListener {
  private static final int END_REQUEST_SIZE = 8;

  private final int requestId;
  private final ResponseListener listener;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private Optional<RecordType> type = Optional.empty();
  private RequestEnd end;
  private Map<String, String> values;

  ResponseReader(int requestId, ResponseListener listener) {
    this.requestId = requestId;
    this.listener = listener;
  }

  @Override
  public void begin(RecordHeader header) {
    type =
        RecordType.of(header.typeNumber())
            .filter(
                found ->
                    header.requestId() == (found == RecordType.GET_VALUES_RESULT ? 0 : requestId));
    body.reset();
  }

  @Override
  public void content(ByteBuffer bytes) {
    if (type.isEmpty()) {
      return;
    }
    try {
      switch (type.get()) {
        case STDOUT -> listener.stdout(bytes);
        case STDERR -> listener.stderr(bytes);
        case END_REQUEST, GET_VALUES_RESULT -> {
          byte[] part = new byte[bytes.remaining()];
          bytes.get(part);
          body.writeBytes(part);
        }
        default -> {
          // An application sends no other type to its client.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void end() throws FastCgiProtocolException {
    if (type.isEmpty()) {
      return;
    }
    ByteBuffer content = ByteBuffer.wrap(body.toByteArray());
    if (type.get() == RecordType.END_REQUEST) {
      if (content.remaining() < END_REQUEST_SIZE) {
        throw new FastCgiProtocolException(
            "END_REQUEST has " + content.remaining() + " bytes, expected " + END_REQUEST_SIZE);
      }
      int appStatus = content.getInt();
      int status = content.get() & 0xff;
      end =
          new RequestEnd(
              appStatus,
              ProtocolStatus.of(status)
                  .orElseThrow(
                      () ->
                          new FastCgiProtocolException("protocol status " + status + " is none")));
    } else if (type.get() == RecordType.GET_VALUES_RESULT) {
      values = NameValuePairs.decode(content);
    }
  }

  /** How the request ended; null while it has not. */
  RequestEnd requestEnd() {
    return end;
  }

  /** The answer to GET_VALUES; null while there is none. */
  Map<String, String> values() {
    return values;
  }
}
