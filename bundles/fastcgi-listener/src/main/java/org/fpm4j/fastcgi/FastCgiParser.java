package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;

/**
 * Cuts a connection's bytes into records, in whatever pieces they arrive; specification section
 * 3.3. Holds eight bytes and no content, whatever the other side sends. One thread at a time.
 */
public final class FastCgiParser {
  private final RecordListener listener;
  private final ByteBuffer header = ByteBuffer.allocate(RecordHeader.SIZE);
  private int content;
  private int padding;
  private boolean inRecord;

  /** Starts at the beginning of a connection. */
  public FastCgiParser(RecordListener listener) {
    this.listener = listener;
  }

  /**
   * Parses all remaining bytes.
   *
   * @param bytes consumed wholly, unless an exception is thrown
   * @throws FastCgiProtocolException for another version than 1, or from the listener; the parser
   *     is unusable then
   */
  public void parse(ByteBuffer bytes) throws FastCgiProtocolException {
    while (bytes.hasRemaining()) {
      parseRecord(bytes);
    }
  }

  /**
   * Parses no further than to the end of the record at hand.
   *
   * @param bytes consumed so far
   * @return whether the record is complete; if not, all bytes are consumed
   * @throws FastCgiProtocolException as of {@link #parse}
   */
  public boolean parseRecord(ByteBuffer bytes) throws FastCgiProtocolException {
    while (bytes.hasRemaining()) {
      if (!inRecord) {
        readHeader(bytes);
      } else if (content > 0) {
        int length = Math.min(content, bytes.remaining());
        ByteBuffer part = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        content -= length;
        listener.content(part);
      } else {
        int length = Math.min(padding, bytes.remaining());
        bytes.position(bytes.position() + length);
        padding -= length;
      }
      if (inRecord && content == 0 && padding == 0) {
        inRecord = false;
        listener.end();
        return true;
      }
    }
    return false;
  }

  private void readHeader(ByteBuffer bytes) throws FastCgiProtocolException {
    while (header.hasRemaining() && bytes.hasRemaining()) {
      header.put(bytes.get());
    }
    if (header.hasRemaining()) {
      return;
    }
    RecordHeader decoded = RecordHeader.decode(header.flip());
    header.clear();
    content = decoded.contentLength();
    padding = decoded.paddingLength();
    inRecord = true;
    listener.begin(decoded);
  }

  /** Whether all records begun are complete, so that the connection may end here. */
  public boolean atRecordBoundary() {
    return !inRecord && header.position() == 0;
  }
}
