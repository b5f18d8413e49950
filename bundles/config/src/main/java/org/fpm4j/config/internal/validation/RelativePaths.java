package org.fpm4j.config.internal.validation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.FileError;

/**
 * Completes relative paths as php-fpm does, by joining texts, and looks whether paths are there.
 */
final class RelativePaths {

  private static final int MOST_NAME_BYTES = 255;

  private final String prefix;

  RelativePaths(String prefix) {
    this.prefix = prefix;
  }

  /** A path of the master: relative to the installation. */
  String absolute(String path) {
    return path.startsWith("/") ? path : prefix + "/" + path;
  }

  /** What a pool's relative paths are relative to: its prefix, else the installation. */
  String base(DirectiveSet pool) {
    return pool.isSet("prefix") ? pool.text("prefix") : prefix;
  }

  /** A path of a pool, relative to its {@link #base}; its prefix must have been resolved. */
  String absolute(DirectiveSet pool, String path) {
    return path.startsWith("/") ? path : base(pool) + "/" + path;
  }

  static boolean isDirectory(String path) {
    try {
      return Files.isDirectory(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Why a log file could not be opened for appending; empty if it can. Creates nothing: an open
   * file is the log's business.
   */
  static Optional<String> appendError(String file) {
    try {
      if (file.isEmpty()) {
        throw new NoSuchFileException(file);
      }
      Path path = Path.of(file);
      if (Files.isDirectory(path)) {
        throw new FileSystemException(file, null, "Is a directory");
      }
      if (path.getFileName() != null
          && path.getFileName().toString().getBytes(StandardCharsets.UTF_8).length
              > MOST_NAME_BYTES) {
        throw new FileSystemException(file, null, "File name too long");
      }
      Path checked = Files.exists(path) ? path : directoryOf(path);
      if (!Files.isWritable(checked)) {
        throw new AccessDeniedException(file);
      }
      return Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of(e.getReason());
    } catch (IOException e) {
      return Optional.of(FileError.text(e));
    }
  }

  private static Path directoryOf(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.exists(directory)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isDirectory(directory)) {
      throw new FileSystemException(file.toString(), null, "Not a directory");
    }
    return directory;
  }
}
