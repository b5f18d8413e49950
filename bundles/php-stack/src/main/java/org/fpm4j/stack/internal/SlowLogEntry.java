package org.fpm4j.stack.internal;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.fpm4j.process.SlowRequest;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.PhpStack;

/**
 * Writes one stack as php-fpm's slow log has it ({@code fpm_php_trace_dump}): a line per frame with
 * the place it was called from, the script's own frame left out, a stack that ends early marked.
 */
final class SlowLogEntry {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss", Locale.ENGLISH);
  private static final DateTimeFormatter EXACT_STAMP =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss.SSSSSS", Locale.ENGLISH);

  private SlowLogEntry() {}

  /**
   * Returns the entry's text, an empty line first.
   *
   * @param exact whether the time shows microseconds, as at {@code log_level = debug}
   */
  static String text(SlowRequest request, PhpStack stack, LocalDateTime time, boolean exact) {
    StringBuilder text = new StringBuilder(1024);
    text.append("\n[").append((exact ? EXACT_STAMP : STAMP).format(time)).append("]  [pool ");
    text.append(request.pool()).append("] pid ").append(request.pid());
    text.append("\nscript_filename = ").append(script(request, stack)).append('\n');
    appendFrames(text, stack.frames(), request.traceDepth());
    if (!stack.note().isEmpty()) {
      text.append("+++ dump failed: ").append(stack.note()).append('\n');
    }
    return text.toString();
  }

  private static String script(SlowRequest request, PhpStack stack) {
    return stack.script().isEmpty()
        ? request.script().replaceAll("\\p{Cntrl}", ".")
        : stack.script();
  }

  private static void appendFrames(StringBuilder text, List<Frame> frames, int depth) {
    for (int i = 0; i < Math.min(frames.size(), depth); i++) {
      Frame frame = frames.get(i);
      if (frame.kind() == Frame.Kind.MAIN) {
        return;
      }
      text.append("[0x%016x] ".formatted(frame.address())).append(name(frame)).append("() ");
      text.append(caller(frames, i + 1)).append('\n');
    }
  }

  private static String name(Frame frame) {
    return switch (frame.kind()) {
      case USER, INTERNAL -> frame.function();
      case INCLUDE, EVAL -> "[INCLUDE_OR_EVAL]";
      case MAIN, NONE -> "???";
    };
  }

  /** The place in the nearest PHP code outside. */
  private static String caller(List<Frame> frames, int from) {
    for (Frame frame : frames.subList(from, frames.size())) {
      if (!frame.file().isEmpty()) {
        return frame.file() + ":" + frame.line();
      }
      if (frame.kind() == Frame.Kind.NONE) {
        break;
      }
    }
    return "unknown:0";
  }
}
