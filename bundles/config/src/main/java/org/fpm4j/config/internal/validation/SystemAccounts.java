package org.fpm4j.config.internal.validation;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;

/**
 * The system's users and groups by way of the JDK, which asks the name service. For tools that run
 * without the posix bundle: of primary groups it knows nothing.
 */
public final class SystemAccounts implements Accounts {

  private final UserPrincipalLookupService lookup =
      FileSystems.getDefault().getUserPrincipalLookupService();

  @Override
  public boolean hasUser(String name) {
    try {
      return lookup.lookupPrincipalByName(name) != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean hasGroup(String name) {
    try {
      return lookup.lookupPrincipalByGroupName(name) != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean isRoot(String user, String group) {
    try {
      UserPrincipal root = lookup.lookupPrincipalByName("0");
      return lookup.lookupPrincipalByName(user).equals(root) || group.equals("0");
    } catch (IOException e) {
      return false;
    }
  }
}
