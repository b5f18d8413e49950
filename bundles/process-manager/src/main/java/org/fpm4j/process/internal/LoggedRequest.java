package org.fpm4j.process.internal;

import java.util.Optional;
import org.fpm4j.agent.AccessRecord;
import org.fpm4j.log.AccessEntry;

/**
 * A worker's record as the access log sees it.
 *
 * @param parentPid the worker's zygote
 */
record LoggedRequest(AccessRecord record, long parentPid) implements AccessEntry {

  @Override
  public long pid() {
    return record.pid();
  }

  @Override
  public int status() {
    return record.status();
  }

  @Override
  public long finishMicros() {
    return record.finishMicros();
  }

  @Override
  public long durationMicros() {
    return record.durationNanos() / 1000;
  }

  @Override
  public long userMicros() {
    return record.userMicros();
  }

  @Override
  public long systemMicros() {
    return record.systemMicros();
  }

  @Override
  public long memoryBytes() {
    return record.memoryBytes();
  }

  @Override
  public long contentLength() {
    return record.contentLength();
  }

  @Override
  public String client() {
    return record.client();
  }

  @Override
  public String method() {
    return record.method();
  }

  @Override
  public String uri() {
    return record.uri();
  }

  @Override
  public String query() {
    return record.query();
  }

  @Override
  public String script() {
    return record.script();
  }

  @Override
  public String user() {
    return record.user();
  }

  @Override
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(record.parameters().get(name));
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(record.headers().get(name));
  }
}
