package org.fpm4j.config.internal;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.source.ConfigurationDraft;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.DraftAssembly;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.Origin;
import org.fpm4j.config.internal.validation.ConfigurationValidation;
import org.fpm4j.config.internal.validation.Surroundings;

/**
 * Makes a configuration of its sources. What is rejected keeps its last good settings, and where
 * sources could not be read, pools that are not seen are kept, too. Thread-safe: has no state.
 */
public final class ConfigurationEvaluation {

  private final Surroundings surroundings;

  /** Checks against these surroundings. */
  public ConfigurationEvaluation(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * A configuration with what it was read from.
   *
   * @param draft the sections, for their origins and what to watch
   */
  public record Evaluated(Configuration configuration, ConfigurationDraft draft) {}

  /** Reads and checks everything. */
  public Evaluated evaluate(ConfigurationSources sources, Optional<Configuration> previous) {
    Findings findings = new Findings();
    ConfigurationDraft draft =
        new DraftAssembly(surroundings.prefix(), surroundings.environment(), findings)
            .assemble(sources);
    ConfigurationValidation validation = new ConfigurationValidation(surroundings, findings);
    MasterSettings master = master(validation, draft.global(), previous);
    TreeMap<String, PoolSettings> pools =
        new TreeMap<>(validation.settings(validation.checkPools(draft)));
    previous.ifPresent(last -> keepLastGood(pools, last, draft, findings));
    Configuration configuration =
        new Configuration(
            master, pools, findings.rejections(), findings.notices(), draft.isIncomplete());
    return new Evaluated(configuration, draft);
  }

  private static MasterSettings master(
      ConfigurationValidation validation, DirectiveSet global, Optional<Configuration> previous) {
    if (validation.checkMaster(global)) {
      validation.remarkOnRun(global);
      return validation.masterSettings(global);
    }
    return previous
        .map(Configuration::master)
        .orElseGet(
            () -> validation.masterSettings(new DirectiveSet(Scope.GLOBAL, "", Origin.DEFAULT)));
  }

  private static void keepLastGood(
      Map<String, PoolSettings> pools,
      Configuration last,
      ConfigurationDraft draft,
      Findings findings) {
    Map<String, PoolSettings> good = last.pools();
    for (Rejection rejection : findings.rejections()) {
      rejection
          .pool()
          .map(good::get)
          .ifPresent(settings -> pools.putIfAbsent(settings.name(), settings));
    }
    if (draft.isIncomplete()) {
      good.forEach(pools::putIfAbsent);
    }
  }
}
