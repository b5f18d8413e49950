package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A control group whose processes have little memory, where this machine lets us make one. */
final class MemoryGroup implements AutoCloseable {

  /** Where memory groups may be made, and the file that limits one: cgroup v2's and v1's. */
  private static final Map<String, String> LIMIT_BY_PLACE =
      Map.of("/sys/fs/cgroup", "memory.max", "/sys/fs/cgroup/memory", "memory.limit_in_bytes");

  private final Path group;

  private MemoryGroup(Path group) {
    this.group = group;
  }

  /** Makes a group; empty if there is no controller for memory, or it is not ours to use. */
  static Optional<MemoryGroup> of(String name, long bytes) throws IOException {
    for (Map.Entry<String, String> place : LIMIT_BY_PLACE.entrySet()) {
      Path group = Path.of(place.getKey(), name);
      Path limit = group.resolve(place.getValue());
      try {
        Files.createDirectory(group);
      } catch (IOException e) {
        continue;
      }
      if (Files.isWritable(limit)) {
        Files.writeString(limit, Long.toString(bytes));
        return Optional.of(new MemoryGroup(group));
      }
      Files.delete(group);
    }
    return Optional.empty();
  }

  /** Returns a command that runs another in the group. */
  List<String> command(List<String> other) {
    return List.of(
        "sh",
        "-c",
        "echo $$ > " + group.resolve("cgroup.procs") + " && exec " + String.join(" ", other));
  }

  @Override
  public void close() {
    Await.until("the end of all processes in " + group, () -> Files.deleteIfExists(group));
  }
}
