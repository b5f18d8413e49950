package org.fpm4j.config.check;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.LogSettings;
import org.fpm4j.config.internal.source.ConfigurationDraft;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.DraftAssembly;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.source.EtcDirectory.PidFile;
import org.fpm4j.config.internal.source.FileError;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.PhpFpmConfReader;
import org.fpm4j.config.internal.source.PhpFpmConfReader.AfterError;
import org.fpm4j.config.internal.validation.ConfigurationValidation;
import org.fpm4j.config.internal.validation.DirectiveDump;
import org.fpm4j.config.internal.validation.Surroundings;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.fpm4j.config.internal.validation.SystemAccounts;

/**
 * The check of a configuration without a master, php-fpm's {@code -t} and {@code -tt}: its lines
 * and its exit codes. Needs nothing but this bundle's classes on the class path.
 *
 * <p>Nothing is created or opened; php-fpm creates log files here. Where php-fpm stops at the first
 * pool that fails, the others are still checked and their failures printed.
 */
public final class ConfigurationCheck {

  /** The configuration is good. */
  public static final int OK = 0;

  /** The command line is not understood. */
  public static final int USAGE = 64;

  /** The configuration would be rejected, in part or whole. */
  public static final int REJECTED = 78;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss", Locale.ENGLISH);
  private static final String USAGE_TEXT =
      """
      Usage: fpm4j check [-tt] [-R] [-p PREFIX] [-y FILE | --etc DIRECTORY]
        -tt         also print every directive as it would be taken
        -R          pools may run as root
        -p PREFIX   base of relative paths
        -y FILE     a php-fpm.conf
        --etc DIR   a directory of org.fpm4j.*.cfg and *.conf files
      """;

  private static final Set<String> WITH_VALUE = Set.of("-p", "-y", "--etc");
  private static final Set<String> FLAGS = Set.of("-t", "-tt", "-R");

  private final PrintStream err;
  private final Surroundings surroundings;
  private final boolean dump;
  private LogLevel leastShown = LogLevel.NOTICE;
  private boolean syslog;

  private ConfigurationCheck(PrintStream err, Surroundings surroundings, boolean dump) {
    this.err = err;
    this.surroundings = surroundings;
    this.dump = dump;
  }

  /**
   * Checks what the arguments name and prints the result to standard error.
   *
   * @param args {@code -t} (ignored), {@code -tt}, {@code -R}, {@code -p PREFIX}, and {@code -y
   *     FILE} or {@code --etc DIRECTORY}; by default the etc directory of the system property
   *     {@code org.fpm4j.home}, which also is the default prefix
   * @return {@link #OK}, {@link #USAGE} or {@link #REJECTED}
   */
  public static int run(String... args) {
    String home = Path.of(System.getProperty("org.fpm4j.home", "")).toAbsolutePath().toString();
    return run(List.of(args), home, System.getenv(), System.err);
  }

