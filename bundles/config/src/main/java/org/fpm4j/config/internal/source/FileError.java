package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/** The reason of a failed file operation as php-fpm appends it: {@code text (errno)}. */
public final class FileError {

  private static final Map<String, Integer> ERRNO =
      Map.of(
          "Operation not permitted", 1,
          "No such file or directory", 2,
          "Input/output error", 5,
          "Permission denied", 13,
          "Not a directory", 20,
          "Is a directory", 21,
          "Too many open files", 24,
          "File name too long", 36,
          "Too many levels of symbolic links", 40);

  private FileError() {}

  /** The reason and its number. */
  public static String text(IOException e) {
    String reason = reason(e);
    Integer errno = ERRNO.get(reason);
    return errno == null ? reason : reason + " (" + errno + ")";
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return "Not a directory";
    }
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : String.valueOf(e.getMessage());
    return reason;
  }
}
