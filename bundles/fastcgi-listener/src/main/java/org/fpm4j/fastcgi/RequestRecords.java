package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;

/**
 * The records of one request, made one after the other so that a large body is never held twice.
 */
final class RequestRecords {
  private final FastCgiWriter writer = new FastCgiWriter();
  private final int requestId;
  private final ByteBuffer body;
  private boolean ended;

  RequestRecords(int requestId, ClientRequest request) {
    this.requestId = requestId;
    this.body = request.body().duplicate();
    writer
        .beginRequest(requestId, request.role(), request.keepConnection())
        .params(requestId, request.params());
  }

  /** The next bytes to send; empty when the request is complete. */
  ByteBuffer next() {
    if (body.hasRemaining()) {
      int length = Math.min(body.remaining(), FastCgiWriter.MAX_CONTENT);
      writer.stream(RecordType.STDIN, requestId, body.slice(body.position(), length));
      body.position(body.position() + length);
    } else if (!ended) {
      ended = true;
      writer.endStream(RecordType.STDIN, requestId);
    }
    return writer.take();
  }
}
