package org.fpm4j.config.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.ConfigurationSources.Unreadable;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.source.EtcDirectory.PidFile;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Finds what is configured now: in Config Admin, in the configuration directory, by {@code -y}. */
final class ConfigAdminReader implements Supplier<ConfigurationSources> {

  /** Where File Install notes the file a Configuration comes from. */
  static final String FILE_NAME = "felix.fileinstall.filename";

  private static final String OURS =
      "(|(service.pid=%s)(service.factoryPid=%s))"
          .formatted(EtcDirectory.MASTER_PID, EtcDirectory.POOL_PID);

  private final ConfigurationAdmin admin;
  private final Optional<String> phpFpmConf;
  private final Optional<Path> directory;

  /**
   * @param phpFpmConf the file named when the master was started
   * @param directory the directory File Install watches
   */
  ConfigAdminReader(
      ConfigurationAdmin admin, Optional<String> phpFpmConf, Optional<Path> directory) {
    this.admin = admin;
    this.phpFpmConf = phpFpmConf;
    this.directory = directory;
  }

  @Override
  public ConfigurationSources get() {
    List<PidProperties> pids = new ArrayList<>();
    for (Configuration configuration : configurations()) {
      Dictionary<String, Object> properties = configuration.getProperties();
      if (properties != null) {
        pids.add(properties(configuration, properties));
      }
    }
    pids.sort(Comparator.comparing(PidProperties::scope).thenComparing(PidProperties::pool));
    if (directory.isEmpty()) {
      return new ConfigurationSources(phpFpmConf, pids, List.of(), List.of());
    }
    Set<Path> read = new HashSet<>();
    pids.forEach(pid -> pid.file().ifPresent(read::add));
    Path etc = directory.get();
    try {
      EtcDirectory.Listing there = EtcDirectory.list(etc);
      return new ConfigurationSources(
          phpFpmConf,
          pids,
          there.phpFpmConfs(),
          there.pidFiles().stream()
              .filter(file -> !read.contains(file.file().toAbsolutePath().normalize()))
              .toList());
    } catch (IOException e) {
      return new ConfigurationSources(
          phpFpmConf, pids, List.of(), List.of(), Optional.of(new Unreadable(etc, e)), Map.of());
    }
  }

  /** The Configuration with this PID. */
  Optional<Configuration> configuration(String pid) {
    return configurations().stream().filter(c -> c.getPid().equals(pid)).findFirst();
  }

  private List<Configuration> configurations() {
    try {
      Configuration[] found = admin.listConfigurations(OURS);
      return found == null ? List.of() : List.of(found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PidProperties properties(
      Configuration configuration, Dictionary<String, Object> properties) {
    Map<String, Object> copy = new TreeMap<>();
    Collections.list(properties.keys()).forEach(key -> copy.put(key, properties.get(key)));
    Optional<Path> file = file(copy.get(FILE_NAME));
    boolean pool = EtcDirectory.POOL_PID.equals(configuration.getFactoryPid());
    return new PidProperties(
        pool ? Scope.POOL : Scope.GLOBAL,
        pool ? poolName(configuration.getPid(), file) : "",
        configuration.getPid(),
        file,
        copy);
  }

  private static String poolName(String pid, Optional<Path> file) {
    int instance = pid.indexOf('~');
    return file.flatMap(EtcDirectory::pidFile)
        .map(PidFile::pool)
        .orElse(
            instance < 0 ? pid.substring(pid.lastIndexOf('.') + 1) : pid.substring(instance + 1));
  }

  private static Optional<Path> file(Object name) {
    if (name == null) {
      return Optional.empty();
    }
    String text = name.toString();
    try {
      Path path = text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
      return Optional.of(path.toAbsolutePath().normalize());
    } catch (IllegalArgumentException | FileSystemNotFoundException ignored) {
      // messages name the PID then
      return Optional.empty();
    }
  }
}
