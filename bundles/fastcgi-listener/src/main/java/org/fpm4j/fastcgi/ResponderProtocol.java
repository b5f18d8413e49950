package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An application's side of one connection: records in, records out, one request at a time;
 * specification sections 3 to 5. A request is answered as soon as its PARAMS stream has ended, as
 * php-fpm does for its status; what comes on STDIN is skipped. Records of requests that are not
 * active are skipped too, section 3.3.
 */
final class ResponderProtocol implements RecordListener {
  private static final int BEGIN_REQUEST_SIZE = 8;
  private static final int KEEP_CONN = 1;
  private static final int NO_REQUEST = 0;

  private final FastCgiHandler handler;
  private final ServerLimits limits;
  private final SocketAddress peer;
  private final FastCgiWriter output = new FastCgiWriter();

  /** Content of BEGIN_REQUEST and GET_VALUES: one record, at most 64 KiB. */
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private final ByteArrayOutputStream params = new ByteArrayOutputStream();
  private RecordHeader header;
  private Optional<RecordType> type = Optional.empty();
  private int activeRequest = NO_REQUEST;
  private boolean keepConnection;
  private boolean finished;
  private RuntimeException failure;

  ResponderProtocol(FastCgiHandler handler, ServerLimits limits, SocketAddress peer) {
    this.handler = handler;
    this.limits = limits;
    this.peer = peer;
  }

  @Override
  public void begin(RecordHeader begun) {
    header = begun;
    type = RecordType.of(begun.typeNumber());
    body.reset();
  }

  @Override
  public void content(ByteBuffer bytes) throws FastCgiProtocolException {
    if (is(RecordType.BEGIN_REQUEST) || is(RecordType.GET_VALUES)) {
      append(body, bytes);
    } else if (isActive(RecordType.PARAMS)) {
      if (params.size() + bytes.remaining() > limits.maxParamsBytes()) {
        throw new FastCgiProtocolException(
            "PARAMS of more than " + limits.maxParamsBytes() + " bytes");
      }
      append(params, bytes);
    }
  }

  private static void append(ByteArrayOutputStream target, ByteBuffer bytes) {
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    target.writeBytes(part);
  }

  @Override
  public void end() throws FastCgiProtocolException {
    if (is(RecordType.BEGIN_REQUEST)) {
      beginRequest(ByteBuffer.wrap(body.toByteArray()));
    } else if (isActive(RecordType.PARAMS)) {
      if (header.contentLength() == 0) {
        answer();
      }
    } else if (isActive(RecordType.ABORT_REQUEST)) {
      endRequest(ProtocolStatus.REQUEST_COMPLETE);
    } else if (is(RecordType.GET_VALUES) && header.requestId() == 0) {
      tellValues(ByteBuffer.wrap(body.toByteArray()));
    } else if (type.isEmpty() && header.requestId() == 0) {
      output.unknownType(header.typeNumber());
    }
  }

  private boolean is(RecordType expected) {
    return type.isPresent() && type.get() == expected;
  }

  private boolean isActive(RecordType expected) {
    return is(expected) && activeRequest != NO_REQUEST && header.requestId() == activeRequest;
  }

  private void beginRequest(ByteBuffer content) throws FastCgiProtocolException {
    int requestId = header.requestId();
    if (requestId == NO_REQUEST || content.remaining() != BEGIN_REQUEST_SIZE) {
      throw new FastCgiProtocolException(
          "BEGIN_REQUEST of request " + requestId + " with " + content.remaining() + " bytes");
    }
    if (activeRequest != NO_REQUEST) {
      output.endRequest(requestId, 0, ProtocolStatus.CANT_MPX_CONN);
      return;
    }
    int role = content.getShort() & 0xffff;
    keepConnection = (content.get() & KEEP_CONN) != 0;
    activeRequest = requestId;
    params.reset();
    if (role != Role.RESPONDER.number()) {
      endRequest(ProtocolStatus.UNKNOWN_ROLE);
    }
  }

  private void answer() throws FastCgiProtocolException {
    Map<String, String> decoded = NameValuePairs.decode(ByteBuffer.wrap(params.toByteArray()));
    FastCgiResponse response;
    try {
      response = handler.handle(new FastCgiRequest(decoded, peer));
    } catch (RuntimeException e) {
      failure = e;
      response =
          FastCgiResponse.text(
              500, "text/plain", "Internal error. Please review log file for errors.");
    }
    if (response.errors().hasRemaining()) {
      output.stream(RecordType.STDERR, activeRequest, response.errors().duplicate())
          .endStream(RecordType.STDERR, activeRequest);
    }
    output.stream(RecordType.STDOUT, activeRequest, response.output())
        .endStream(RecordType.STDOUT, activeRequest);
    endRequest(ProtocolStatus.REQUEST_COMPLETE);
  }

  private void endRequest(ProtocolStatus status) {
    output.endRequest(activeRequest, 0, status);
    activeRequest = NO_REQUEST;
    finished = !keepConnection;
    params.reset();
  }

  /** Section 4.1: unknown names are left out of the answer. */
  private void tellValues(ByteBuffer question) throws FastCgiProtocolException {
    String connections = Integer.toString(limits.maxConnections());
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : NameValuePairs.decode(question).keySet()) {
      switch (name) {
        case "FCGI_MAX_CONNS", "FCGI_MAX_REQS" -> values.put(name, connections);
        case "FCGI_MPXS_CONNS" -> values.put(name, "0");
        default -> {
          // The specification leaves room for names of later versions.
        }
      }
    }
    output.values(RecordType.GET_VALUES_RESULT, values);
  }

  /** Takes the records to send; empty if there are none. */
  ByteBuffer takeOutput() {
    return output.take();
  }

  /** Whether no request is under way. */
  boolean isIdle() {
    return activeRequest == NO_REQUEST;
  }

  /** Whether the connection is to be closed once the output is sent. */
  boolean isFinished() {
    return finished;
  }

  /** Takes what the handler has thrown; null if it has not since the last time. */
  RuntimeException takeFailure() {
    RuntimeException taken = failure;
    failure = null;
    return taken;
  }
}
