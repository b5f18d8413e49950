package org.fpm4j.remote.internal;

import java.security.Principal;
import org.fpm4j.remote.user.Role;

/**
 * Who a client has proved to be.
 *
 * @param user the name
 * @param role what the user may do
 */
record RolePrincipal(String user, Role role) implements Principal {
  @Override
  public String getName() {
    return user;
  }
}