  static int run(List<String> args, String home, Map<String, String> environment, PrintStream err) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.size(); i++) {
      String option = args.get(i);
      boolean hasValue = WITH_VALUE.contains(option);
      if (!(hasValue ? i + 1 < args.size() : FLAGS.contains(option))) {
        err.print(USAGE_TEXT);
        return USAGE;
      }
      options.put(option, hasValue ? args.get(++i) : "");
    }
    Surroundings surroundings =
        new Surroundings(
            options.getOrDefault("-p", home),
            environment,
            new SystemAccounts(),
            options.containsKey("-R") ? Privilege.ROOT_ALLOWED : ownPrivilege());
    ConfigurationCheck check =
        new ConfigurationCheck(err, surroundings, options.containsKey("-tt"));
    String conf = options.get("-y");
    return conf != null
        ? check.phpFpmConf(conf)
        : check.directory(Path.of(options.getOrDefault("--etc", home + "/etc")));
  }

  private static Privilege ownPrivilege() {
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return uid.equals(0) ? Privilege.ROOT : Privilege.USER;
    } catch (IOException | UnsupportedOperationException e) {
      return Privilege.USER;
    }
  }

  private int phpFpmConf(String file) {
    Findings findings = new Findings();
    ConfigurationDraft draft = new ConfigurationDraft();
    PhpFpmConfReader reader =
        new PhpFpmConfReader(
            surroundings.prefix(), surroundings.environment(), AfterError.STOP, findings, draft);
    boolean read = reader.read(file);
    print(findings);
    return read ? validate(draft, file) : failed();
  }

  private int directory(Path directory) {
    Findings findings = new Findings();
    List<PidProperties> pids = new ArrayList<>();
    EtcDirectory.Listing there;
    try {
      there = EtcDirectory.list(directory);
    } catch (IOException e) {
      return unreadable(findings, directory, e);
    }
    for (PidFile file : there.pidFiles()) {
      if (!file.isProperties()) {
        findings.remark(
            LogLevel.WARNING, file.file() + " is not checked: only a master reads this format");
        continue;
      }
      try {
        pids.add(DraftAssembly.properties(file));
      } catch (IOException e) {
        return unreadable(findings, file.file(), e);
      }
    }
    ConfigurationDraft draft =
        new DraftAssembly(surroundings.prefix(), surroundings.environment(), findings)
            .assemble(
                new ConfigurationSources(Optional.empty(), pids, there.phpFpmConfs(), List.of()));
    print(findings);
    if (findings.rejections().isEmpty()) {
      return validate(draft, directory.toString());
    }
    print(LogLevel.ERROR, "failed to load configuration directory '" + directory + "'");
    return failed();
  }

  private int unreadable(Findings findings, Path path, IOException e) {
    findings.line(LogLevel.ERROR, "failed to open " + path + ": " + FileError.text(e));
    print(findings);
    return failed();
  }

  private int validate(ConfigurationDraft draft, String source) {
    Findings findings = new Findings();
    ConfigurationValidation validation = new ConfigurationValidation(surroundings, findings);
    List<DirectiveSet> pools = List.of();
    if (validation.checkMaster(draft.global())) {
      useLog(draft.global());
      if (draft.pools().isEmpty()) {
        findings.line(
            LogLevel.ERROR,
            "No pool defined. at least one pool section must be specified in config file");
      }
      pools = validation.checkPools(draft);
    }
    print(findings);
    if (pools.isEmpty() || pools.size() < draft.pools().size()) {
      print(LogLevel.ERROR, "failed to post process the configuration");
      return failed();
    }
    Findings unknownNames = new Findings();
    validation = new ConfigurationValidation(surroundings, unknownNames);
    if (validation.checkNames(pools).size() < pools.size()) {
      print(unknownNames);
      return failed();
    }
    if (dump) {
      dump(draft.global());
      pools.forEach(this::dump);
    }
    print(LogLevel.NOTICE, "configuration file " + source + " test is successful\n");
    return OK;
  }

  private void dump(DirectiveSet section) {
    DirectiveDump.lines(section).forEach(line -> print(LogLevel.NOTICE, line));
  }

  private int failed() {
    print(LogLevel.ERROR, "FPM initialization failed");
    return REJECTED;
  }

  private void print(Findings findings) {
    for (Findings.Line line : findings.lines()) {
      if (line.level().isPresent()) {
        print(line.level().get(), line.text());
      } else {
        err.println(line.text());
      }
    }
  }

  /** From here on php-fpm's lines look as its log wants them, on standard error too. */
  private void useLog(DirectiveSet global) {
    leastShown = global.isSet("log_level") ? (LogLevel) global.value("log_level") : LogLevel.NOTICE;
    syslog = global.text("error_log").equalsIgnoreCase(LogSettings.SYSLOG);
  }

  private void print(LogLevel level, String text) {
    if (level.compareTo(leastShown) < 0) {
      return;
    }
    String time = LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    err.println((syslog ? "[" + level + "] " : "[" + time + "] " + level + ": ") + text);
  }
}
