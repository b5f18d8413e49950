package org.fpm4j.config.internal.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.config.Directive;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.Rejection;

/**
 * Puts written directives into a section, with php-fpm's checks at this point and its messages. A
 * failure rejects the section and is reported; the caller goes on.
 */
final class SectionWriter {

  private static final String SUPPRESSED_PATHS = "access.suppress_path";

  private final Findings findings;

  SectionWriter(Findings findings) {
    this.findings = findings;
  }

  /** Sets a scalar. */
  void entry(DirectiveSet section, String name, String value, Origin from) {
    Optional<Directive> known =
        Directive.find(section.scope(), name).filter(directive -> !directive.isArray());
    if (known.isEmpty()) {
      unknown(section, name, value, "unknown entry '" + name + "'", from);
      return;
    }
    Directive directive = known.get();
    try {
      Object taken = section.set(directive, value, from);
      ValueSyntax.misreading(directive, value, taken)
          .ifPresent(
              misreading ->
                  findings.remark(
                      LogLevel.WARNING, at(from) + directive.name() + " = " + misreading));
    } catch (InvalidValueException e) {
      String line = "unable to parse value for entry '" + directive.name() + "': " + e.reason();
      reject(
          section,
          line,
          rejection(section, directive.name(), value, e.reason(), directive.legal(), from));
    }
  }

  /** Adds an entry to an array; checks in php-fpm's order. */
  void arrayEntry(DirectiveSet section, String name, String key, String value, Origin from) {
    String entry = name + "[" + key + "]";
    if (!hasLegalForm(section, name, key, value, from)) {
      return;
    }
    if (section.scope() == Scope.GLOBAL) {
      arrayRejection(section, entry, value, "Array are not allowed in the global section", from);
    } else if (Directive.find(Scope.POOL, name)
        .filter(d -> d.isArray() && d.arrayName().equals(name))
        .isEmpty()) {
      unknown(section, entry, value, "unknown directive '" + name + "'", from);
    } else if (name.equals("env") && value.isEmpty()) {
      arrayRejection(section, entry, value, "empty value", from);
    } else {
      addArrayEntry(section, name, key, value, from);
    }
  }

  private boolean hasLegalForm(
      DirectiveSet section, String name, String key, String value, Origin from) {
    List<String> reasons = new ArrayList<>();
    if (!name.equals(SUPPRESSED_PATHS)) {
      if (key.isEmpty()) {
        reasons.add("You must provide a key for field '" + name + "'");
      }
    } else {
      if (!key.isEmpty()) {
        reasons.add("Keys provided to field '" + name + "' are ignored");
      }
      if (!value.startsWith("/")) {
        reasons.add("Values provided to field '" + name + "' must begin with '/'");
      }
    }
    String entry = name + "[" + key + "]";
    reasons.forEach(reason -> arrayRejection(section, entry, value, reason, from));
    return reasons.isEmpty();
  }

  private void addArrayEntry(
      DirectiveSet section, String name, String key, String value, Origin from) {
    try {
      switch (name) {
        case SUPPRESSED_PATHS -> section.addSuppressedPath(value, from);
        case "php_flag" -> section.add("php_value", key, flag(value), from);
        case "php_admin_flag" -> section.add("php_admin_value", key, flag(value), from);
        default -> section.add(name, key, value, from);
      }
    } catch (InvalidValueException e) {
      String entry = name + "[" + key + "]";
      reject(
          section,
          "error while parsing '" + entry + "' : " + e.reason(),
          rejection(section, entry, value, e.reason(), "", from));
    }
  }

  private static String flag(String value) throws InvalidValueException {
    return ValueSyntax.bool(value) ? "1" : "0";
  }

  private void unknown(DirectiveSet section, String name, String value, String line, Origin from) {
    String nearest = NearestName.of(section.scope(), name);
    reject(
        section,
        line,
        rejection(section, name, value, line + ", the nearest is '" + nearest + "'", "", from));
  }

  private void arrayRejection(
      DirectiveSet section, String entry, String value, String reason, Origin from) {
    reject(section, reason, rejection(section, entry, value, reason, "", from));
  }

  /** Rejects a section for something that is no directive. */
  void reject(DirectiveSet section, String line, Origin from) {
    reject(section, line, rejection(section, "", "", line, "", from));
  }

  private void reject(DirectiveSet section, String line, Rejection rejection) {
    section.reject();
    findings.line(LogLevel.ERROR, at(new Origin(rejection.source(), rejection.line())) + line);
    findings.reject(rejection);
  }

  private static Rejection rejection(
      DirectiveSet section, String key, String value, String reason, String legal, Origin from) {
    return new Rejection(from.source(), from.line(), section.pool(), key, value, reason, legal);
  }

  private static String at(Origin from) {
    return "[" + from.source() + (from.line() > 0 ? ":" + from.line() : "") + "] ";
  }
}
