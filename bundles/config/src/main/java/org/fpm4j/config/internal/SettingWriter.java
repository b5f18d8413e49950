package org.fpm4j.config.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.SettingPlace.Change;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.validation.Surroundings;

/**
 * Writes one changed directive to where its section was read from, after trying the configuration
 * it would make. Call it on the thread {@code fpm4j-config} only.
 */
final class SettingWriter {

  private final ConfigAdminReader reader;
  private final ConfigurationEvaluation evaluation;
  private final Surroundings surroundings;

  SettingWriter(ConfigAdminReader reader, Surroundings surroundings) {
    this.reader = reader;
    this.evaluation = new ConfigurationEvaluation(surroundings);
    this.surroundings = surroundings;
  }

  /** As {@link org.fpm4j.config.ConfigurationEditor#set}; an empty value is a value. */
  void write(String pool, String key, Optional<String> value, Optional<Configuration> current)
      throws ChangeRefusedException {
    ConfigurationSources sources = reader.get();
    try {
      Change change = find(sources, pool, key).change(key, value);
      tryOut(change.tried(), current);
      change.write().run();
    } catch (IOException e) {
      throw new ChangeRefusedException("cannot change " + key + ": " + e, e);
    }
  }

  /**
   * A pool is defined by the first place that has it, a global directive by the first in which it
   * is set; one that is set nowhere goes to the PID rather than to a php-fpm.conf.
   */
  private SettingPlace find(ConfigurationSources sources, String pool, String key)
      throws ChangeRefusedException {
    List<SettingPlace> places = places(sources, pool);
    if (places.isEmpty()) {
      throw new ChangeRefusedException(
          pool.isEmpty()
              ? "there is no file of global directives: write an org.fpm4j.master.cfg"
              : "pool " + pool + " is not configured");
    }
    if (!pool.isEmpty()) {
      return places.get(0);
    }
    return places.stream()
        .filter(place -> place.has(key))
        .findFirst()
        .or(() -> places.stream().filter(PidPlace.class::isInstance).findFirst())
        .orElse(places.get(0));
  }

  private List<SettingPlace> places(ConfigurationSources sources, String pool) {
    Scope scope = pool.isEmpty() ? Scope.GLOBAL : Scope.POOL;
    List<SettingPlace> places = new ArrayList<>();
    sources
        .phpFpmConf()
        .flatMap(file -> ConfPlace.of(sources, file, pool, surroundings))
        .ifPresent(places::add);
    for (PidProperties pid : sources.pids()) {
      if (pid.scope() == scope && pid.pool().equalsIgnoreCase(pool)) {
        places.add(new PidPlace(reader, sources, pid));
      }
    }
    for (String file : sources.dropped()) {
      ConfPlace.of(sources, file, pool, surroundings).ifPresent(places::add);
    }
    return places;
  }

  private void tryOut(ConfigurationSources tried, Optional<Configuration> current)
      throws ChangeRefusedException {
    List<Rejection> before =
        current.map(Configuration::rejections).orElse(List.of()).stream()
            .map(SettingWriter::withoutLine)
            .toList();
    for (Rejection rejection : evaluation.evaluate(tried, current).configuration().rejections()) {
      if (!before.contains(withoutLine(rejection))) {
        throw new ChangeRefusedException(rejection.text());
      }
    }
  }

  /** A line that was added or removed moves those behind it. */
  private static Rejection withoutLine(Rejection rejection) {
    return new Rejection(
        rejection.source(),
        -1,
        rejection.pool(),
        rejection.key(),
        rejection.value(),
        rejection.reason(),
        rejection.legal());
  }
}
