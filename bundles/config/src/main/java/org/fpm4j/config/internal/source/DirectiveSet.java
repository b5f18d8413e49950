package org.fpm4j.config.internal.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Scope;

/**
 * The directives of one section as written: typed, each with its origin, not yet checked against
 * one another. Validation puts resolved values in their place. Confined to one thread.
 */
public final class DirectiveSet {

  private static final String POOL_VARIABLE = "$pool";

  private final Scope scope;
  private final String name;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, String> written = new HashMap<>();
  private final Map<String, Origin> origins = new HashMap<>();
  // Like php-fpm, new entries go to the front: what is applied last, and wins, was written first.
  private final Map<String, Deque<KeyedValue>> maps = new HashMap<>();
  private final List<String> suppressedPaths = new ArrayList<>();
  private final Origin origin;
  private boolean rejected;

  /**
   * @param name the pool's name, empty for the global directives
   * @param origin where the section begins
   */
  public DirectiveSet(Scope scope, String name, Origin origin) {
    this.scope = scope;
    this.name = name;
    this.origin = origin;
  }

  /** Which directives these are. */
  public Scope scope() {
    return scope;
  }

  /** The pool's name, empty for the global directives. */
  public String name() {
    return name;
  }

  /** The pool, if it is one. */
  public Optional<String> pool() {
    return scope == Scope.POOL ? Optional.of(name) : Optional.empty();
  }

  /** Whether something in it could not be read: then it is not to be used. */
  public boolean isRejected() {
    return rejected;
  }

  void reject() {
    rejected = true;
  }

  /** Sets a scalar; a later value replaces an earlier one. Returns the value as it was taken. */
  Object set(Directive directive, String text, Origin from) throws InvalidValueException {
    Object value = ValueSyntax.read(directive, text);
    if (value instanceof String string) {
      value = expandPool(string);
    }
    values.put(directive.name(), value);
    written.put(directive.name(), text);
    origins.put(directive.name(), from);
    return value;
  }

  /** Adds to {@code env}, {@code php_value} or {@code php_admin_value}. */
  void add(String array, String key, String value, Origin from) throws InvalidValueException {
    maps.computeIfAbsent(array, a -> new ArrayDeque<>())
        .addFirst(new KeyedValue(key, expandPool(value)));
    remember(array, key, value, from);
  }

  /** Adds to {@code access.suppress_path}. */
  void addSuppressedPath(String path, Origin from) throws InvalidValueException {
    suppressedPaths.add(0, expandPool(path));
    remember("access.suppress_path", "", path, from);
  }

  private void remember(String array, String key, String value, Origin from) {
    String entry = array + "[" + key + "]";
    written.putIfAbsent(entry, value);
    origins.putIfAbsent(entry, from);
  }

  private String expandPool(String text) throws InvalidValueException {
    if (!text.contains(POOL_VARIABLE)) {
      return text;
    }
    // A name that holds the variable itself would never be done with in php-fpm.
    if (scope == Scope.GLOBAL || name.contains(POOL_VARIABLE)) {
      throw new InvalidValueException("Can't use '$pool' when the pool is not defined");
    }
    return text.replace(POOL_VARIABLE, name);
  }

  /** Takes scalars from another section that are not set here; its rejection too. */
  void inherit(DirectiveSet other) {
    for (String directive : other.values.keySet()) {
      if (!values.containsKey(directive)) {
        values.put(directive, other.value(directive));
        written.put(directive, other.written(directive));
        origins.put(directive, other.origin(directive));
      }
    }
    rejected |= other.rejected;
  }

  /** Puts a resolved value in the place of the written one. */
  public void resolve(String directive, Object value) {
    values.put(directive, value);
  }

  /** Forgets a scalar. */
  public void unset(String directive) {
    values.remove(directive);
  }

  /** Puts resolved entries in the place of the written ones, in the order to be applied. */
  public void resolve(String array, Collection<KeyedValue> entries) {
    maps.put(array, new ArrayDeque<>(entries));
  }

  /** Whether the scalar was written or resolved. */
  public boolean isSet(String directive) {
    return values.containsKey(directive);
  }

  /** A text; empty if unset. */
  public String text(String directive) {
    return (String) value(directive);
  }

  /** A text that is neither unset nor empty. */
  public Optional<String> nonEmpty(String directive) {
    String text = isSet(directive) ? text(directive) : "";
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** A number, or a duration in seconds; the directive's default if unset. */
  public int number(String directive) {
    return (Integer) value(directive);
  }

  /** A size in bytes; the directive's default if unset. */
  public long bytes(String directive) {
    return (Long) value(directive);
  }

  /** A boolean; the directive's default if unset. */
  public boolean flag(String directive) {
    return (Boolean) value(directive);
  }

  /** Any value; the directive's default if unset. */
  public Object value(String directive) {
    Object value = values.get(directive);
    return value != null
        ? value
        : ValueSyntax.unset(Directive.find(scope, directive).orElseThrow());
  }

  /**
   * The entries of {@code env}, {@code php_value} or {@code php_admin_value}, first applied first.
   */
  public List<KeyedValue> entries(String array) {
    return List.copyOf(maps.getOrDefault(array, new ArrayDeque<>()));
  }

  /** The entries of {@code access.suppress_path[]}, the last one written first. */
  public List<String> suppressedPaths() {
    return Collections.unmodifiableList(suppressedPaths);
  }

  /** Where the directive, or array entry such as {@code env[HOME]}, was written. */
  public Origin origin(String directive) {
    return origins.getOrDefault(directive, origin);
  }

  /** The directive's text as written; empty if unset. */
  public String written(String directive) {
    return written.getOrDefault(directive, "");
  }
}
