package org.fpm4j.log;

import java.io.IOException;
import java.nio.file.Path;
import org.fpm4j.log.internal.FileSink;

/**
 * The file of an access log, opened for appending, so that several pools may share one. A pipe or
 * device will do as well; it is opened at the first line. Used by one thread, which it may block.
 */
public final class AccessFile implements AutoCloseable {

  private final FileSink sink;
  private String failure = "";

  private AccessFile(FileSink sink) {
    this.sink = sink;
  }

  /**
   * Opens a file, with mode 0600 if it is to be created.
   *
   * @throws IOException when it cannot be opened; the message names it and says why
   */
  public static AccessFile open(Path path) throws IOException {
    return new AccessFile(FileSink.append(path, "access log"));
  }

  /**
   * Writes lines, in one call if the file takes them.
   *
   * @param lines whole lines, each with its newline
   * @return how many of them were lost, all or in part; {@link #failure} says why
   */
  public int write(byte[] lines) {
    try {
      sink.write(lines);
      return 0;
    } catch (IOException e) {
      failure = FileSink.reason(e);
      int lost = 0;
      for (int i = sink.written(); i < lines.length; i++) {
        if (lines[i] == '\n') {
          lost++;
        }
      }
      return lost;
    }
  }

  /** Why the last lines that were lost could not be written, empty if none ever was. */
  public String failure() {
    return failure;
  }

  @Override
  public void close() {
    try {
      sink.close();
    } catch (IOException e) {
      failure = FileSink.reason(e);
    }
  }
}
