package org.fpm4j.agent;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a worker says of a finished request, for the access log; drawn in the bundle's README. Texts
 * are the bytes the web server and the program sent, each as a character of ISO 8859-1.
 *
 * @param pid of the worker
 * @param status of the answer, 0 if there was none
 * @param finishMicros end of the request, microseconds since 1970
 * @param durationNanos from accept, or the first byte on a kept-alive connection, to the end
 * @param userMicros CPU time in user mode, reaped children included; 0 if it was not asked for
 * @param systemMicros CPU time in the kernel, likewise
 * @param memoryBytes PHP's peak, 0 for other programs
 * @param contentLength of the request's body as announced
 * @param client the FastCGI client's address, empty on a Unix socket
 * @param method cut to 15 bytes, empty if missing; the others likewise to 127, 511, 255 and 31
 * @param parameters request parameters by name, those wanted that were sent
 * @param headers response headers by name, those wanted that were sent
 */
public record AccessRecord(
    int pid,
    int status,
    long finishMicros,
    long durationNanos,
    long userMicros,
    long systemMicros,
    long memoryBytes,
    long contentLength,
    String client,
    String method,
    String uri,
    String query,
    String script,
    String user,
    Map<String, String> parameters,
    Map<String, String> headers) {

  /** No record is longer. */
  public static final int MAX_BYTES = 4096;

  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 96;

  /**
   * Takes the next record of a pipe.
   *
   * @param bytes in host byte order; its position moves behind the record, or stays if the record
   *     is not there whole
   * @return null if the record is not there whole
   * @throws ControlProtocolException if these bytes are no record; where the next one begins cannot
   *     be known then
   */
  public static AccessRecord take(ByteBuffer bytes) throws ControlProtocolException {
    ByteBuffer in = bytes.slice().order(ByteOrder.nativeOrder());
    if (in.remaining() < Integer.BYTES) {
      return null;
    }
    int length = in.getInt();
    if (length < HEAD_BYTES || length > MAX_BYTES) {
      throw new ControlProtocolException("access record of " + length + " bytes");
    }
    if (bytes.remaining() < length) {
      return null;
    }
    in.limit(length);
    AccessRecord record = decode(in);
    bytes.position(bytes.position() + length);
    return record;
  }

  private static AccessRecord decode(ByteBuffer in) throws ControlProtocolException {
    int version = in.getInt();
    if (version != VERSION) {
      throw new ControlProtocolException("access record of version " + version);
    }
    final int pid = in.getInt();
    final int status = in.getInt();
    final long[] numbers = new long[6];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.getLong();
    }
    byte[] client = new byte[16];
    in.get(client);
    int[] lengths = new int[6];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = in.getShort() & 0xffff;
    }
    in.position(HEAD_BYTES);
    final String method = text(in, lengths[0]);
    final String uri = text(in, lengths[1]);
    final String query = text(in, lengths[2]);
    final String script = text(in, lengths[3]);
    final String user = text(in, lengths[4]);
    Map<String, String> parameters = Map.of();
    Map<String, String> headers = Map.of();
    for (int i = 0; i < lengths[5]; i++) {
      need(in, Integer.BYTES);
      int kind = in.get();
      int nameBytes = in.get() & 0xff;
      int valueBytes = in.getShort() & 0xffff;
      String name = text(in, nameBytes);
      if (kind == 'e') {
        parameters = with(parameters, name, text(in, valueBytes));
      } else {
        headers = with(headers, name, text(in, valueBytes));
      }
    }
    return new AccessRecord(
        pid,
        status,
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[5],
        ClientAddress.text(client),
        method,
        uri,
        query,
        script,
        user,
        parameters,
        headers);
  }

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    Map<String, String> more = map.isEmpty() ? new HashMap<>() : map;
    more.put(name, value);
    return more;
  }

  private static String text(ByteBuffer in, int length) throws ControlProtocolException {
    need(in, length);
    if (length == 0) {
      return "";
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void need(ByteBuffer in, int length) throws ControlProtocolException {
    if (in.remaining() < length) {
      throw new ControlProtocolException(
          "access record ends " + (length - in.remaining()) + " bytes too early");
    }
  }
}
