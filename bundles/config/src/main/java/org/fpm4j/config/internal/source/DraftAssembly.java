package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.ConfigurationSources.Unreadable;
import org.fpm4j.config.internal.source.EtcDirectory.PidFile;
import org.fpm4j.config.internal.source.PhpFpmConfReader.AfterError;

/** Reads all sources and puts them together to one draft. Confined to one thread. */
public final class DraftAssembly {

  private final String prefix;
  private final Map<String, String> environment;
  private final Findings findings;
  private final PidReader pidReader;

  /**
   * @param prefix base of relative includes
   * @param environment the master's
   */
  public DraftAssembly(String prefix, Map<String, String> environment, Findings findings) {
    this.prefix = prefix;
    this.environment = environment;
    this.findings = findings;
    this.pidReader = new PidReader(findings);
  }

  /** Reads the sources; failures are in the findings and in rejected sections. */
  public ConfigurationDraft assemble(ConfigurationSources sources) {
    ConfigurationDraft total = new ConfigurationDraft();
    sources.phpFpmConf().ifPresent(file -> merge(total, conf(file, sources.edited())));
    for (PidProperties pid : sources.pids()) {
      merge(total, pid(pid));
    }
    for (PidFile file : sources.unread()) {
      merge(total, unread(file));
    }
    Set<String> known = new TreeSet<>(total.files());
    List<ConfigurationDraft> dropped = new ArrayList<>();
    for (String file : sources.dropped()) {
      ConfigurationDraft draft =
          known.contains(file) ? new ConfigurationDraft() : conf(file, sources.edited());
      known.addAll(draft.files());
      dropped.add(draft);
    }
    dropped.forEach(draft -> merge(total, draft));
    sources.unreadable().ifPresent(directory -> rejectUnreadable(total, directory));
    return total;
  }

  private void rejectUnreadable(ConfigurationDraft total, Unreadable directory) {
    String path = directory.directory().toString();
    String reason =
        "failed to open configuration directory '%s': %s"
            .formatted(path, FileError.text(directory.reason()));
    total.markIncomplete();
    findings.reject(new Rejection(path, -1, Optional.empty(), "", "", reason, ""));
  }

  /** The properties of a .cfg file, as File Install would hand them to Config Admin. */
  public static PidProperties properties(PidFile file) throws IOException {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (PropertiesText.Entry entry : text(file.file()).entries()) {
      properties.put(entry.key(), entry.value());
    }
    return new PidProperties(
        file.scope(), file.pool(), file.file().toString(), Optional.of(file.file()), properties);
  }

  private static PropertiesText text(Path file) throws IOException {
    return PropertiesText.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }

  private ConfigurationDraft conf(String file, Map<String, String> edited) {
    ConfigurationDraft draft = new ConfigurationDraft();
    new PhpFpmConfReader(prefix, environment, AfterError.CONTINUE, findings, draft)
        .with(edited)
        .read(file);
    return draft;
  }

  private ConfigurationDraft pid(PidProperties pid) {
    ConfigurationDraft draft = new ConfigurationDraft();
    String source = pid.file().map(Path::toString).orElse(pid.source());
    DirectiveSet section = section(draft, pid.scope(), pid.pool(), new Origin(source, -1));
    Map<String, Integer> lines = pid.file().map(DraftAssembly::lines).orElse(Map.of());
    pid.properties()
        .forEach(
            (key, value) ->
                pidReader.read(
                    section, key, value, new Origin(source, lines.getOrDefault(key, -1))));
    pid.file().ifPresent(file -> rejectCollision(section, file));
    return draft;
  }

  private void rejectCollision(DirectiveSet section, Path file) {
    try {
      PidReader.collision(text(file))
          .ifPresent(
              two ->
                  pidReader.rejectCollision(
                      section,
                      two.getKey(),
                      two.getValue().key(),
                      new Origin(file.toString(), two.getValue().line())));
    } catch (IOException ignored) {
      // gone since; its Configuration goes next
    }
  }

  private ConfigurationDraft unread(PidFile file) {
    ConfigurationDraft draft = new ConfigurationDraft();
    Origin origin = new Origin(file.file().toString(), -1);
    DirectiveSet section = section(draft, file.scope(), file.pool(), origin);
    if (file.isProperties()) {
      rejectCollision(section, file.file());
    }
    if (!section.isRejected()) {
      pidReader.rejectUnread(section, "File Install could not take this file", origin);
    }
    return draft;
  }

  private static DirectiveSet section(
      ConfigurationDraft draft, Scope scope, String pool, Origin origin) {
    return scope == Scope.GLOBAL
        ? draft.global()
        : draft.addPool(new DirectiveSet(Scope.POOL, pool, origin));
  }

  private static Map<String, Integer> lines(Path file) {
    Map<String, Integer> lines = new LinkedHashMap<>();
    try {
      for (PropertiesText.Entry entry : text(file).entries()) {
        lines.put(entry.key(), entry.line());
      }
    } catch (IOException ignored) {
      // messages then name the file without a line
    }
    return lines;
  }

  private void merge(ConfigurationDraft total, ConfigurationDraft next) {
    total.global().inherit(next.global());
    next.files().forEach(total::addFile);
    next.includes().forEach(total::addInclude);
    if (next.isIncomplete()) {
      total.markIncomplete();
    }
    for (DirectiveSet pool : next.pools()) {
      DirectiveSet known = total.addPool(pool);
      if (known != pool) {
        Origin at = pool.origin("");
        String reason = "the pool is already defined in " + known.origin("").source();
        findings.reject(new Rejection(at.source(), at.line(), pool.pool(), "", "", reason, ""));
      }
    }
  }
}
