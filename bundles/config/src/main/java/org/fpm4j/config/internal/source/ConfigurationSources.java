package org.fpm4j.config.internal.source;

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
 */
public record ConfigurationSources(
    Optional<String> phpFpmConf,
    List<PidProperties> pids,
    List<String> dropped,
    List<EtcDirectory.PidFile> unread) {

  /** Copies the lists. */
  public ConfigurationSources {
    pids = List.copyOf(pids);
    dropped = List.copyOf(dropped);
    unread = List.copyOf(unread);
  }

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
