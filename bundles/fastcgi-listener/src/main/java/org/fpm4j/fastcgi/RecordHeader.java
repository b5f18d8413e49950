package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;

/**
 * The eight bytes before each record's content, specification section 3.3.
 *
 * <pre>
 *  0 version, 1   1 type   2 request id, 2 bytes   4 content length, 2 bytes   6 padding length   7 reserved
 * </pre>
 *
 * @param typeNumber 0..255, see {@link RecordType}
 * @param requestId 0..65535; 0 is the connection itself
 * @param contentLength 0..65535 bytes
 * @param paddingLength 0..255 bytes, which follow the content
 */
public record RecordHeader(int typeNumber, int requestId, int contentLength, int paddingLength) {
  /** Bytes of a header. */
  public static final int SIZE = 8;

  /** The only version there is. */
  public static final int VERSION = 1;

  /** Most bytes of content. */
  public static final int MAX_CONTENT = 0xffff;

  public RecordHeader {
    check("type", typeNumber, 0xff);
    check("request id", requestId, 0xffff);
    check("content length", contentLength, MAX_CONTENT);
    check("padding length", paddingLength, 0xff);
  }

  private static void check(String field, int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("record " + field + " " + value + " not in 0.." + max);
    }
  }

  /** Puts the header at the buffer's position, which moves on by {@link #SIZE}. */
  public void encode(ByteBuffer target) {
    target.put((byte) VERSION);
    target.put((byte) typeNumber);
    target.put((byte) (requestId >> 8)).put((byte) requestId);
    target.put((byte) (contentLength >> 8)).put((byte) contentLength);
    target.put((byte) paddingLength);
    target.put((byte) 0);
  }

  /**
   * Takes a header from the buffer's position, which moves on by {@link #SIZE}.
   *
   * @throws FastCgiProtocolException if the version is not 1
   */
  public static RecordHeader decode(ByteBuffer source) throws FastCgiProtocolException {
    int version = source.get() & 0xff;
    int type = source.get() & 0xff;
    int requestId = unsignedShort(source);
    int contentLength = unsignedShort(source);
    int paddingLength = source.get() & 0xff;
    source.get();
    if (version != VERSION) {
      throw new FastCgiProtocolException("FastCGI version " + version + ", expected " + VERSION);
    }
    return new RecordHeader(type, requestId, contentLength, paddingLength);
  }

  private static int unsignedShort(ByteBuffer source) {
    return (source.get() & 0xff) << 8 | (source.get() & 0xff);
  }
}
