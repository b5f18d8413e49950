package org.fpm4j.log;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Turns what one worker writes to its standard output and error into lines of the error log, as
 * {@code catch_workers_output} asks: {@code [pool www] child 4711 said into stderr: "text"}.
 *
 * <p>Holds at most one line of {@code log_limit} bytes, and nothing between lines. Both streams
 * share it: a change of stream ends a line that was begun. Called by one thread.
 */
@ProviderType
public interface WorkerOutput {

  /** The worker's stream some bytes came from. */
  enum Stream {
    STDOUT,
    STDERR
  }

  /**
   * Takes what was read from a pipe; complete lines are written at once, empty ones are not.
   *
   * @param bytes from its position to its limit; all are consumed
   */
  void accept(Stream stream, ByteBuffer bytes);

  /** Writes a line that was begun, as after a request: what follows starts a new one. */
  void flush();

  /**
   * The pipe has ended. A line it cut short is written, followed by {@code , pipe is closed} when
   * it is decorated and was the first the worker wrote.
   */
  void closed(Stream stream);
}
