package org.fpm4j.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory in which a master keeps its lock, sockets, scoreboards and the framework's cache.
 * Who can write here can become the master's user, so a directory that others own or can write to
 * is refused.
 *
 * @param path absolute
 */
record RunDirectory(Path path) {

  /** {@code sun_path} has 108 bytes with the closing NUL; the longest name here must still fit. */
  private static final int PATH_LIMIT_BYTES = 107 - "/command.sock".length();

  private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
      PosixFilePermissions.fromString("----w--w-");

  /**
   * Returns where the run directory is when nobody says: {@code /run/fpm4j} for root, else {@code
   * fpm4j} in the user's {@code XDG_RUNTIME_DIR}, else {@code /tmp/fpm4j-UID}.
   */
  static Path standard(int uid, Map<String, String> environment) {
    if (uid == 0) {
      return Path.of("/run/fpm4j");
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.startsWith("/") ? Path.of(runtime, "fpm4j") : Path.of("/tmp", "fpm4j-" + uid);
  }

  /** Returns the effective user id of this process. */
  static int ownUid() throws IOException {
    return uid(Path.of("/proc/self"));
  }

  /** Makes the directory, mode 0700, if it is missing, and refuses one that is not safe. */
  static RunDirectory create(Path path) throws CommandFailure {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > PATH_LIMIT_BYTES) {
      throw refused(path, "its path is longer than " + PATH_LIMIT_BYTES + " bytes", null);
    }
    try {
      if (!Files.exists(path)) {
        Files.createDirectories(path.getParent());
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      RunDirectory directory = new RunDirectory(path);
      directory.check(ownUid());
      return directory;
    } catch (IOException e) {
      throw refused(path, "it cannot be made: " + e, e);
    }
  }

  /** Returns the directory as a client needs it: root may speak to anybody's master. */
  static RunDirectory existing(Path path) throws CommandFailure {
    RunDirectory directory = new RunDirectory(path);
    try {
      if (!Files.isDirectory(path)) {
        throw directory.notRunning();
      }
      int uid = ownUid();
      if (uid != 0) {
        directory.check(uid);
      }
      return directory;
    } catch (IOException e) {
      throw refused(path, "it cannot be read: " + e, e);
    }
  }

  Path commandSocket() {
    return path.resolve("command.sock");
  }

  Path masterLock() {
    return path.resolve("master.lock");
  }

  /** Whether a master noted generations here that may still serve. */
  boolean hasGenerations() throws IOException {
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(path, "*.generation")) {
      return notes.iterator().hasNext();
    }
  }

  /** Where a background master's standard error goes, also before it has opened its error log. */
  Path log() {
    return path.resolve("fpm4j.log");
  }

  Path frameworkCache() {
    return path.resolve("cache");
  }

  /**
   * Deletes the framework's cache after its end, which takes longer than the next start can wait:
   * Felix would do it then. What cannot be deleted is left to Felix.
   */
  void deleteFrameworkCache() {
    try (Stream<Path> files = Files.walk(frameworkCache())) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException ignored) {
      // there is none, or it is not ours to delete
    }
  }

  /** Returns a configuration directory with nothing in it, made if it is missing. */
  Path emptyEtc() throws CommandFailure {
    try {
      return Files.createDirectories(path.resolve("no-etc"));
    } catch (IOException e) {
      throw refused(path, "it cannot be written to: " + e, e);
    }
  }

  /**
   * Takes the directory for this process's framework until the channel is closed. Felix would empty
   * the cache of another master before it finds it locked; {@code master.lock} comes too late.
   */
  FileChannel lock() throws CommandFailure, IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("launcher.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      String pid =
          MasterLock.holder(masterLock()).map(master -> ", pid " + master.pid()).orElse("");
      throw new CommandFailure(
          ExitCode.INTERNAL, "another fpm4j runs with run directory " + path + pid);
    }
    return channel;
  }

  CommandFailure notRunning() {
    return new CommandFailure(
        ExitCode.NOT_RUNNING, "fpm4j is not running (run directory " + path + ")");
  }

  private void check(int uid) throws CommandFailure, IOException {
    if (!Files.isDirectory(path)) {
      throw refused(path, "it is not a directory", null);
    }
    int owner = uid(path);
    if (owner != uid) {
      throw refused(path, "it belongs to uid " + owner + ", not to uid " + uid, null);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (WRITABLE_BY_OTHERS.stream().anyMatch(permissions::contains)) {
      throw refused(
          path,
          "others may write to it (mode "
              + PosixFilePermissions.toString(permissions)
              + ", legal is up to rwxr-xr-x)",
          null);
    }
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  private static CommandFailure refused(Path path, String reason, Throwable cause) {
    return new CommandFailure(
        ExitCode.INTERNAL, "run directory " + path + " refused: " + reason, cause);
  }
}
