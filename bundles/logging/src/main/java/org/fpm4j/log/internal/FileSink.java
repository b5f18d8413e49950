package org.fpm4j.log.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Appends lines to a file, a pipe, a device or standard error.
 *
 * <p>When a full disk takes half a line, the next line begins with a newline, so that only one line
 * is spoilt.
 */
public final class FileSink implements LineSink {

  private final Path path;
  private WritableByteChannel channel;
  private boolean midLine;
  private int written;

  private FileSink(Path path, WritableByteChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a file for appending, with mode 0600 if it is to be created. A pipe or device is opened
   * at its first line only, by the writer thread: opening a pipe waits for its reader.
   *
   * @param what the file is, for the message
   * @throws IOException when a file cannot be opened; the message names it and says why
   */
  public static FileSink append(Path path, String what) throws IOException {
    try {
      return isOther(path) ? new FileSink(path, null) : new FileSink(path, open(path));
    } catch (IOException e) {
      throw new IOException("failed to open %s (%s): %s".formatted(what, path, reason(e)), e);
    }
  }

  /** Returns why a call failed, in the system's words where the JDK keeps them. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof FileSystemException failed && failed.getReason() != null) {
      return failed.getReason();
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Writes to the process's standard error, which stays open when the sink is closed. */
  static FileSink standardError() {
    return new FileSink(null, new FileOutputStream(FileDescriptor.err).getChannel());
  }

  @Override
  public void write(byte[] line) throws IOException {
    written = 0;
    if (channel == null) {
      channel = open(path);
    }
    if (midLine) {
      writeFully(ByteBuffer.wrap(new byte[] {'\n'}));
      written = 0;
    }
    try {
      writeFully(ByteBuffer.wrap(line));
    } catch (IOException e) {
      midLine = written > 0 && line[written - 1] != '\n';
      throw e;
    }
    midLine = false;
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) > 0) {
        written = bytes.position();
      }
    }
  }

  /** Returns how many bytes of the last line, or lines, went out before a failure. */
  public int written() {
    return written;
  }

  @Override
  public void close() throws IOException {
    if (channel != null && path != null) {
      channel.close();
    }
  }

  private static boolean isOther(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isOther();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }
}
