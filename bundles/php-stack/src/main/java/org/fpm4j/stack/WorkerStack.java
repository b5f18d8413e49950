package org.fpm4j.stack;

import java.util.List;

/**
 * The PHP stack of a worker, with the request it serves.
 *
 * @param pool the pool's name
 * @param pid the worker's process id
 * @param stage php-fpm's label of what the worker does
 * @param requestDurationMicros how long the request has been served, or the last one took if idle
 * @param method request method, empty before the first request
 * @param uri request URI without the query string
 * @param query query string, empty if none
 * @param script the script PHP runs, or as the web server named it
 * @param frames innermost first; empty when no PHP code runs
 * @param note why there are no frames, or fewer than there were; empty if nothing is amiss
 */
public record WorkerStack(
    String pool,
    int pid,
    String stage,
    long requestDurationMicros,
    String method,
    String uri,
    String query,
    String script,
    List<Frame> frames,
    String note) {

  /** Copies the list. */
  public WorkerStack {
    frames = List.copyOf(frames);
  }

  /** Returns it as lines for a reader, the last one ended too; control characters are dots. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("pool ").append(pool).append(", worker ").append(pid).append(", ").append(stage);
    if (!frames.isEmpty() && !method.isEmpty()) {
      text.append(" for %.2f ms, ".formatted(requestDurationMicros / 1000.0));
      String request = method + ' ' + uri + (query.isEmpty() ? "" : "?" + query);
      text.append(request.replaceAll("[\\p{Cntrl}\\x{80}-\\x{9f}]", "."));
    }
    text.append('\n');
    for (Frame frame : frames) {
      text.append("  ").append(frame.name());
      if (!frame.file().isEmpty()) {
        text.append(' ').append(frame.file()).append(':').append(frame.line());
      }
      text.append('\n');
    }
    if (!note.isEmpty()) {
      text.append("  ").append(note).append('\n');
    }
    return text.toString();
  }
}
