package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fpm4j.agent.AgentEnvironment;
import org.fpm4j.config.IniEntry;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProgramSettings;
import org.fpm4j.config.ResourceLimits;
import org.fpm4j.config.WorkerSettings;
import org.fpm4j.posix.Program;

/**
 * What a pool's zygote is started as: program, arguments and environment, the agent's orders among
 * it.
 */
record ZygoteProgram(PoolSettings settings, int generation, Optional<Identity> identity) {

  /** A value PHP's ini grammar evaluates, such as {@code E_ALL & ~E_DEPRECATED}. */
  private static final Pattern INI_EXPRESSION = Pattern.compile("[A-Z0-9_ |&~^()!]+");

  private static final String FUNCTIONS = "disable_functions";
  private static final String CLASSES = "disable_classes";

  /** With {@code -d} a pool's list would take the place of php.ini's; php-fpm adds it. */
  private static final List<String> ADDED_BY_THE_AGENT = List.of(FUNCTIONS, CLASSES);

  /** Set for the master alone, by the start script and by service managers. */
  private static final List<String> MASTER_VARIABLES =
      List.of(
          "_JAVA_SR_SIGNUM",
          "MALLOC_ARENA_MAX",
          "NOTIFY_SOCKET",
          "WATCHDOG_USEC",
          "WATCHDOG_PID",
          "LISTEN_FDS",
          "LISTEN_PID",
          "LISTEN_FDNAMES",
          "FDSTORE",
          "FPM_SOCKETS");

  /**
   * Returns the program with all it is started with.
   *
   * @param agent the agent library
   * @param inherited the master's environment
   * @throws IOException if the program is not there or not executable
   */
  Program program(Path agent, Map<String, String> inherited) throws IOException {
    Path path = find(settings.program().program(), inherited.getOrDefault("PATH", ""));
    return new Program(
        path,
        arguments(path),
        environment(agent, inherited),
        Path.of("/"),
        Program.Group.OWN_GROUP);
  }

  private static Path find(String program, String searchPath) throws IOException {
    if (program.indexOf('/') >= 0) {
      Path path = Path.of(program).toAbsolutePath();
      if (!Files.isRegularFile(path)) {
        throw new IOException("program = " + program + ": there is no such file");
      }
      if (!Files.isExecutable(path)) {
        throw new IOException("program = " + program + ": the file is not executable");
      }
      return path;
    }
    for (String directory : searchPath.split(":", -1)) {
      Path path = Path.of(directory.isEmpty() ? "." : directory, program).toAbsolutePath();
      if (Files.isRegularFile(path) && Files.isExecutable(path)) {
        return path;
      }
    }
    throw new IOException(
        "program = "
            + program
            + ": not found on PATH ("
            + searchPath
            + "); install it or set an absolute path");
  }

  private List<String> arguments(Path path) {
    ProgramSettings program = settings.program();
    List<String> arguments = new ArrayList<>(List.of(path.toString()));
    program.phpIni().ifPresent(ini -> arguments.addAll(List.of("-c", ini.toString())));
    addIniEntries(program.phpValues(), arguments);
    addIniEntries(program.phpAdminValues(), arguments);
    arguments.addAll(program.args());
    return arguments;
  }

  private static void addIniEntries(List<IniEntry> entries, List<String> arguments) {
    for (IniEntry entry : entries) {
      if (!ADDED_BY_THE_AGENT.contains(entry.name())) {
        arguments.add("-d");
        arguments.add(entry.name() + "=" + quoted(entry.value()));
      }
    }
  }

