package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.SharedFile;

/**
 * The directory where a master keeps what outlives it: the agent library and, per generation, the
 * control socket and the scoreboard. {@code master.lock} is locked as long as a master lives, so
 * two cannot use one directory, and holds its pid.
 */
final class RunDirectory implements AutoCloseable {

  /** A Unix socket's path may have 107 bytes ({@code unix(7)}). */
  private static final int SOCKET_PATH_BYTES = 107;

  private final Path path;
  private final Descriptor lock;

  private RunDirectory(Path path, Descriptor lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Opens the directory, made with mode 0700 if missing, and locks it.
   *
   * @throws IOException if another master has it, naming its pid, or it cannot be used
   */
  static RunDirectory open(Path path) throws IOException {
    Path directory = path.toAbsolutePath().normalize();
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Descriptor lock = SharedFile.openOrCreate(directory.resolve("master.lock"));
    if (!SharedFile.tryLock(lock)) {
      lock.close();
      String pid = Files.readString(directory.resolve("master.lock")).strip();
      throw new IOException("another master (pid " + pid + ") runs in " + directory);
    }
    Files.writeString(directory.resolve("master.lock"), Processes.pid() + "\n");
    return new RunDirectory(directory, lock);
  }

  Path path() {
    return path;
  }

  /**
   * Returns where a generation's control socket is.
   *
   * @throws IOException if the path is too long for a socket
   */
  Path control(String pool, int generation) throws IOException {
    Path control = path.resolve(fileName(pool) + "." + generation + ".control");
    if (control.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES) {
      throw new IOException(
          "path of the control socket is longer than "
              + SOCKET_PATH_BYTES
              + " bytes, use a shorter run directory: "
              + control);
    }
    return control;
  }

  /** Returns where a generation's scoreboard is. */
  Path scoreboard(String pool, int generation) {
    return path.resolve(fileName(pool) + "." + generation + ".scoreboard");
  }

  /** Returns where a generation is noted for the next master. */
  Path note(String pool, int generation) {
    return path.resolve(fileName(pool) + "." + generation + GenerationFile.SUFFIX);
  }

  /** Whether a generation is noted here, of this master or of one before. */
  boolean hasGenerations() {
    String[] notes = path.toFile().list((parent, name) -> name.endsWith(GenerationFile.SUFFIX));
    return notes != null && notes.length > 0;
  }

  /** Returns where a pool's counters are. */
  Path ledger(String pool) {
    return path.resolve(fileName(pool) + PoolLedger.SUFFIX);
  }

  /** A pool's name may have any character; a file's name may not. */
  private static String fileName(String pool) {
    StringBuilder name = new StringBuilder();
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(pool);
    while (bytes.hasRemaining()) {
      char c = (char) (bytes.get() & 0xff);
      if (c == '-' || c == '_' || (c < 0x80 && Character.isLetterOrDigit(c))) {
        name.append(c);
      } else {
        name.append('%').append("%02x".formatted((int) c));
      }
    }
    return name.toString();
  }

  /** Lets another master use the directory. */
  @Override
  public void close() {
    lock.close();
  }
}
