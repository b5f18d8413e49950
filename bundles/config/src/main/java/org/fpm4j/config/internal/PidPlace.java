package org.fpm4j.config.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;

/** A PID, which is written to the .cfg file it came from, or to Config Admin if there is none. */
record PidPlace(ConfigAdminReader reader, ConfigurationSources sources, PidProperties pid)
    implements SettingPlace {

  @Override
  public boolean has(String key) {
    return pid.properties().containsKey(key);
  }

  @Override
  public Change change(String key, Optional<String> value) throws ChangeRefusedException {
    if (pid.file().isPresent() && !CfgFile.isOne(pid.file().get())) {
      throw new ChangeRefusedException(pid.file().get() + " is not a .cfg file: change it there");
    }
    if (value.filter(text -> text.contains("${")).isPresent()) {
      throw new ChangeRefusedException(
          "File Install would replace the ${ in " + value.get() + ": write it into the file");
    }
    Map<String, Object> changed = new TreeMap<>(pid.properties());
    changed.remove(key);
    value.ifPresent(text -> changed.put(key, text));
    List<PidProperties> pids = new ArrayList<>(sources.pids());
    pids.set(
        pids.indexOf(pid),
        new PidProperties(pid.scope(), pid.pool(), pid.source(), pid.file(), changed));
    return new Change(sources.withPids(pids), () -> write(key, value));
  }

  private void write(String key, Optional<String> value) throws IOException {
    if (pid.file().isPresent()) {
      CfgFile.rewrite(pid.file().get(), key, value);
      return;
    }
    org.osgi.service.cm.Configuration configuration =
        reader
            .configuration(pid.source())
            .orElseThrow(() -> new IOException(pid.source() + " is gone"));
    Dictionary<String, Object> properties = configuration.getProperties();
    if (value.isPresent()) {
      properties.put(key, value.get());
    } else {
      properties.remove(key);
    }
    configuration.update(properties);
  }
}
