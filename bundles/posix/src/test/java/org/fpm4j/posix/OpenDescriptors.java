package org.fpm4j.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The descriptors this process has open now, for tests that look for leaks. */
final class OpenDescriptors {
  private OpenDescriptors() {}

  /**
   * The numbers of the open descriptors and what they are, the listing's own left out. What the
   * JVM's own threads open for a moment is seen in one listing but not in the next.
   */
  static Set<String> now() throws IOException {
    Set<String> before = listed();
    Set<String> open = listed();
    while (!open.equals(before)) {
      before = open;
      open = listed();
    }
    return open;
  }

  private static Set<String> listed() throws IOException {
    Set<String> open = new TreeSet<>();
    List<Path> entries;
    try (Stream<Path> listing = Files.list(Path.of("/proc/self/fd"))) {
      entries = listing.toList();
    }
    for (Path entry : entries) {
      try {
        open.add(entry.getFileName() + " " + Files.readSymbolicLink(entry));
      } catch (IOException ignored) {
        // That was the descriptor of the listing itself.
      }
    }
    return open;
  }
}
