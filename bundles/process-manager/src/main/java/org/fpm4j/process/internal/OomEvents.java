package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether the kernel has killed a process of the master's cgroup for want of memory, by the
 * counter {@code oom_kill} of cgroup v2's {@code memory.events}. Where there is no such file it
 * never has. Event loop only.
 */
final class OomEvents {

  private static final String KEY = "oom_kill ";

  private final Path events;
  private long seen;

  /** Watches a {@code memory.events} file, which need not exist. */
  OomEvents(Path events) {
    this.events = events;
    this.seen = count();
  }

  /** Watches the cgroup this process is in. */
  static OomEvents ofThisProcess() {
    String group = "/";
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        if (line.startsWith("0::")) {
          group = line.substring("0::".length());
        }
      }
    } catch (IOException ignored) {
      // no cgroups: the file below does not exist either
    }
    return new OomEvents(Path.of("/sys/fs/cgroup" + group, "memory.events"));
  }

  /** Whether there was such a kill since the last call that said so. */
  boolean hasKilled() {
    long now = count();
    boolean killed = now > seen;
    seen = now;
    return killed;
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
