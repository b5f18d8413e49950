package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether the kernel has killed a process of the master's cgroup for want of memory, by the
 * counter {@code oom_kill}: of {@code memory.events} in cgroup v2, of {@code memory.oom_control} in
 * v1. Where there is neither it never has. Event loop only.
 */
final class OomEvents {

  private static final String KEY = "oom_kill ";
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  private final Path events;
  private long seen;

  /** Watches a file with the counter, which need not exist. */
  OomEvents(Path events) {
    this.events = events;
    this.seen = count();
  }

  /** Watches the cgroup this process is in. */
  static OomEvents ofThisProcess() {
    try {
      return new OomEvents(counter(Files.readAllLines(Path.of("/proc/self/cgroup")), GROUPS));
    } catch (IOException ignored) {
      // no cgroups: the file does not exist either
      return new OomEvents(GROUPS);
    }
  }

  /**
   * Returns the file with the counter.
   *
   * @param memberships lines {@code number:controllers:path} of cgroups(7)
   * @param mounted where cgroups are
   */
  static Path counter(List<String> memberships, Path mounted) {
    Path file = mounted.resolve("memory.events");
    for (String line : memberships) {
      String[] fields = line.split(":", 3);
      if (fields[1].isEmpty()) {
        file = Path.of(mounted + fields[2], "memory.events");
      } else if (List.of(fields[1].split(",", -1)).contains("memory")) {
        return Path.of(mounted + "/memory" + fields[2], "memory.oom_control");
      }
    }
    return file;
  }

  /** Whether there was a kill that no earlier call has told of. */
  boolean hasKilled() {
    if (count() <= seen) {
      return false;
    }
    seen++;
    return true;
  }

  private long count() {
    try {
      for (String line : Files.readAllLines(events)) {
        if (line.startsWith(KEY)) {
          return Long.parseLong(line.substring(KEY.length()).strip());
        }
      }
    } catch (IOException | NumberFormatException ignored) {
      // unknown counts as none
    }
    return 0;
  }
}
