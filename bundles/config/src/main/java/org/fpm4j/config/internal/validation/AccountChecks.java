package org.fpm4j.config.internal.validation;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.fpm4j.config.LogLevel;
import org.fpm4j.config.internal.source.DirectiveSet;
import org.fpm4j.config.internal.source.Findings;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;

/** Looks up the users and groups a pool names, with php-fpm's texts. */
final class AccountChecks {

  private static final String NO_ERROR = ": Success (0)";

  private final Accounts accounts;
  private final Findings findings;

  AccountChecks(Accounts accounts, Findings findings) {
    this.accounts = accounts;
    this.findings = findings;
  }

  /** What php-fpm looks up for {@code -t}. */
  void checkNames(DirectiveSet pool) throws RefusedException {
    checkUser(pool, "user", "");
    checkGroup(pool, "group", "");
    checkSocketNames(pool);
  }

  /** What php-fpm checks when it starts. */
  void checkForRun(DirectiveSet pool, Privilege master) throws RefusedException {
    if (master == Privilege.USER) {
      remarkIgnored(pool);
    } else {
      checkUser(pool, "user", "");
      checkGroup(pool, "group", "");
      if (master == Privilege.ROOT && accounts.isRoot(pool.text("user"), pool.text("group"))) {
        throw RefusedException.of(
            LogLevel.ERROR, "user", "please specify user and group other than root");
      }
    }
    checkSocketNames(pool);
  }

  private void remarkIgnored(DirectiveSet pool) {
    for (String directive : List.of("chroot", "process.priority", "user", "group")) {
      boolean set =
          directive.equals("process.priority")
              ? MasterChecks.hasPriority(pool)
              : pool.nonEmpty(directive).isPresent();
      if (set) {
        findings.remark(
            LogLevel.NOTICE,
            "[pool %s] '%s' directive is ignored when FPM is not running as root"
                .formatted(pool.name(), directive));
      }
    }
  }

  private void checkSocketNames(DirectiveSet pool) throws RefusedException {
    for (String user : PoolSanity.listed(pool.text("listen.acl_users"))) {
      checkName("listen.acl_users", user, accounts::hasUser, "uid for user", NO_ERROR);
    }
    for (String group : PoolSanity.listed(pool.text("listen.acl_groups"))) {
      checkName("listen.acl_groups", group, accounts::hasGroup, "gid for group", NO_ERROR);
    }
    checkUser(pool, "listen.owner", NO_ERROR);
    checkGroup(pool, "listen.group", NO_ERROR);
  }

  private void checkUser(DirectiveSet pool, String directive, String suffix)
      throws RefusedException {
    Optional<String> name = pool.nonEmpty(directive);
    if (name.isPresent()) {
      checkName(directive, name.get(), accounts::hasUser, "uid for user", suffix);
    }
  }

  private void checkGroup(DirectiveSet pool, String directive, String suffix)
      throws RefusedException {
    Optional<String> name = pool.nonEmpty(directive);
    if (name.isPresent()) {
      checkName(directive, name.get(), accounts::hasGroup, "gid for group", suffix);
    }
  }

  private static void checkName(
      String directive, String name, Predicate<String> known, String what, String suffix)
      throws RefusedException {
    boolean number = name.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number && !known.test(name)) {
      throw RefusedException.of(LogLevel.ERROR, directive, "cannot get " + what + " '" + name + "'")
          .withLogSuffix(suffix);
    }
  }
}
