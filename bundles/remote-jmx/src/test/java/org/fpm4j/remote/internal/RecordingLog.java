package org.fpm4j.remote.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.fpm4j.log.LogSettings;
import org.fpm4j.log.WorkerOutput;

/** Keeps messages. */
final class RecordingLog implements ErrorLog {

  final List<String> messages = new CopyOnWriteArrayList<>();

  @Override
  public void write(LogLevel level, String text) {
    messages.add(level + ": " + text);
  }

  @Override
  public boolean isEnabled(LogLevel level) {
    return true;
  }

  @Override
  public void configure(LogSettings settings) {
    throw new UnsupportedOperationException();
  }

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
    return 6;
  }

  @Override
  public WorkerOutput workerOutput(String pool, long pid, boolean decorated) {
    throw new UnsupportedOperationException();
  }
}
