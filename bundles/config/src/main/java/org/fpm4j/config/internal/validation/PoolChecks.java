package org.fpm4j.config.internal.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.source.KeyedValue;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;

/**
 * php-fpm's checks of one pool, in its order and with its texts; the first failure refuses the
 * pool. Completes paths and fills in what php-fpm fills in. How many workers is checked by {@link
 * ProcessManagerChecks}.
 */
final class PoolChecks {

  private static final Pattern PAGE_PATH = Pattern.compile("[A-Za-z0-9/_.~-]*");
  private static final String PREFIX_VARIABLE = "$prefix";
  private static final int DEFAULT_TRACE_DEPTH = 20;
  private static final Set<String> PATH_INI_NAMES =
      Set.of(
          "error_log",
          "extension_dir",
          "mime_magic.magicfile",
          "sendmail_path",
          "session.cookie_path",
          "session_pgsql.sem_file_name",
          "soap.wsdl_cache_dir",
          "uploadprogress.file.filename_template",
          "xdebug.output_dir",
          "xdebug.profiler_output_dir",
          "xdebug.trace_output_dir",
          "xmms.path",
          "axis2.client_home",
          "blenc.key_file",
          "coin_acceptor.device");

  private final RelativePaths paths;
  private final Privilege master;
  private final Findings findings;

  PoolChecks(RelativePaths paths, Privilege master, Findings findings) {
    this.paths = paths;
    this.master = master;
    this.findings = findings;
  }

  /** Everything php-fpm checks pool by pool. */
  void check(DirectiveSet pool, DirectiveSet global) throws RefusedException {
    checkPrefix(pool);
    if (!pool.isSet("user") && master == Privilege.ROOT) {
      throw RefusedException.of(LogLevel.ALERT, "user", "user has not been defined");
    }
    checkListen(pool);
    if (!MasterChecks.isLegalPriority(pool)) {
      throw refused("process.priority", "process.priority must be included into [-19,20]");
    }
    new ProcessManagerChecks(findings).check(pool, global);
    checkStatus(pool);
    checkPing(pool);
    checkAccessLog(pool);
    checkSlowlog(pool);
    checkTraceDepth(pool);
    checkChroot(pool);
    checkChdir(pool);
    completeIniPaths(pool, "php_value");
    completeIniPaths(pool, "php_admin_value");
  }

  /** What php-fpm checks after all pools: the access log and its format. */
  void checkAccess(DirectiveSet pool) throws RefusedException {
    if (!pool.isSet("access.log")) {
      return;
    }
    String file = pool.text("access.log");
    Optional<String> error = RelativePaths.appendError(file);
    if (error.isPresent()) {
      throw RefusedException.withoutPool(
          LogLevel.ERROR, "access.log", "failed to open access log (" + file + "): " + error.get());
    }
    String format = pool.text("access.format");
    Optional<String> problem = AccessFormatCheck.problem(format);
    if (problem.isPresent()) {
      findings.line(LogLevel.WARNING, problem.get());
      throw refused("access.format", "wrong format for access.format '" + format + "'");
    }
  }

  private void checkPrefix(DirectiveSet pool) throws RefusedException {
    if (pool.nonEmpty("prefix").isEmpty()) {
      return;
    }
    String prefix = paths.absolute(pool.text("prefix"));
    pool.resolve("prefix", prefix);
    if (!RelativePaths.isDirectory(prefix)) {
      throw refused("prefix", "the prefix '" + prefix + "' does not exist or is not a directory");
    }
  }

  private void checkListen(DirectiveSet pool) throws RefusedException {
    String address = pool.nonEmpty("listen").orElse("");
    if (address.isEmpty()) {
      throw RefusedException.of(LogLevel.ALERT, "listen", "no listen address have been defined!");
    }
    if (SocketAddressText.isUnix(address)) {
      pool.resolve("listen", paths.absolute(pool, address));
    }
  }

  private void checkStatus(DirectiveSet pool) throws RefusedException {
    boolean ownSocket = pool.isSet("pm.status_listen");
    if (ownSocket && !pool.isSet("pm.status_path")) {
      pool.resolve("pm.status_path", "/");
    }
    checkPage(pool, "pm.status_path", "status", ownSocket ? 1 : 2);
    if (ownSocket && pool.text("pm.status_listen").isEmpty()) {
      throw RefusedException.withoutPool(
          LogLevel.ALERT,
          "pm.status_listen",
          "[pool " + pool.name() + "_status] no listen address have been defined!");
    }
  }

  private void checkPing(DirectiveSet pool) throws RefusedException {
    if (pool.nonEmpty("ping.path").isEmpty()) {
      pool.unset("ping.response");
      return;
    }
    checkPage(pool, "ping.path", "ping", 2);
    if (pool.text("ping.response").isEmpty()) {
      throw refused("ping.response", "the ping response page '' is not long enough");
    }
    pool.resolve("ping.response", pool.text("ping.response"));
  }

