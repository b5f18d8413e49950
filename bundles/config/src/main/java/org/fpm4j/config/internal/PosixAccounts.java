package org.fpm4j.config.internal;

import java.util.Optional;
import org.fpm4j.config.internal.validation.Accounts;
import org.fpm4j.posix.Accounts.User;
import org.fpm4j.posix.PosixException;

/** Users and groups by way of libc, which knows primary groups. */
final class PosixAccounts implements Accounts {

  @Override
  public boolean hasUser(String name) {
    try {
      return org.fpm4j.posix.Accounts.user(name).isPresent();
    } catch (PosixException e) {
      return false;
    }
  }

  @Override
  public boolean hasGroup(String name) {
    try {
      return org.fpm4j.posix.Accounts.group(name).isPresent();
    } catch (PosixException e) {
      return false;
    }
  }

  @Override
  public boolean isRoot(String user, String group) {
    try {
      Optional<User> account =
          isNumber(user)
              ? org.fpm4j.posix.Accounts.user(Integer.parseUnsignedInt(user))
              : org.fpm4j.posix.Accounts.user(user);
      boolean rootUser =
          isNumber(user)
              ? Integer.parseUnsignedInt(user) == 0
              : account.filter(known -> known.uid() == 0).isPresent();
      boolean rootGroup =
          group.isEmpty()
              ? account.filter(known -> known.gid() == 0).isPresent()
              : isRootGroup(group);
      return rootUser || rootGroup;
    } catch (PosixException | NumberFormatException e) {
      return false;
    }
  }

  private static boolean isRootGroup(String group) throws PosixException {
    return isNumber(group)
        ? Integer.parseUnsignedInt(group) == 0
        : org.fpm4j.posix.Accounts.group(group).filter(known -> known.gid() == 0).isPresent();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
