package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.stream.Stream;

/** Where a test that runs inside a container keeps its files: one place per process and test. */
final class ContainerRoot {

  private final Path root;

  ContainerRoot(String name) {
    root = Path.of("/tmp/fpm4j-" + name + "-" + ProcessHandle.current().pid());
  }

  /** Returns a path in it. */
  Path path(String name) {
    return root.resolve(name);
  }

  /** Returns the run directory. */
  Path run() {
    return path("run");
  }

  /** Returns the path of the pool's socket. */
  Path socket() {
    return path("www.sock");
  }

  /** Makes it, readable by workers. */
  void make() throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Returns the settings of a static pool with two workers. */
  @SuppressWarnings("JdkObsolete") // Config Admin takes no Map
  Dictionary<String, Object> pool() {
    Dictionary<String, Object> settings = new Hashtable<>();
    settings.put("listen", socket().toString());
    settings.put("pm", "static");
    settings.put("pm.max_children", "2");
    if (System.getProperty("user.name").equals("root")) {
      settings.put("user", "www-data");
    }
    return settings;
  }

  /** Removes it at the end of the process, not before that of the framework, which uses it. */
  void removeAtExit() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println(root + " is left: " + e);
    }
  }
}