  /** Quotes a value for PHP's ini grammar; in single quotes nothing but their end is special. */
  private static String quoted(String value) {
    if (value.isEmpty() || INI_EXPRESSION.matcher(value).matches()) {
      return value;
    }
    return value.indexOf('\'') < 0
        ? "'" + value + "'"
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private Map<String, String> environment(Path agent, Map<String, String> inherited) {
    WorkerSettings worker = settings.worker();
    Map<String, String> environment = new TreeMap<>();
    if (!worker.clearEnv()) {
      environment.putAll(inherited);
      MASTER_VARIABLES.forEach(environment::remove);
      environment.keySet().removeIf(name -> name.startsWith("FPM4J_"));
    }
    identity.ifPresent(
        account -> {
          if (!account.user().isEmpty()) {
            environment.put("USER", account.user());
            environment.put("HOME", account.home());
          }
        });
    environment.putAll(worker.env());
    environment.put("PHP_FCGI_MAX_REQUESTS", "0");
    environment.remove("PHP_FCGI_CHILDREN");
    settings.program().phpIniScanDir().ifPresent(dir -> environment.put("PHP_INI_SCAN_DIR", dir));
    String preload = environment.get(AgentEnvironment.LD_PRELOAD);
    if (preload != null) {
      environment.put(AgentEnvironment.SPARE_PRELOAD, preload);
    }
    environment.put(AgentEnvironment.LD_PRELOAD, agent.toString());
    addAgentOrders(worker, environment);
    return environment;
  }

  private void addAgentOrders(WorkerSettings worker, Map<String, String> environment) {
    environment.put(AgentEnvironment.AGENT, Integer.toString(AgentEnvironment.VERSION));
    environment.put(AgentEnvironment.POOL, cut(settings.name()));
    environment.put(AgentEnvironment.GENERATION, Integer.toString(generation));
    environment.put(AgentEnvironment.ZYGOTE_TITLE, "fpm4j: zygote of pool " + settings.name());
    environment.put(AgentEnvironment.WORKER_TITLE, "fpm4j: pool " + settings.name());
    if (worker.dumpable()) {
      environment.put(AgentEnvironment.DUMPABLE, "1");
    }
    identity.ifPresent(
        account -> {
          // Who keeps the master's user stays as dumpable as the master, as php-fpm's workers do.
          environment.putIfAbsent(AgentEnvironment.DUMPABLE, "0");
          environment.put(AgentEnvironment.UID, Integer.toString(account.uid()));
          environment.put(AgentEnvironment.GID, Integer.toString(account.gid()));
          environment.put(
              AgentEnvironment.GROUPS,
              account.groups().stream().map(String::valueOf).collect(Collectors.joining(",")));
        });
    worker.chroot().ifPresent(p -> environment.put(AgentEnvironment.CHROOT, p.toString()));
    worker.chdir().ifPresent(p -> environment.put(AgentEnvironment.CHDIR, p.toString()));
    worker.apparmorHat().ifPresent(hat -> environment.put(AgentEnvironment.APPARMOR_HAT, hat));
    worker.priority().ifPresent(p -> environment.put(AgentEnvironment.NICE, Integer.toString(p)));
    addLimits(worker.limits(), environment);
    addPhpOrders(environment);
  }

  /** What {@code -d} cannot say: which values are the administrator's, and what to disable. */
  private void addPhpOrders(Map<String, String> environment) {
    ProgramSettings program = settings.program();
    List<IniEntry> all = new ArrayList<>(program.phpValues());
    all.addAll(program.phpAdminValues());
    Set<String> values = names(program.phpValues());
    Set<String> admin = names(program.phpAdminValues());
    for (String name : ADDED_BY_THE_AGENT) {
      if (values.remove(name)) {
        admin.add(name);
      }
    }
    putUnlessEmpty(environment, AgentEnvironment.PHP_VALUES, String.join("\n", values));
    putUnlessEmpty(environment, AgentEnvironment.PHP_ADMIN, String.join("\n", admin));
    putUnlessEmpty(environment, AgentEnvironment.PHP_DISABLE_FUNCTIONS, list(all, FUNCTIONS));
    putUnlessEmpty(environment, AgentEnvironment.PHP_DISABLE_CLASSES, list(all, CLASSES));
    String extensions = String.join(" ", settings.worker().limitExtensions());
    putUnlessEmpty(environment, AgentEnvironment.PHP_EXTENSIONS, extensions);
  }

  private static Set<String> names(List<IniEntry> entries) {
    return entries.stream()
        .map(IniEntry::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Joins the lists of all entries of a name, as each adds to those before. */
  private static String list(List<IniEntry> entries, String name) {
    return entries.stream()
        .filter(entry -> entry.name().equals(name) && !entry.value().isBlank())
        .map(IniEntry::value)
        .collect(Collectors.joining(","));
  }

  private static void putUnlessEmpty(Map<String, String> environment, String name, String value) {
    if (!value.isEmpty()) {
      environment.put(name, value);
    }
  }

  private static void addLimits(ResourceLimits limits, Map<String, String> environment) {
    if (limits.files() != 0) {
      environment.put(AgentEnvironment.RLIMIT_FILES, Integer.toString(limits.files()));
    }
    if (limits.core() != 0) {
      environment.put(
          AgentEnvironment.RLIMIT_CORE,
          limits.core() == ResourceLimits.UNLIMITED
              ? "unlimited"
              : Integer.toString(limits.core()));
    }
  }

  /** Cuts a name to the 63 bytes the agent's messages hold. */
  private static String cut(String name) {
    String text = name;
    while (text.getBytes(StandardCharsets.UTF_8).length > 63) {
      text = text.substring(0, text.length() - 1);
    }
    return text;
  }
}
