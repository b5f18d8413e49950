package org.fpm4j.remote.internal;

import java.io.IOException;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.security.auth.Subject;

/**
 * The remote object clients log in to. Each connection gets an MBean server cut to its user's role;
 * a forwarder for all of them would have to ask the calling thread for its subject, in a way the
 * JDK has removed with version 24.
 */
final class GuardedServer extends RMIJRMPServerImpl {

  /** Whose connection the calling thread is making. */
  @SuppressWarnings("ThreadLocalUsage") // one server per port, and makeClient() removes the value
  private final ThreadLocal<RolePrincipal> connecting = new ThreadLocal<>();

  GuardedServer(
      int port, RMIClientSocketFactory client, RMIServerSocketFactory server, Map<String, ?> env)
      throws IOException {
    super(port, client, server, env);
  }

  @Override
  protected RMIConnection makeClient(String connectionId, Subject subject) throws IOException {
    connecting.set(subject.getPrincipals(RolePrincipal.class).iterator().next());
    try {
      return super.makeClient(connectionId, subject);
    } finally {
      connecting.remove();
    }
  }

  @Override
  public synchronized MBeanServer getMBeanServer() {
    RolePrincipal user = connecting.get();
    MBeanServer server = super.getMBeanServer();
    return user == null ? server : RoleGuard.of(server, user);
  }
}
