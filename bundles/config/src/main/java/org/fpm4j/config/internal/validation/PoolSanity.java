package org.fpm4j.config.internal.validation;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.KeyedValue;

/**
 * fpm4j's own checks of one pool, after php-fpm's: what php-fpm takes and stumbles over later, and
 * the directives it does not know.
 */
final class PoolSanity {

  private static final Pattern OCTAL_MODE = Pattern.compile("0*[0-7]{0,4}");
  private static final int MOST_NAME_BYTES = 63;
  private static final int MOST_SOCKET_PATH_BYTES = 107;
  private static final int MOST_WORKERS = 65_536;
  private static final int MOST_CLIENTS = 128;
  private static final Map<String, Integer> LEAST =
      Map.of(
          "pm.max_requests", 0,
          "pm.max_requests_jitter", 0,
          "pm.start_timeout", 1,
          "pm.keep_idle_timeout", 0,
          "request_terminate_timeout", 0,
          "request_slowlog_timeout", 0,
          "request_slowlog_interval", 0,
          "rlimit_files", 0);

  private final RelativePaths paths;
  private final Map<String, String> environment;
  private final Findings findings;

  PoolSanity(RelativePaths paths, Map<String, String> environment, Findings findings) {
    this.paths = paths;
    this.environment = environment;
    this.findings = findings;
  }

  void check(DirectiveSet pool) throws RefusedException {
    checkName(pool);
    checkAddress("listen", pool.text("listen"));
    if (pool.isSet("pm.status_listen")) {
      String address = pool.text("pm.status_listen");
      // php-fpm's hidden status pool has no prefix of its own.
      checkAddress(
          "pm.status_listen",
          SocketAddressText.isUnix(address) ? paths.absolute(address) : address);
    }
    if (pool.isSet("listen.mode") && !OCTAL_MODE.matcher(pool.text("listen.mode")).matches()) {
      throw refused("listen.mode", "listen.mode '" + pool.text("listen.mode") + "' is not octal");
    }
    if (pool.number("pm.max_children") > MOST_WORKERS) {
      throw refused(
          "pm.max_children",
          "pm.max_children(" + pool.number("pm.max_children") + ") is above " + MOST_WORKERS);
    }
    for (Map.Entry<String, Integer> limit : LEAST.entrySet()) {
      if (pool.number(limit.getKey()) < limit.getValue()) {
        throw refused(
            limit.getKey(),
            "%s(%d) must be %d or more"
                .formatted(limit.getKey(), pool.number(limit.getKey()), limit.getValue()));
      }
    }
    checkAllowedClients(pool);
    for (String array : List.of("env", "php_value", "php_admin_value")) {
      checkKeys(pool, array);
    }
    checkProgram(pool);
  }

  private static void checkName(DirectiveSet pool) throws RefusedException {
    String name = pool.name();
    boolean legal =
        !name.isEmpty()
            && name.getBytes(StandardCharsets.UTF_8).length <= MOST_NAME_BYTES
            && name.chars().noneMatch(c -> c == '/' || Character.isISOControl(c));
    if (!legal) {
      throw refused(
          "",
          "a pool's name is 1 to " + MOST_NAME_BYTES + " bytes, without / and control characters");
    }
  }

  private static void checkAddress(String directive, String address) throws RefusedException {
    if (!SocketAddressText.isUnix(address)) {
      String port = SocketAddressText.port(address);
      if (!SocketAddressText.isPort(port)) {
        throw refused(directive, "invalid port value '" + port + "'");
      }
    } else if (address.getBytes(StandardCharsets.UTF_8).length > MOST_SOCKET_PATH_BYTES) {
      throw refused(
          directive,
          "the socket path '" + address + "' is longer than " + MOST_SOCKET_PATH_BYTES + " bytes");
    }
  }

  /** php-fpm leaves wrong addresses to its workers, which report them and refuse more clients. */
  private void checkAllowedClients(DirectiveSet pool) throws RefusedException {
    boolean byTcp =
        !SocketAddressText.isUnix(pool.text("listen"))
            || pool.nonEmpty("pm.status_listen").stream()
                .anyMatch(a -> !SocketAddressText.isUnix(a));
    if (!pool.isSet("listen.allowed_clients") || !byTcp) {
      return;
    }
    int valid = 0;
    for (String client : listed(pool.text("listen.allowed_clients"))) {
      if (SocketAddressText.literal(client).isPresent()) {
        valid++;
      } else {
        findings.remark(
            LogLevel.ERROR, "Wrong IP address '" + client + "' in listen.allowed_clients");
      }
    }
    if (valid == 0) {
      findings.remark(LogLevel.ERROR, "There are no allowed addresses");
    }
    if (valid > MOST_CLIENTS) {
      throw refused(
          "listen.allowed_clients",
          "listen.allowed_clients has " + valid + " addresses, " + MOST_CLIENTS + " are possible");
    }
  }

  /** The valid addresses of {@code listen.allowed_clients}. */
  static List<InetAddress> allowedClients(DirectiveSet pool) {
    return listed(pool.text("listen.allowed_clients")).stream()
        .map(SocketAddressText::literal)
        .flatMap(Optional::stream)
        .toList();
  }

  /** The parts of a comma list, untrimmed as in php-fpm; empty ones are passed over. */
  static List<String> listed(String text) {
    return Arrays.stream(text.split(",", -1)).filter(part -> !part.isEmpty()).toList();
  }

  private static void checkKeys(DirectiveSet pool, String array) throws RefusedException {
    for (KeyedValue entry : pool.entries(array)) {
      String name = array + "[" + entry.key() + "]";
      if (entry.key().chars().anyMatch(c -> c == '=' || Character.isISOControl(c))) {
        throw refused(name, "the key of " + name + " has an = or a control character");
      }
      if (entry.value().indexOf('\n') >= 0 && !array.equals("env")) {
        throw refused(name, "the value of " + name + " has more than one line");
      }
    }
  }

  private void checkProgram(DirectiveSet pool) throws RefusedException {
    String program = pool.text("program");
    if (program.indexOf('/') >= 0) {
      program = paths.absolute(pool, program);
      pool.resolve("program", program);
      if (!isProgram(program)) {
        throw refused(
            "program", "the program '" + program + "' does not exist or is not executable");
      }
    } else if (!isOnPath(program)) {
      throw refused("program", "the program '" + program + "' is not found on PATH");
    }
    Optional<String> ini = pool.nonEmpty("php.ini").map(file -> paths.absolute(pool, file));
    if (ini.isPresent()) {
      pool.resolve("php.ini", ini.get());
      if (!Files.isReadable(Path.of(ini.get()))) {
        throw refused("php.ini", "php.ini '" + ini.get() + "' does not exist or is not readable");
      }
    }
  }

  private boolean isOnPath(String program) {
    List<String> directories = new ArrayList<>();
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      directories.add(directory.isEmpty() ? "." : directory);
    }
    return !program.isEmpty() && directories.stream().anyMatch(d -> isProgram(d + "/" + program));
  }

  private static boolean isProgram(String file) {
    Path path = Path.of(file);
    return Files.isExecutable(path) && !Files.isDirectory(path);
  }

  private static RefusedException refused(String directive, String text) {
    return RefusedException.of(LogLevel.ERROR, directive, text);
  }
}
