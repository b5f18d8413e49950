package org.fpm4j.config.internal.source;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fpm4j.config.Directive.Scope;

/**
 * All sections that were read, before validation: the global one, and the pools in the order they
 * were met. The case of pool names does not matter; the first spelling is kept. Confined to one
 * thread.
 */
public final class ConfigurationDraft {

  private final DirectiveSet global = new DirectiveSet(Scope.GLOBAL, "", Origin.DEFAULT);
  private final Map<String, DirectiveSet> pools = new LinkedHashMap<>();
  private final Set<String> files = new TreeSet<>();
  private final Set<String> includes = new TreeSet<>();
  private boolean incomplete;

  /** The global directives. */
  public DirectiveSet global() {
    return global;
  }

  /** The pools in order. */
  public Collection<DirectiveSet> pools() {
    return Collections.unmodifiableCollection(pools.values());
  }

  /** The pool of that name, if there is one already. */
  public Optional<DirectiveSet> pool(String name) {
    return Optional.ofNullable(pools.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Adds a pool unless there is one of that name; returns the one there is. */
  public DirectiveSet addPool(DirectiveSet pool) {
    DirectiveSet known = pools.putIfAbsent(pool.name().toLowerCase(Locale.ROOT), pool);
    return known != null ? known : pool;
  }

  /** The files that were read or tried. */
  public Set<String> files() {
    return Collections.unmodifiableSet(files);
  }

  /** The include patterns met, absolute. */
  public Set<String> includes() {
    return Collections.unmodifiableSet(includes);
  }

  /** Whether something could not be read, so that pools may be missing. */
  public boolean isIncomplete() {
    return incomplete;
  }

  void addFile(String file) {
    files.add(file);
  }

  void addInclude(String pattern) {
    includes.add(pattern);
  }

  /** Notes that pools may be missing. */
  public void markIncomplete() {
    incomplete = true;
  }
}
