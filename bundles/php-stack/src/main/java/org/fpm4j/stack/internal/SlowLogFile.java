package org.fpm4j.stack.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.fpm4j.log.Log;

/**
 * One slow log. As php-fpm does, it is opened for each entry, so a rotated log is left at once, and
 * created with mode 0600. A thread that is there only while there is something to write waits for a
 * pipe nobody reads, or a slow disk, so that no other pool does. Any thread.
 */
final class SlowLogFile {

  private static final int WAITING = 64;
  private static final long IDLE_SECONDS = 5;

  private final Path path;
  private final Log log;
  private final ThreadPoolExecutor writer;

  SlowLogFile(Path path, Log log) {
    this.path = path;
    this.log = log;
    this.writer =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "fpm4j slow log " + path.getFileName());
              thread.setDaemon(true);
              return thread;
            });
    writer.allowCoreThreadTimeOut(true);
  }

  /**
   * Appends a text; returns at once.
   *
   * @param afterwards run once it is written
   */
  void append(String text, Runnable afterwards) {
    try {
      writer.execute(() -> write(text, afterwards));
    } catch (RejectedExecutionException full) {
      log.warning("slowlog (%s) takes nothing, an entry is lost", path);
    }
  }

  private void write(String text, Runnable afterwards) {
    Set<StandardOpenOption> append = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try (FileChannel file =
        FileChannel.open(
            path,
            append,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      afterwards.run();
    } catch (IOException | UncheckedIOException e) {
      log.error("unable to write to slowlog (%s): %s", path, e.getMessage());
    }
  }

  /** Takes no more, and waits for at most a second for what is under way. */
  void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(1, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
