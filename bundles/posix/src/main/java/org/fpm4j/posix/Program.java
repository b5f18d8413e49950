package org.fpm4j.posix;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What {@link Spawn} shall run.
 *
 * @param path the executable, absolute
 * @param arguments argv, its first element (usually the path again) included
 * @param environment the whole environment, nothing is inherited
 * @param directory the working directory, absolute, or null for the parent's
 * @param group the process group the child lives in
 */
public record Program(
    Path path,
    List<String> arguments,
    Map<String, String> environment,
    Path directory,
    Group group) {

  /** Where a child stands among the processes; decides which terminal and group signals it sees. */
  public enum Group {
    /** The parent's process group. */
    INHERITED,
    /** A process group of its own, led by the child; see setpgid(2). */
    OWN_GROUP
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a path is relative, arguments are empty, or a variable's
   *     name is empty or contains {@code =}
   */
  public Program {
    Objects.requireNonNull(group, "group");
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (!path.isAbsolute() || (directory != null && !directory.isAbsolute())) {
      throw new IllegalArgumentException("program " + path + " in " + directory + ": not absolute");
    }
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("program " + path + ": no arguments, not even its name");
    }
    for (String name : environment.keySet()) {
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException("'" + name + "' cannot name an environment variable");
      }
    }
  }
}
