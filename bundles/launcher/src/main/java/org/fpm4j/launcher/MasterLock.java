package org.fpm4j.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who holds {@code master.lock}. The file names a pid, but a dead master leaves it behind and pids
 * are used again; so the pid counts only if that process has the file open and flock()ed, as {@code
 * /proc/PID/fdinfo} tells. Trying the lock instead would need libc, and could make a master that
 * starts just then fail.
 */
final class MasterLock {

  private MasterLock() {}

  /** Returns the master that holds the lock now, empty if there is none that we may see. */
  static Optional<ProcessHandle> holder(Path lock) {
    try {
      long pid = Long.parseLong(Files.readString(lock).strip());
      return holds(pid, lock) ? ProcessHandle.of(pid) : Optional.empty();
    } catch (IOException | NumberFormatException ignored) {
      // no file, nothing written yet, or a process that went away while we looked
      return Optional.empty();
    }
  }

  private static boolean holds(long pid, Path lock) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (isFile(descriptor, lock) && isLocked(process, descriptor.getFileName())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isFile(Path descriptor, Path lock) {
    try {
      return Files.isSameFile(descriptor, lock);
    } catch (IOException ignored) {
      // a socket or pipe, or closed meanwhile
      return false;
    }
  }

  private static boolean isLocked(Path process, Path descriptor) throws IOException {
    return Files.readAllLines(process.resolve("fdinfo").resolve(descriptor)).stream()
        .anyMatch(line -> line.startsWith("lock:") && line.contains("FLOCK"));
  }
}
