package org.fpm4j.config.internal.validation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.fpm4j.config.Directive;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.source.ConfigurationDraft;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.Origin;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;

/**
 * Checks a whole draft, in php-fpm's order, and makes settings of what passed. Of each pool the
 * first failure counts, and costs nobody else anything. Confined to one thread.
 */
public final class ConfigurationValidation {

  /** One step of checking a pool. */
  @FunctionalInterface
  private interface Step {
    void check(DirectiveSet pool) throws RefusedException;
  }

  private final Surroundings surroundings;
  private final Findings findings;
  private final RelativePaths paths;
  private final PoolChecks poolChecks;
  private final AccountChecks accountChecks;

  /** Failures and remarks go to {@code findings}. */
  public ConfigurationValidation(Surroundings surroundings, Findings findings) {
    this.surroundings = surroundings;
    this.findings = findings;
    this.paths = new RelativePaths(surroundings.prefix());
    this.poolChecks = new PoolChecks(paths, surroundings.master(), findings);
    this.accountChecks = new AccountChecks(surroundings.accounts(), findings);
  }

  /** Checks the global directives; resolves paths in them. False if they are rejected. */
  public boolean checkMaster(DirectiveSet global) {
    return !global.isRejected()
        && passes(global, section -> new MasterChecks(paths).check(section));
  }

  /** Remarks on global directives that only a starting master makes. */
  public void remarkOnRun(DirectiveSet global) {
    if (surroundings.master() == Privilege.USER && MasterChecks.hasPriority(global)) {
      findings.remark(
          LogLevel.NOTICE,
          "'process.priority' directive is ignored when FPM is not running as root");
    }
  }

  /** The settings of global directives that passed. */
  public MasterSettings masterSettings(DirectiveSet global) {
    return new SettingsAssembly(paths, surroundings.environment()).master(global);
  }

  /** Checks all pools that could be read; returns those that pass, paths resolved, in order. */
  public List<DirectiveSet> checkPools(ConfigurationDraft draft) {
    List<DirectiveSet> pools = new ArrayList<>(draft.pools());
    pools.removeIf(DirectiveSet::isRejected);
    retain(pools, pool -> poolChecks.check(pool, draft.global()));
    checkAddressesDiffer(pools);
    retain(pools, poolChecks::checkAccess);
    retain(pools, new PoolSanity(paths, surroundings.environment(), findings)::check);
    return pools;
  }

  /** Looks up users and groups as {@code -t} does; returns those that pass. */
  public List<DirectiveSet> checkNames(List<DirectiveSet> pools) {
    List<DirectiveSet> passed = new ArrayList<>(pools);
    retain(passed, accountChecks::checkNames);
    return passed;
  }

  /** Looks up users and groups as a starting master does, and makes settings of what passes. */
  public SortedMap<String, PoolSettings> settings(List<DirectiveSet> pools) {
    List<DirectiveSet> passed = new ArrayList<>(pools);
    retain(passed, pool -> accountChecks.checkForRun(pool, surroundings.master()));
    SettingsAssembly assembly = new SettingsAssembly(paths, surroundings.environment());
    SortedMap<String, PoolSettings> settings = new TreeMap<>();
    for (DirectiveSet pool : passed) {
      settings.put(pool.name(), assembly.pool(pool));
    }
    return settings;
  }

  private void checkAddressesDiffer(List<DirectiveSet> pools) {
    Map<String, String> users = new HashMap<>();
    retain(pools, pool -> claim(users, "listen", pool.text("listen"), pool.name()));
    retain(
        pools,
        pool -> {
          if (pool.isSet("pm.status_listen")) {
            String address = pool.text("pm.status_listen");
            claim(
                users,
                "pm.status_listen",
                SocketAddressText.isUnix(address) ? paths.absolute(address) : address,
                pool.name() + "_status");
          }
        });
  }

  private static void claim(
      Map<String, String> users, String directive, String address, String user)
      throws RefusedException {
    String other = users.putIfAbsent(address, user);
    if (other != null) {
      throw RefusedException.withoutPool(
          LogLevel.ERROR,
          directive,
          "[pool %s] unable to set listen address as it's already used in another pool '%s'"
              .formatted(user, other));
    }
  }

  private void retain(List<DirectiveSet> pools, Step step) {
    pools.removeIf(pool -> !passes(pool, step));
  }

  private boolean passes(DirectiveSet section, Step step) {
    try {
      step.check(section);
      return true;
    } catch (RefusedException e) {
      findings.line(e.level(), e.line(section.pool()));
      findings.reject(rejection(section, e));
      return false;
    }
  }

  private static Rejection rejection(DirectiveSet section, RefusedException e) {
    Origin origin = section.origin(e.directive());
    Optional<Directive> directive = Directive.find(section.scope(), e.directive());
    return new Rejection(
        origin.source(),
        origin.line(),
        section.pool(),
        e.directive(),
        section.written(e.directive()),
        e.text(),
        directive.map(Directive::legal).orElse(""));
  }
}
