package org.fpm4j.config.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.validation.Accounts;
import org.fpm4j.config.internal.validation.Surroundings;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;

/** Evaluations of made-up sources on a made-up system, for tests. */
public final class Evaluations {

  /** The least a pool needs. */
  public static final Map<String, Object> MINIMAL =
      Map.of("listen", "9000", "pm", "static", "pm.max_children", "1");

  private final List<PidProperties> pids = new ArrayList<>();
  private Optional<String> conf = Optional.empty();
  private Privilege privilege = Privilege.USER;
  private Optional<Configuration> previous = Optional.empty();

  /** Users and groups are root, www-data and whatever the process has. */
  public static final class KnownAccounts implements Accounts {
    private static final List<String> NAMES = List.of("root", "www-data");

    @Override
    public boolean hasUser(String name) {
      return NAMES.contains(name);
    }

    @Override
    public boolean hasGroup(String name) {
      return NAMES.contains(name);
    }

    @Override
    public boolean isRoot(String user, String group) {
      return user.equals("root") || user.equals("0") || group.equals("root") || group.equals("0");
    }
  }

  /** A system where HOME is /home/x, relative paths begin with /, and PATH is the real one. */
  public static Surroundings surroundings(Privilege privilege) {
    return new Surroundings(
        "/", Map.of("HOME", "/home/x", "PATH", "/bin:/usr/bin"), new KnownAccounts(), privilege);
  }

  /** Adds the PID of a pool: the minimal directives, a program that exists, and these. */
  public Evaluations pool(String name, String... keysAndValues) {
    Map<String, Object> properties = new LinkedHashMap<>(MINIMAL);
    properties.put("program", "sh");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return pid(Scope.POOL, name, properties);
  }

  /** Adds the PID of the global directives. */
  public Evaluations master(String key, String value) {
    return pid(Scope.GLOBAL, "", Map.of(key, value));
  }

  /** Adds a PID as it is. */
  public Evaluations pid(Scope scope, String name, Map<String, Object> properties) {
    String pid = scope == Scope.GLOBAL ? "org.fpm4j.master" : "org.fpm4j.pool~" + name;
    pids.add(new PidProperties(scope, name, pid, Optional.empty(), properties));
    return this;
  }

  /** Names a php-fpm.conf. */
  public Evaluations conf(Path file) {
    conf = Optional.of(file.toString());
    return this;
  }

  /** Sets who the master is. */
  public Evaluations as(Privilege who) {
    privilege = who;
    return this;
  }

  /** Sets what was in force before. */
  public Evaluations after(Configuration before) {
    previous = Optional.of(before);
    return this;
  }

  /** Evaluates. */
  public Configuration get() {
    return new ConfigurationEvaluation(surroundings(privilege))
        .evaluate(new ConfigurationSources(conf, pids, List.of(), List.of()), previous)
        .configuration();
  }

  /** Settings of a pool with these directives, which must be legal. */
  public static PoolSettings settings(String... keysAndValues) {
    Configuration configuration = new Evaluations().pool("www", keysAndValues).get();
    if (!configuration.rejections().isEmpty()) {
      throw new AssertionError(configuration.rejections().get(0).text());
    }
    return configuration.pools().get("www");
  }
}
