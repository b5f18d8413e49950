package org.fpm4j.itests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process as {@code /proc} shows it at one moment.
 *
 * @param title its command line, arguments separated by blanks
 * @param uid its effective user
 */
record ProcessEntry(int pid, int parent, int uid, String title) {

  private static final Pattern PARENT = Pattern.compile("(?m)^PPid:\\s+(\\d+)$");
  private static final Pattern EFFECTIVE_UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
  private static final Pattern GONE = Pattern.compile("(?m)^State:\\s+[ZX]");

  /**
   * Returns zygotes and workers of the master with this run directory, dead or alive: those that
   * have a file of it mapped, their scoreboard. By pid.
   */
  static List<ProcessEntry> servingFrom(Path run) {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .map(entry -> of(Integer.parseInt(entry.getFileName().toString())))
          .flatMap(Optional::stream)
          .filter(process -> process.title().startsWith("fpm4j: ") && process.maps(run))
          .sorted(Comparator.comparingInt(ProcessEntry::pid))
          .toList();
    } catch (IOException e) {
      throw new AssertionError("/proc cannot be listed", e);
    }
  }

  /** Returns the process with this pid unless it is gone or a zombie. */
  static Optional<ProcessEntry> of(int pid) {
    try {
      Path entry = Path.of("/proc", Integer.toString(pid));
      String status = Files.readString(entry.resolve("status"), StandardCharsets.ISO_8859_1);
      String title = Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      if (GONE.matcher(status).find()) {
        return Optional.empty();
      }
      return Optional.of(
          new ProcessEntry(
              pid,
              number(PARENT, status),
              number(EFFECTIVE_UID, status),
              title.replace('\0', ' ').strip()));
    } catch (IOException ignored) {
      // It ended while it was looked at.
      return Optional.empty();
    }
  }

  private static int number(Pattern field, String status) {
    Matcher matcher = field.matcher(status);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private boolean maps(Path run) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)
          .contains(run + "/");
    } catch (IOException ignored) {
      // It ended while it was looked at.
      return false;
    }
  }
}
