package org.fpm4j.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which bundles are started and when: the groups of {@code lib/start-order}, names of jars in
 * {@code bundles/} line by line, an empty line between groups, {@code #} before a comment; then, as
 * the last group, the jars there that the file does not name.
 */
final class BundleOrder {

  private final List<List<Path>> groups;

  private BundleOrder(List<List<Path>> groups) {
    this.groups = groups;
  }

  /**
   * Reads the order of an installation.
   *
   * @throws IOException if the file or the folder cannot be read
   */
  static BundleOrder of(Path home) throws IOException {
    Path folder = home.resolve("bundles");
    List<List<Path>> groups = new ArrayList<>();
    List<Path> named = new ArrayList<>();
    List<Path> group = new ArrayList<>();
    Path order = home.resolve("lib/start-order");
    for (String line : Files.readAllLines(order, StandardCharsets.UTF_8)) {
      if (line.isBlank() && !group.isEmpty()) {
        groups.add(group);
        group = new ArrayList<>();
      } else if (!line.isBlank() && !line.startsWith("#")) {
        group.add(folder.resolve(line.strip()));
        named.add(folder.resolve(line.strip()));
      }
    }
    groups.add(group);
    groups.add(others(folder, named));
    return new BundleOrder(groups);
  }

  private static List<Path> others(Path folder, List<Path> named) throws IOException {
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : jars) {
        if (!named.contains(jar)) {
          others.add(jar);
        }
      }
    }
    others.sort(null);
    return others;
  }

  /** Returns the jars, each group in the order of its start; a group may be empty. */
  List<List<Path>> groups() {
    return groups;
  }
}
