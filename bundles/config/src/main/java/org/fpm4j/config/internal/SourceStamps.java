package org.fpm4j.config.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.source.Glob;

/**
 * What the configuration's files looked like at one moment. Two different stamps mean that
 * something has changed: content (by time, size and inode), or which files there are.
 *
 * @param files by path
 */
record SourceStamps(Map<String, Stamp> files) {

  /**
   * What tells one content of a file from another. Numbers, not text, for text costs more than the
   * system call.
   *
   * @param key device and inode
   */
  record Stamp(FileTime modified, long size, Object key) {

    /** Of a file that is not there. */
    static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1, "");

    /** Written out: the JVM makes a record's at run time, in milliseconds of a young master. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Stamp stamp
          && modified.equals(stamp.modified)
          && size == stamp.size
          && key.equals(stamp.key);
    }

    @Override
    public int hashCode() {
      return modified.hashCode() + key.hashCode();
    }
  }

  /**
   * Looks at files, at what include patterns match, and at a configuration directory.
   *
   * @param directory where .cfg, .config and .conf files are looked for
   */
  static SourceStamps of(
      Collection<String> files, Collection<String> includes, Collection<Path> directory) {
    Map<String, Stamp> stamps = new HashMap<>();
    for (Path etc : directory) {
      EtcDirectory.watchedFiles(etc).forEach(file -> stamps.put(file.toString(), stamp(file)));
    }
    files.forEach(file -> stamps.computeIfAbsent(file, SourceStamps::stamp));
    for (String pattern : includes) {
      try {
        Glob.expand(pattern).forEach(file -> stamps.computeIfAbsent(file, SourceStamps::stamp));
      } catch (IOException | InvalidPathException ignored) {
        // not readable now: readable later is a difference
      }
    }
    return new SourceStamps(stamps);
  }

  /** Whether a file was written in a time, in milliseconds since the epoch, ends included. */
  boolean isTouchedBetween(long fromMs, long toMs) {
    return files.values().stream()
        .mapToLong(stamp -> stamp.modified().toMillis())
        .anyMatch(modified -> fromMs <= modified && modified <= toMs);
  }

  private static Stamp stamp(String path) {
    try {
      return stamp(Path.of(path));
    } catch (InvalidPathException ignored) {
      return Stamp.NONE;
    }
  }

  private static Stamp stamp(Path path) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(file.lastModifiedTime(), file.size(), file.fileKey());
    } catch (IOException ignored) {
      return Stamp.NONE;
    }
  }
}
