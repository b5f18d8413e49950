package org.fpm4j.config.internal.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.Notice;
import org.fpm4j.config.Rejection;

/**
 * What reading and checking a configuration found. Keeps php-fpm's own log lines in its order, for
 * {@code -t}, beside the rejections and remarks the master reports. Confined to one thread.
 */
public final class Findings {

  /**
   * A line php-fpm would print.
   *
   * @param level empty = bare text without time and level
   * @param text the text
   */
  public record Line(Optional<LogLevel> level, String text) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();
  private final List<Rejection> rejections = new ArrayList<>();

  /** Adds a remark that rejects nothing. */
  public void remark(LogLevel level, String text) {
    line(level, text);
    notices.add(new Notice(level, text));
  }

  /** Adds a line only {@code -t} prints, because a rejection says it to the master. */
  public void line(LogLevel level, String text) {
    lines.add(new Line(Optional.of(level), text));
  }

  /** As {@link #line}, for what PHP prints itself. */
  void bareLine(String text) {
    lines.add(new Line(Optional.empty(), text));
  }

  /** Adds a rejection; its log line is to be added by {@link #line}. */
  public void reject(Rejection rejection) {
    rejections.add(rejection);
  }

  /** Everything php-fpm would print, in order. */
  public List<Line> lines() {
    return List.copyOf(lines);
  }

  /** The remarks that reject nothing. */
  public List<Notice> notices() {
    return List.copyOf(notices);
  }

  /** The rejections, in order. */
  public List<Rejection> rejections() {
    return List.copyOf(rejections);
  }
}
