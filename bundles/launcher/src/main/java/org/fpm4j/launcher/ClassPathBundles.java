package org.fpm4j.launcher;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/**
 * Lets bundles whose jars stand on the JVM's class path take their classes from there (OSGi Core 8,
 * chapter 60, Connect). The class archive then serves them as it serves the JDK: no class is read,
 * compared with the archive and defined one by one, and lambdas come from the archive as well,
 * which took 150 ms of CPU off the start. Wiring, services and life cycle stay those of bundles. A
 * jar that is not on the class path is left to the framework, which gives it a loader of its own.
 */
final class ClassPathBundles implements ModuleConnector {

  private final Set<String> classPath;

  private ClassPathBundles(Set<String> classPath) {
    this.classPath = classPath;
  }

  static ClassPathBundles ofThisProcess() {
    String classPath = System.getProperty("java.class.path");
    return new ClassPathBundles(new HashSet<>(List.of(classPath.split(File.pathSeparator))));
  }

  /**
   * Returns the location to install a jar by: its path if its classes are taken from the class
   * path, otherwise a reference, which the framework reads where it lies and does not copy.
   */
  String location(Path jar) {
    return classPath.contains(jar.toString()) ? jar.toString() : "reference:" + jar.toUri();
  }

  @Override
  public void initialize(File storage, Map<String, String> configuration) {}

  @Override
  public Optional<ConnectModule> connect(String location) {
    if (!classPath.contains(location)) {
      return Optional.empty();
    }
    ConnectContent content = new JarContent(Path.of(location));
    return Optional.of(() -> content);
  }

  @Override
  public Optional<BundleActivator> newBundleActivator() {
    return Optional.empty();
  }

  /** What the framework reads of a bundle besides classes: manifest, components, resources. */
  private static final class JarContent implements ConnectContent {

    private final Path path;
    private JarFile jar;

    JarContent(Path path) {
      this.path = path;
    }

    @Override
    public synchronized void open() throws IOException {
      if (jar == null) {
        jar = new JarFile(path.toFile(), false);
      }
    }

    @Override
    public synchronized void close() throws IOException {
      if (jar != null) {
        jar.close();
        jar = null;
      }
    }

    private synchronized JarFile jar() {
      if (jar == null) {
        throw new IllegalStateException(path + " is closed");
      }
      return jar;
    }

    @Override
    public Optional<Map<String, String>> getHeaders() {
      return Optional.empty();
    }

    @Override
    public Iterable<String> getEntries() {
      return jar().stream().map(ZipEntry::getName).toList();
    }

    @Override
    public Optional<ConnectEntry> getEntry(String name) {
      JarFile from = jar();
      return Optional.ofNullable(from.getEntry(name))
          .map(entry -> new JarContentEntry(from, entry));
    }

    @Override
    public Optional<ClassLoader> getClassLoader() {
      return Optional.of(ClassPathBundles.class.getClassLoader());
    }
  }

  private record JarContentEntry(JarFile jar, ZipEntry entry)
      implements ConnectContent.ConnectEntry {

    @Override
    public String getName() {
      return entry.getName();
    }

    @Override
    public long getContentLength() {
      return entry.getSize();
    }

    @Override
    public long getLastModified() {
      return entry.getTime();
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return jar.getInputStream(entry);
    }
  }
}
