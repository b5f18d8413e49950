package org.fpm4j.config.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;

/**
 * Writes one changed directive to where its section was read from, after trying the configuration
 * it would make. Call it on the thread {@code fpm4j-config} only.
 */
final class SettingWriter {

  private final ConfigAdminReader reader;
  private final ConfigurationEvaluation evaluation;

  SettingWriter(ConfigAdminReader reader, ConfigurationEvaluation evaluation) {
    this.reader = reader;
    this.evaluation = evaluation;
  }

  /** As {@link org.fpm4j.config.ConfigurationEditor#set}; an empty value is a value. */
  void write(String pool, String key, Optional<String> value, Optional<Configuration> current)
      throws ChangeRefusedException {
    if (value.filter(text -> text.contains("${")).isPresent()) {
      throw new ChangeRefusedException(
          "File Install would replace the ${ in " + value.get() + ": write it into the file");
    }
    ConfigurationSources sources = reader.get();
    PidProperties pid = find(sources, pool);
    Map<String, Object> changed = new TreeMap<>(pid.properties());
    changed.remove(key);
    value.ifPresent(text -> changed.put(key, text));
    tryOut(sources, pid, changed, current);
    try {
      if (pid.file().isPresent()) {
        CfgFile.rewrite(pid.file().get(), key, value);
      } else {
        update(pid.source(), key, value);
      }
    } catch (IOException e) {
      throw new ChangeRefusedException("cannot write " + key + " to " + pid.source() + ": " + e, e);
    }
  }

  private static PidProperties find(ConfigurationSources sources, String pool)
      throws ChangeRefusedException {
    Scope scope = pool.isEmpty() ? Scope.GLOBAL : Scope.POOL;
    for (PidProperties pid : sources.pids()) {
      if (pid.scope() == scope && pid.pool().equals(pool)) {
        boolean text = pid.file().map(CfgFile::isOne).orElse(true);
        if (!text) {
          throw new ChangeRefusedException(
              pid.file().get() + " is not a .cfg file: change it there");
        }
        return pid;
      }
    }
    throw new ChangeRefusedException(
        (pool.isEmpty() ? "the global directives are" : "pool " + pool + " is")
            + " not defined in a .cfg file: change the php-fpm.conf");
  }

  private void tryOut(
      ConfigurationSources sources,
      PidProperties pid,
      Map<String, Object> changed,
      Optional<Configuration> current)
      throws ChangeRefusedException {
    List<PidProperties> pids = new ArrayList<>(sources.pids());
    pids.set(
        pids.indexOf(pid),
        new PidProperties(pid.scope(), pid.pool(), pid.source(), pid.file(), changed));
    ConfigurationSources tried =
        new ConfigurationSources(sources.phpFpmConf(), pids, sources.dropped(), sources.unread());
    List<Rejection> before = current.map(Configuration::rejections).orElse(List.of());
    for (Rejection rejection : evaluation.evaluate(tried, current).configuration().rejections()) {
      if (!before.contains(rejection)) {
        throw new ChangeRefusedException(rejection.text());
      }
    }
  }

  private void update(String pid, String key, Optional<String> value) throws IOException {
    org.osgi.service.cm.Configuration configuration =
        reader.configuration(pid).orElseThrow(() -> new IOException(pid + " is gone"));
    Dictionary<String, Object> properties = configuration.getProperties();
    if (value.isPresent()) {
      properties.put(key, value.get());
    } else {
      properties.remove(key);
    }
    configuration.update(properties);
  }
}
