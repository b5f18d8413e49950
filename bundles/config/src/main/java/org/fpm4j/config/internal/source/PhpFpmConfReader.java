package org.fpm4j.config.internal.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.Rejection;
import org.fpm4j.config.internal.ini.IniLine;
import org.fpm4j.config.internal.ini.IniLineParser;
import org.fpm4j.config.internal.ini.IniStatement;
import org.fpm4j.config.internal.ini.IniStatement.ArrayEntry;
import org.fpm4j.config.internal.ini.IniStatement.BareName;
import org.fpm4j.config.internal.ini.IniStatement.Entry;
import org.fpm4j.config.internal.ini.IniStatement.Section;

/**
 * Reads a php-fpm.conf with its includes, line by line like php-fpm: each physical line is parsed
 * alone, the current section lasts across files in both directions, and an include is read after
 * the line it stands on.
 *
 * <p>php-fpm gives up at the first bad line. For the master that would cost every pool, so by
 * choice reading goes on: the section the line belongs to is rejected, and where pools may have
 * been lost the draft is marked incomplete. Line numbers are the true ones; php-fpm's are off after
 * an include. Confined to one thread.
 */
public final class PhpFpmConfReader {

  /** What to do after a bad line. */
  public enum AfterError {
    /** Stop, as php-fpm. */
    STOP,
    /** Reject the section and go on. */
    CONTINUE
  }

  private static final int MOST_LEVELS = 5;

  private final String prefix;
  private final Map<String, String> environment;
  private final AfterError afterError;
  private final Findings findings;
  private final SectionWriter writer;
  private final ConfigurationDraft draft;
  private final ConfOutline outline = new ConfOutline();
  private final Map<String, String> edited = new HashMap<>();
  private boolean outlined;
  private DirectiveSet section;
  private Optional<String> include = Optional.empty();
  private boolean failed;

  /**
   * @param prefix base of relative includes, absolute
   * @param environment what <code>${NAME}</code> is replaced from
   * @param draft where the sections go; may hold some already
   */
  public PhpFpmConfReader(
      String prefix,
      Map<String, String> environment,
      AfterError afterError,
      Findings findings,
      ConfigurationDraft draft) {
    this.prefix = prefix;
    this.environment = environment;
    this.afterError = afterError;
    this.findings = findings;
    this.writer = new SectionWriter(findings);
    this.draft = draft;
    this.section = draft.global();
  }

  /** Puts texts in the place of files, by path, to try them out. */
  public PhpFpmConfReader with(Map<String, String> texts) {
    edited.putAll(texts);
    return this;
  }

  /** Reads the main file, always to its end, and tells which line says what. */
  public ConfOutline outline(String file) {
    outlined = true;
    read(file);
    return outline;
  }

  /**
   * Reads the main file.
   *
   * @return false if reading stopped at an error; with {@link AfterError#CONTINUE} always true
   */
  public boolean read(String file) {
    if (load(file, new Origin(file, -1), 1)) {
      return true;
    }
    findings.line(LogLevel.ERROR, "failed to load configuration file '" + file + "'");
    return false;
  }

  private boolean load(String file, Origin from, int level) {
    if (level > MOST_LEVELS) {
      return lost(from, "failed to include more than " + MOST_LEVELS + " files recursively");
    }
    draft.addFile(file);
    String text;
    try {
      text =
          edited.containsKey(file)
              ? edited.get(file)
              : new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return lost(from, "failed to open configuration file '" + file + "': " + FileError.text(e));
    } catch (InvalidPathException e) {
      return lost(from, "failed to open configuration file '" + file + "': " + e.getReason());
    }
    int number = 0;
    for (String line : text.split("\n", -1)) {
      if (!line(line, new Origin(file, ++number), level)) {
        return false;
      }
    }
    return true;
  }

  private boolean line(String text, Origin at, int level) {
    DirectiveSet begin = section;
    int index = outline.size();
    failed = false;
    include = Optional.empty();
    int before = findings.rejections().size();
    IniLine line = IniLineParser.parse(text, name -> environment.getOrDefault(name, ""));
    for (IniStatement statement : line.statements()) {
      if (findings.rejections().size() == before) {
        apply(statement, at);
      }
    }
    line.syntaxError().ifPresent(error -> syntaxError(text, line, error, at));
    failed |= findings.rejections().size() > before;
    if (failed && afterError == AfterError.STOP) {
      return false;
    }
    boolean goOn = include.isEmpty() || include(include.get(), at, level);
    if (outlined) {
      outline.add(index, new ConfOutline.Line(at, begin, section, line.statements()));
    }
    return goOn;
  }

  private void syntaxError(String text, IniLine line, String error, Origin at) {
    findings.bareLine("PHP:  " + error + " in Unknown on line " + line.errorLine());
    findings.reject(
        new Rejection(at.source(), at.line(), section.pool(), "", text.strip(), error, ""));
    section.reject();
    failed = true;
    if (text.stripLeading().startsWith("[")) {
      // Whose directives follow is anybody's guess: not the section's before.
      draft.markIncomplete();
      section = new DirectiveSet(Scope.POOL, "", at);
    }
  }

  private void apply(IniStatement statement, Origin at) {
    if (statement instanceof Section named) {
      section = section(named.name(), at);
    } else if (statement instanceof BareName) {
      writer.reject(section, "value is NULL for a ZEND_INI_PARSER_ENTRY", at);
    } else if (statement instanceof Entry entry && entry.name().equals("include")) {
      if (include.isPresent()) {
        writer.reject(section, "two includes at the same time !", at);
      } else {
        include = Optional.of(entry.value());
      }
    } else if (statement instanceof Entry entry) {
      writer.entry(section, entry.name(), entry.value(), at);
    } else if (statement instanceof ArrayEntry entry) {
      writer.arrayEntry(section, entry.name(), entry.key(), entry.value(), at);
    }
  }

  private DirectiveSet section(String name, Origin at) {
    return name.equalsIgnoreCase("global")
        ? draft.global()
        : draft.addPool(new DirectiveSet(Scope.POOL, name, at));
  }

  private boolean include(String written, Origin at, int level) {
    String pattern = written.startsWith("/") ? written : prefix + "/" + written;
    String where = " from " + at.source() + " at line " + at.line();
    draft.addInclude(pattern);
    List<String> matches;
    try {
      matches = Glob.expand(pattern);
    } catch (IOException | InvalidPathException e) {
      return lost(at, "Unable to globalize '" + pattern + "' (ret=2)" + where + ".");
    }
    if (matches.isEmpty()) {
      findings.remark(
          LogLevel.WARNING, "Nothing matches the include pattern '" + pattern + "'" + where + ".");
    }
    for (String file : matches) {
      if (!Files.isDirectory(Path.of(file)) && !load(file, at, level + 1)) {
        findings.line(LogLevel.ERROR, "Unable to include " + file + where);
        return false;
      }
    }
    return true;
  }

  /** Reports that files, and so perhaps pools, are missing. */
  private boolean lost(Origin from, String reason) {
    draft.markIncomplete();
    findings.line(LogLevel.ERROR, reason);
    findings.reject(
        new Rejection(from.source(), from.line(), Optional.empty(), "", "", reason, ""));
    return afterError == AfterError.CONTINUE;
  }
}
