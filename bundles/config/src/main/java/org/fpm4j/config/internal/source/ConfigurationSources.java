package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Directive.Scope;

/**
 * Everything a configuration is read from. A pool defined twice counts where it comes first here;
 * so does a global directive.
 *
 * @param phpFpmConf the php-fpm.conf named when the master was started
 * @param pids the configurations of Config Admin
 * @param dropped php-fpm.conf files found in the configuration directory
 * @param unread files File Install should have taken and has not
 * @param unreadable the configuration directory, if it could not be read: files may be missing
 * @param edited texts to be read in the place of .conf files, by path: a change that is tried out
 */
public record ConfigurationSources(
    Optional<String> phpFpmConf,
    List<PidProperties> pids,
    List<String> dropped,
    List<EtcDirectory.PidFile> unread,
    Optional<Unreadable> unreadable,
    Map<String, String> edited) {

  /** Copies the lists. */
  public ConfigurationSources {
    pids = List.copyOf(pids);
    dropped = List.copyOf(dropped);
    unread = List.copyOf(unread);
    edited = Map.copyOf(edited);
  }

  /** Sources that could all be read. */
  public ConfigurationSources(
      Optional<String> phpFpmConf,
      List<PidProperties> pids,
      List<String> dropped,
      List<EtcDirectory.PidFile> unread) {
    this(phpFpmConf, pids, dropped, unread, Optional.empty(), Map.of());
  }

  /** The same with other properties of the PIDs. */
  public ConfigurationSources withPids(List<PidProperties> others) {
    return new ConfigurationSources(phpFpmConf, others, dropped, unread, unreadable, edited);
  }

  /** The same with texts in the place of .conf files. */
  public ConfigurationSources withEdited(Map<String, String> texts) {
    return new ConfigurationSources(phpFpmConf, pids, dropped, unread, unreadable, texts);
  }

  /** A directory that is there and could not be read, and why. */
  public record Unreadable(Path directory, IOException reason) {}

  /**
   * One PID's properties.
   *
   * @param pool the pool's name, empty text for the global directives
   * @param source the PID
   * @param file the file they were read from, if known
   * @param properties as Config Admin has them; iteration order is the order of reading
   */
  public record PidProperties(
      Scope scope,
      String pool,
      String source,
      Optional<Path> file,
      Map<String, Object> properties) {}
}
