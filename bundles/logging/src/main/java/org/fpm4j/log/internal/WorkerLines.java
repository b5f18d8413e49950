package org.fpm4j.log.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.fpm4j.log.WorkerOutput;

/**
 * Splits a worker's output into lines of at most {@code log_limit} bytes; a longer one is wrapped,
 * each part as decorated as the first (php-fpm's zlog_stream). The buffer lives from a line's first
 * byte to its last.
 */
final class WorkerLines implements WorkerOutput {

  private static final byte[] PIPE_IS_CLOSED =
      ", pipe is closed".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};
  private static final int LEAST_TEXT = 64;

  /** Bytes of UTF-8. */
  private static final int LONGEST_CHARACTER = 4;

  /** What the log lends to its workers' lines. */
  interface Lines {
    /** The bytes before a line's text, empty when worker output is not decorated at this level. */
    byte[] prefix(String text);

    /** The bytes before a text that has no prefix. */
    byte[] frame();

    /** The {@code log_limit} in force. */
    int limit();

    /** Whether what does not end in a newline is to wait for it. */
    boolean buffered();

    /** Makes the lines, each of one text; empty if they are a prefix and the text. */
    Optional<JsonForm> json();

    /** Whether lines go elsewhere as well. */
    boolean isMirrored();

    /** Takes a line for there. */
    void mirror(String text);

    void write(byte[] line);
  }

  private final Lines lines;
  private final String pool;
  private final long pid;
  private final boolean decorated;

  /** The line that was begun, null between lines. Its limit leaves room for quote and newline. */
  private ByteBuffer line;

  /** Where its text begins. */
  private int textAt;

  /** Bytes of that line that are written already. */
  private int written;

  /** Of the line that was begun; it is then written whole, whatever the buffering. */
  private Optional<JsonForm> json = Optional.empty();

  private boolean quoted;
  private boolean first = true;
  private Stream stream;

  WorkerLines(Lines lines, String pool, long pid, boolean decorated) {
    this.lines = lines;
    this.pool = pool;
    this.pid = pid;
    this.decorated = decorated;
  }

  @Override
  public void accept(Stream from, ByteBuffer bytes) {
    if (from != stream) {
      flush();
      stream = from;
    }
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        flush();
      } else {
        append(next);
      }
    }
    if (line != null && json.isEmpty() && !lines.buffered()) {
      writeBegun();
    }
  }

  @Override
  public void flush() {
    end(false);
  }

  @Override
  public void closed(Stream ended) {
    if (ended == stream) {
      end(true);
    }
  }

  private void append(byte next) {
    begin();
    if (!line.hasRemaining()) {
      byte[] split =
          json.isPresent() && LineForm.isContinuation(next) ? takeBegunCharacter() : NOTHING;
      flush();
      begin();
      line.put(split);
    }
    line.put(next);
  }

  /** Takes the bytes of a character that goes on in the next line; an object cannot end in half. */
  private byte[] takeBegunCharacter() {
    int end = line.position();
    int start = end - 1;
    while (start > end - LONGEST_CHARACTER && LineForm.isContinuation(line.get(start))) {
      start--;
    }
    line.position(start);
    return Arrays.copyOfRange(line.array(), start, end);
  }

  private void begin() {
    if (line != null) {
      return;
    }
    json = lines.json();
    byte[] prefix = decorated && json.isEmpty() ? lines.prefix(said()) : NOTHING;
    quoted = prefix.length > 0;
    if (!quoted && json.isEmpty()) {
      prefix = lines.frame();
    }
    line = ByteBuffer.allocate(Math.max(lines.limit(), prefix.length + LEAST_TEXT));
    written = 0;
    line.limit(line.capacity() - (quoted ? 2 : 1));
    line.put(prefix);
    if (quoted) {
      line.put((byte) '"');
    }
    textAt = line.position();
  }

  private void writeBegun() {
    if (line.position() > written) {
      lines.write(Arrays.copyOfRange(line.array(), written, line.position()));
      written = line.position();
    }
  }

  private String said() {
    return "[pool %s] child %d said into %s: "
        .formatted(pool, pid, stream.name().toLowerCase(Locale.ROOT));
  }

  private void end(boolean pipeClosed) {
    if (line == null) {
      return;
    }
    boolean cutShort = pipeClosed && quoted && first;
    if (cutShort && line.remaining() < PIPE_IS_CLOSED.length) {
      end(false);
      begin();
    }
    if (lines.isMirrored()) {
      int length = line.position() - textAt;
      String text = new String(line.array(), textAt, length, StandardCharsets.UTF_8);
      lines.mirror(said() + '"' + text + '"');
    }
    if (json.isPresent()) {
      byte[] text = Arrays.copyOf(line.array(), line.position());
      lines.write(json.get().said(pool, pid, stream, text));
      line = null;
      first = false;
      return;
    }
    line.limit(line.capacity());
    if (quoted) {
      line.put((byte) '"');
    }
    if (cutShort) {
      line.put(PIPE_IS_CLOSED);
    }
    line.put((byte) '\n');
    writeBegun();
    line = null;
    first = false;
  }
}
