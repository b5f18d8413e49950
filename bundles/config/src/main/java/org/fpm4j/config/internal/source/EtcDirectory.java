package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fpm4j.config.Directive.Scope;

/** The files of a configuration directory that concern fpm4j. */
public final class EtcDirectory {

  /** The PID of the global directives. */
  public static final String MASTER_PID = "org.fpm4j.master";

  /** The factory PID of pools; an instance's name is the pool's. */
  public static final String POOL_PID = "org.fpm4j.pool";

  private static final Pattern PID_FILE =
      Pattern.compile("(?:org\\.fpm4j\\.master|org\\.fpm4j\\.pool-(.+))\\.(?:cfg|config)");
  private static final Pattern SECTION = Pattern.compile("(?m)^\\s*\\[[^\\]]*\\]");

  private EtcDirectory() {}

  /**
   * A file File Install makes a Configuration of.
   *
   * @param pool the pool's name, empty text for the global directives
   */
  public record PidFile(Path file, Scope scope, String pool) {

    /** Whether its text is a properties file's; else it is of Config Admin's own format. */
    public boolean isProperties() {
      return file.toString().endsWith(".cfg");
    }
  }

  /**
   * The files whose change may concern us, in no order, those of other PIDs of ours included: one
   * pass over the directory, names only.
   */
  public static List<Path> watchedFiles(Path directory) {
    List<Path> watched = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (isWatched(file.getFileName().toString())) {
          watched.add(file);
        }
      }
    } catch (IOException | DirectoryIteratorException ignored) {
      // no such directory: nothing is configured there
    }
    return watched;
  }

  private static boolean isWatched(String name) {
    if (name.endsWith(".conf")) {
      return !name.startsWith(".");
    }
    return name.startsWith("org.fpm4j.") && (name.endsWith(".cfg") || name.endsWith(".config"));
  }

  /**
   * Makes File Install read the files anew: what it could not read, for want of a descriptor, it
   * forgets, and looks at a file again only when its time is another.
   */
  public static void touch(Path directory) {
    FileTime now = FileTime.from(Instant.now());
    for (Path file : watchedFiles(directory)) {
      try {
        Files.setLastModifiedTime(file, now);
      } catch (IOException ignored) {
        // not ours: the next edit is seen all the same
      }
    }
  }

  /**
   * What is there now.
   *
   * @param pidFiles the .cfg and .config files of the master and of pools, sorted by name
   * @param phpFpmConfs the .conf files that have a section, sorted by name
   */
  public record Listing(List<PidFile> pidFiles, List<String> phpFpmConfs) {}

  /**
   * Lists a directory; empty if there is none.
   *
   * @throws IOException if there is one and it cannot be read
   */
  public static Listing list(Path directory) throws IOException {
    List<Path> files = files(directory);
    return new Listing(
        files.stream().map(EtcDirectory::pidFile).flatMap(Optional::stream).toList(),
        files.stream()
            .map(Path::toString)
            .filter(file -> file.endsWith(".conf"))
            .filter(EtcDirectory::hasSection)
            .toList());
  }

  /** What a file of this name configures, if it is one of ours. */
  public static Optional<PidFile> pidFile(Path file) {
    Matcher name = PID_FILE.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        name.group(1) == null
            ? new PidFile(file, Scope.GLOBAL, "")
            : new PidFile(file, Scope.POOL, name.group(1)));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (NoSuchFileException ignored) {
      // nothing is configured there
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean hasSection(String file) {
    try {
      String text = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
      return SECTION.matcher(text).find();
    } catch (IOException ignored) {
      // reading it as a php-fpm.conf says what is wrong
      return true;
    }
  }
}
