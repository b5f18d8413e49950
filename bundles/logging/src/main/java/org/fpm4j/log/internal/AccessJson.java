package org.fpm4j.log.internal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.fpm4j.log.AccessEntry;
import org.fpm4j.log.Json;

/**
 * A request as one JSON object. What the request did not have is left out; {@code time} is when it
 * began, in UTC.
 */
public final class AccessJson {

  private final String pool;
  private final List<String> parameters;
  private final List<String> headers;
  private final boolean cpu;

  /**
   * @param parameters of the request, added under {@code parameters}
   * @param headers of the answer, added under {@code headers}
   * @param cpu whether to add the CPU time
   */
  public AccessJson(String pool, List<String> parameters, List<String> headers, boolean cpu) {
    this.pool = pool;
    this.parameters = parameters;
    this.headers = headers;
    this.cpu = cpu;
  }

  /** The object without a newline. */
  public String of(AccessEntry entry) {
    Map<String, Object> members = new LinkedHashMap<>();
    long begin = entry.finishMicros() - entry.durationMicros();
    members.put("time", Timestamp.utc(Instant.EPOCH.plus(begin, ChronoUnit.MICROS)));
    members.put("pool", pool);
    members.put("pid", entry.pid());
    members.put("parent_pid", entry.parentPid());
    put(members, "client", entry.client());
    put(members, "user", entry.user());
    put(members, "method", entry.method());
    put(members, "uri", entry.uri());
    put(members, "query", entry.query());
    put(members, "script", entry.script());
    if (entry.status() != 0) {
      members.put("status", entry.status());
    }
    members.put("content_length", entry.contentLength());
    members.put("duration_us", entry.durationMicros());
    if (cpu) {
      members.put("cpu_user_us", entry.userMicros());
      members.put("cpu_system_us", entry.systemMicros());
    }
    members.put("memory_bytes", entry.memoryBytes());
    putAll(members, "parameters", parameters, entry::parameter);
    putAll(members, "headers", headers, entry::header);
    return Json.of(members);
  }

  private static void put(Map<String, Object> members, String name, String bytes) {
    if (!bytes.isEmpty()) {
      members.put(name, text(bytes));
    }
  }

  private static void putAll(
      Map<String, Object> members,
      String name,
      List<String> wanted,
      Function<String, Optional<String>> value) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (String each : wanted) {
      value.apply(each).ifPresent(bytes -> found.put(each, text(bytes)));
    }
    if (!found.isEmpty()) {
      members.put(name, found);
    }
  }

  /** Bytes as the UTF-8 they should be; what is none becomes U+FFFD. */
  private static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
