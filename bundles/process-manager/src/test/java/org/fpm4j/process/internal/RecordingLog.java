package org.fpm4j.process.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogSettings;
import org.fpm4j.log.WorkerOutput;

/** Keeps what is logged, as {@code LEVEL: text}. */
final class RecordingLog implements ErrorLog {

  final List<String> lines = new ArrayList<>();

  boolean contains(String part) {
    return lines.stream().anyMatch(line -> line.contains(part));
  }

  long count(String part) {
    return lines.stream().filter(line -> line.contains(part)).count();
  }

  @Override
  public void write(LogLevel level, String text) {
    lines.add(level + ": " + text);
  }

  @Override
  public boolean isEnabled(LogLevel level) {
    return true;
  }

  @Override
  public void configure(LogSettings settings) {}

  @Override
  public LogSettings settings() {
    return LogSettings.DEFAULT;
  }

  @Override
  public void running() {}

  @Override
  public void reopen() {}

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public WorkerOutput workerOutput(String pool, long pid, boolean decorated) {
    return new WorkerOutput() {
      @Override
      public void accept(Stream stream, ByteBuffer bytes) {
        bytes.position(bytes.limit());
      }

      @Override
      public void flush() {}

      @Override
      public void closed(Stream stream) {}
    };
  }
}
