package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/**
 * What a program wrote to STDOUT, taken apart: header fields, an empty line, the body; RFC 3875
 * section 6.
 *
 * @param status of the {@code Status} field; 200 without one
 * @param headers all fields in order, {@code Status} too
 * @param body the bytes behind the empty line, read-only
 */
public record CgiResponse(int status, List<Entry<String, String>> headers, ByteBuffer body) {
  private static final int OK = 200;

  /**
   * Takes output apart. Lines end with LF or CR LF. Output without an empty line is all body; a
   * line without a colon among the fields is left out.
   *
   * @param output not consumed; shared with the result
   */
  public static CgiResponse parse(ByteBuffer output) {
    List<Entry<String, String>> headers = new ArrayList<>();
    int line = output.position();
    for (int i = line; i < output.limit(); i++) {
      if (output.get(i) != '\n') {
        continue;
      }
      int end = i > line && output.get(i - 1) == '\r' ? i - 1 : i;
      if (end == line) {
        ByteBuffer body = output.slice(i + 1, output.limit() - i - 1).asReadOnlyBuffer();
        return new CgiResponse(status(headers), List.copyOf(headers), body);
      }
      String field = StandardCharsets.ISO_8859_1.decode(output.slice(line, end - line)).toString();
      int colon = field.indexOf(':');
      if (colon > 0) {
        headers.add(Map.entry(field.substring(0, colon), field.substring(colon + 1).strip()));
      }
      line = i + 1;
    }
    return new CgiResponse(OK, List.of(), output.slice().asReadOnlyBuffer());
  }

  private static int status(List<Entry<String, String>> headers) {
    return first(headers, "Status")
        .map(text -> text.length() > 3 ? text.substring(0, 3) : text)
        .filter(text -> text.matches("[1-9][0-9][0-9]"))
        .map(Integer::parseInt)
        .orElse(OK);
  }

  private static Optional<String> first(List<Entry<String, String>> headers, String name) {
    return headers.stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Entry::getValue)
        .findFirst();
  }

  /** The first field of this name in any case; empty if there is none. */
  public Optional<String> header(String name) {
    return first(headers, name);
  }

  /** The body as UTF-8. */
  public String bodyText() {
    return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
  }
}
