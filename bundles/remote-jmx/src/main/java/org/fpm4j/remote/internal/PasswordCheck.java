package org.fpm4j.remote.internal;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import javax.management.remote.JMXAuthenticator;
import javax.security.auth.Subject;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.remote.user.PasswordHash;
import org.fpm4j.remote.user.Role;
import org.fpm4j.remote.user.UsersFile;

/**
 * Lets in who is in the users' file, which is read at each try, so that a change of it needs no
 * restart. One try at a time: guessing costs the guesser a tenth of a second each, and the master
 * never more than one thread.
 */
final class PasswordCheck implements JMXAuthenticator {

  private static final long QUIET_NANOS = 1_000_000_000L;

  /** What an unknown name's password is compared with: both failures take the same time. */
  private static final UsersFile.User NOBODY =
      new UsersFile.User(Role.MONITOR, PasswordHash.of(new char[] {'-'}));

  private final UsersFile users;
  private final ErrorLog log;
  private long loggedNanos = System.nanoTime() - QUIET_NANOS;
  private int unlogged;

  PasswordCheck(UsersFile users, ErrorLog log) {
    this.users = users;
    this.log = log;
  }

  @Override
  public synchronized Subject authenticate(Object credentials) {
    if (!(credentials instanceof String[] given)
        || given.length != 2
        || given[0] == null
        || given[1] == null) {
      throw new SecurityException("a user name and a password are needed");
    }
    Map<String, UsersFile.User> known = read();
    UsersFile.User user = known.getOrDefault(given[0], NOBODY);
    if (!user.password().matches(given[1].toCharArray()) || !known.containsKey(given[0])) {
      logRefusal(given[0]);
      throw new SecurityException("wrong user name or password");
    }
    log.notice("remote JMX: user %s (%s) connected", given[0], user.role().word());
    return new Subject(true, Set.of(new RolePrincipal(given[0], user.role())), Set.of(), Set.of());
  }

  private Map<String, UsersFile.User> read() {
    try {
      return users.read();
    } catch (IOException e) {
      log.error("remote JMX: nobody is let in: %s", e.getMessage());
      throw new SecurityException("the users' file cannot be used, the log says why");
    }
  }

  /** At most a line a second: how many there are is up to others. */
  private void logRefusal(String name) {
    long now = System.nanoTime();
    if (now - loggedNanos < QUIET_NANOS) {
      unlogged++;
      return;
    }
    String shown = UsersFile.NAME.matcher(name).matches() ? name : "(not a legal name)";
    log.warning(
        "remote JMX: user %s was refused: wrong name or password%s",
        shown, unlogged == 0 ? "" : ", and " + unlogged + " more tries since the last such line");
    loggedNanos = now;
    unlogged = 0;
  }
}
