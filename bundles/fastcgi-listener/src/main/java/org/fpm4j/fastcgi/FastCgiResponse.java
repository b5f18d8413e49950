package org.fpm4j.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/**
 * What {@link FastCgiServer} is to answer.
 *
 * @param status 100..999
 * @param headers fields in order, {@code Status} not among them
 * @param body read-only
 * @param errors for the web server's error log, the STDERR stream; read-only, empty as a rule
 */
public record FastCgiResponse(
    int status, List<Entry<String, String>> headers, ByteBuffer body, ByteBuffer errors) {
  private static final int OK = 200;

  /** Checks that no field breaks out of its line. */
  public FastCgiResponse {
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException("status " + status + " not in 100..999");
    }
    headers = List.copyOf(headers);
    for (Entry<String, String> field : headers) {
      String line = field.getKey() + field.getValue();
      if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("header field " + field.getKey() + " has a line break");
      }
    }
    body = body.asReadOnlyBuffer();
    errors = errors.asReadOnlyBuffer();
  }

  /** An answer with nothing for the error log. */
  public FastCgiResponse(int status, List<Entry<String, String>> headers, ByteBuffer body) {
    this(status, headers, body, ByteBuffer.allocate(0));
  }

  /** Text in UTF-8 with one header field, {@code Content-Type}. */
  public static FastCgiResponse text(int status, String contentType, String text) {
    return new FastCgiResponse(
        status,
        List.of(Map.entry("Content-Type", contentType)),
        ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The STDOUT stream: fields, an empty line, the body. As with PHP the status is told unless it is
   * 200.
   */
  ByteBuffer output() {
    StringBuilder head = new StringBuilder();
    if (status != OK) {
      head.append("Status: ").append(status).append(reason()).append("\r\n");
    }
    headers.forEach(
        field -> head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n"));
    head.append("\r\n");
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    output.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    output.writeBytes(bytes);
    return ByteBuffer.wrap(output.toByteArray());
  }

  private String reason() {
    return switch (status) {
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 500 -> " Internal Server Error";
      case 503 -> " Service Unavailable";
      default -> "";
    };
  }
}
