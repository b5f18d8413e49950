package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Name-value pairs, specification section 3.4: a length is one byte below 128, else four with the
 * top bit set. Text is UTF-8; what is none becomes U+FFFD.
 */
public final class NameValuePairs {
  private static final int SHORT_LIMIT = 0x80;

  private NameValuePairs() {}

  /** The pairs as the content of a stream, in the map's order. */
  public static byte[] encode(Map<String, String> pairs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pairs.forEach(
        (name, value) -> {
          byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
          byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
          encodeLength(out, nameBytes.length);
          encodeLength(out, valueBytes.length);
          out.writeBytes(nameBytes);
          out.writeBytes(valueBytes);
        });
    return out.toByteArray();
  }

  private static void encodeLength(ByteArrayOutputStream out, int length) {
    if (length < SHORT_LIMIT) {
      out.write(length);
    } else {
      out.write((length >>> 24) | SHORT_LIMIT);
      out.write(length >>> 16);
      out.write(length >>> 8);
      out.write(length);
    }
  }

  /**
   * The pairs of a whole stream, in its order; of a name that comes twice the last value.
   *
   * @param stream consumed
   * @return unmodifiable
   * @throws FastCgiProtocolException if a length reaches beyond the end of the stream
   */
  public static Map<String, String> decode(ByteBuffer stream) throws FastCgiProtocolException {
    Map<String, String> pairs = new LinkedHashMap<>();
    while (stream.hasRemaining()) {
      int nameLength = decodeLength(stream);
      int valueLength = decodeLength(stream);
      String name = decodeText(stream, nameLength);
      pairs.put(name, decodeText(stream, valueLength));
    }
    return Collections.unmodifiableMap(pairs);
  }

  private static int decodeLength(ByteBuffer stream) throws FastCgiProtocolException {
    requireBytes(stream, 1);
    int first = stream.get() & 0xff;
    if (first < SHORT_LIMIT) {
      return first;
    }
    requireBytes(stream, 3);
    return (first & 0x7f) << 24
        | (stream.get() & 0xff) << 16
        | (stream.get() & 0xff) << 8
        | (stream.get() & 0xff);
  }

  private static String decodeText(ByteBuffer stream, int length) throws FastCgiProtocolException {
    requireBytes(stream, length);
    byte[] bytes = new byte[length];
    stream.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void requireBytes(ByteBuffer stream, int length) throws FastCgiProtocolException {
    if (stream.remaining() < length) {
      throw new FastCgiProtocolException(
          "name-value pair needs " + length + " more bytes, the stream has " + stream.remaining());
    }
  }
}