  private static void checkPage(DirectiveSet pool, String directive, String title, int least)
      throws RefusedException {
    Optional<String> set = pool.nonEmpty(directive);
    if (set.isEmpty()) {
      return;
    }
    String page = "the " + title + " path '" + set.get() + "' ";
    if (!set.get().startsWith("/")) {
      throw refused(directive, page + "must start with a '/'");
    }
    if (set.get().length() < least) {
      throw refused(directive, page + "is not long enough");
    }
    if (!PAGE_PATH.matcher(set.get()).matches()) {
      throw refused(
          directive, page + "must contain only the following characters '[alphanum]/_-.~'");
    }
  }

  private void checkAccessLog(DirectiveSet pool) {
    if (!pool.isSet("access.log")) {
      return;
    }
    pool.nonEmpty("access.log")
        .ifPresent(file -> pool.resolve("access.log", paths.absolute(pool, file)));
    if (!pool.isSet("access.format")) {
      pool.resolve("access.format", pool.text("access.format"));
    }
  }

  private void checkSlowlog(DirectiveSet pool) throws RefusedException {
    Optional<String> file = pool.nonEmpty("slowlog").map(log -> paths.absolute(pool, log));
    file.ifPresent(log -> pool.resolve("slowlog", log));
    int timeout = pool.number("request_slowlog_timeout");
    if (timeout == 0) {
      return;
    }
    if (file.isEmpty()) {
      throw refused(
          "request_slowlog_timeout",
          "'slowlog' must be specified for use with 'request_slowlog_timeout'");
    }
    int terminate = pool.number("request_terminate_timeout");
    if (terminate != 0 && timeout > terminate) {
      throw refused(
          "request_slowlog_timeout",
          "'request_slowlog_timeout' (%d) can't be greater than 'request_terminate_timeout' (%d)"
              .formatted(timeout, terminate));
    }
    Optional<String> error = RelativePaths.appendError(file.get());
    if (error.isPresent()) {
      throw RefusedException.withoutPool(
          LogLevel.ERROR,
          "slowlog",
          "Unable to create or open slowlog(" + file.get() + "): " + error.get());
    }
  }

  private static void checkTraceDepth(DirectiveSet pool) throws RefusedException {
    String directive = "request_slowlog_trace_depth";
    int depth = pool.isSet(directive) ? pool.number(directive) : 0;
    if (depth == 0) {
      pool.resolve(directive, DEFAULT_TRACE_DEPTH);
      return;
    }
    if (pool.nonEmpty("slowlog").isEmpty()) {
      throw refused(
          directive, "'slowlog' must be specified for use with 'request_slowlog_trace_depth'");
    }
    if (depth < 0) {
      throw refused(directive, "'" + directive + "' (" + depth + ") must be a positive value");
    }
  }

  private void checkChroot(DirectiveSet pool) throws RefusedException {
    if (pool.nonEmpty("chroot").isEmpty()) {
      return;
    }
    String chroot = pool.text("chroot");
    int variable = chroot.startsWith("/") ? -1 : chroot.indexOf(PREFIX_VARIABLE);
    if (variable > 0) {
      findings.line(LogLevel.ERROR, "'$prefix' must be use at the beginning of the value");
      throw refused("chroot", "the chroot path '" + chroot + "' must start with a '/'");
    }
    if (variable == 0) {
      String rest = chroot.substring(PREFIX_VARIABLE.length());
      chroot = paths.base(pool) + (rest.isEmpty() ? "" : "/" + rest);
    }
    chroot = paths.absolute(pool, chroot);
    pool.resolve("chroot", chroot);
    if (!RelativePaths.isDirectory(chroot)) {
      throw refused(
          "chroot", "the chroot path '" + chroot + "' does not exist or is not a directory");
    }
  }

  private void checkChdir(DirectiveSet pool) throws RefusedException {
    if (pool.nonEmpty("chdir").isEmpty()) {
      return;
    }
    String chdir = paths.absolute(pool, pool.text("chdir"));
    pool.resolve("chdir", chdir);
    Optional<String> chroot = pool.nonEmpty("chroot");
    String seen = chroot.map(root -> root + "/" + chdir).orElse(chdir);
    if (!RelativePaths.isDirectory(seen)) {
      String inside =
          chroot.map(root -> " within the chroot path '" + root + "' ('" + seen + "')").orElse("");
      throw refused(
          "chdir",
          "the chdir path '" + chdir + "'" + inside + " does not exist or is not a directory");
    }
  }

  private void completeIniPaths(DirectiveSet pool, String array) {
    if (pool.nonEmpty("chroot").isPresent()) {
      return;
    }
    List<KeyedValue> completed = new ArrayList<>();
    for (KeyedValue entry : pool.entries(array)) {
      boolean syslog =
          array.equals("php_admin_value")
              && entry.key().equals("error_log")
              && entry.value().equals("syslog");
      completed.add(
          PATH_INI_NAMES.contains(entry.key()) && !syslog
              ? new KeyedValue(entry.key(), paths.absolute(pool, entry.value()))
              : entry);
    }
    pool.resolve(array, completed);
  }

  private static RefusedException refused(String directive, String text) {
    return RefusedException.of(LogLevel.ERROR, directive, text);
  }
}
