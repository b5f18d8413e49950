package org.fpm4j.log.internal;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.fpm4j.log.Json;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.WorkerOutput;

/**
 * A line as one JSON object: {@code time} (UTC), {@code level}, {@code pid}, {@code pool} and
 * {@code message}, for worker output {@code stream} too; at debug level {@code method} and {@code
 * line}. Line breaks in a message stay. An overlong message is cut as in the other forms, before it
 * is escaped, so the object is whole.
 */
final class JsonForm extends LineForm {

  private static final String POOL = "[pool ";

  private final Clock clock;
  private final long pid;

  /**
   * @param pid of the master
   */
  JsonForm(Clock clock, long pid) {
    this.clock = clock;
    this.pid = pid;
  }

  /** Nothing stands before an object. */
  @Override
  String prefix(LogLevel level, Origin origin) {
    return "";
  }

  @Override
  byte[] line(LogLevel level, Origin origin, String text, int limit) {
    Map<String, Object> members = begin(level, pid);
    String message = text;
    int end = text.indexOf("] ");
    if (text.startsWith(POOL) && end > 0) {
      members.put("pool", text.substring(POOL.length(), end));
      message = text.substring(end + 2);
    }
    if (origin != null) {
      members.put("method", origin.method());
      members.put("line", origin.line());
    }
    return end(members, fitting(message, limit));
  }

  /**
   * A line a worker said.
   *
   * @param worker its pid
   * @param text its bytes; what is no UTF-8 becomes U+FFFD
   */
  byte[] said(String pool, long worker, WorkerOutput.Stream stream, byte[] text) {
    Map<String, Object> members = begin(LogLevel.WARNING, worker);
    members.put("pool", pool);
    members.put("stream", stream.name().toLowerCase(Locale.ROOT));
    return end(members, new String(text, StandardCharsets.UTF_8));
  }

  private Map<String, Object> begin(LogLevel level, long process) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("time", Timestamp.utc(clock.instant()));
    members.put("level", level.name().toLowerCase(Locale.ROOT));
    members.put("pid", process);
    return members;
  }

  private static byte[] end(Map<String, Object> members, String message) {
    members.put("message", message);
    return (Json.of(members) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
