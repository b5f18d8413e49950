package org.fpm4j.remote.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.rmi.AlreadyBoundException;
import java.rmi.NoSuchObjectException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.Map;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.remote.user.UsersFile;

/**
 * RMI registry and JMX connector on one port: {@code
 * service:jmx:rmi:///jndi/rmi://HOST:PORT/jmxrmi}. The two share the port because they are exported
 * with the same socket factories.
 */
final class RemoteConnector implements AutoCloseable {

  private static final String NAME = "jmxrmi";

  /** The host RMI writes into what it sends to clients; the JDK has no other way to say it. */
  private static final String HOSTNAME_PROPERTY = "java.rmi.server.hostname";

  private final RemoteSettings settings;
  private final ErrorLog log;
  private final Registry registry;
  private JMXConnectorServer connector;

  private RemoteConnector(RemoteSettings settings, ErrorLog log, Registry registry) {
    this.settings = settings;
    this.log = log;
    this.registry = registry;
  }

  /**
   * Opens the port.
   *
   * @param keys null without TLS
   * @throws IOException if it cannot be opened; nothing is left open then
   */
  static RemoteConnector open(RemoteSettings settings, KeyMaterial keys, ErrorLog log)
      throws IOException {
    String former = System.setProperty(HOSTNAME_PROPERTY, settings.hostname());
    BoundSockets sockets = new BoundSockets(settings.address(), keys);
    RMIClientSocketFactory clients = keys == null ? null : new SslRMIClientSocketFactory();
    RemoteConnector opening = null;
    try {
      opening =
          new RemoteConnector(
              settings, log, LocateRegistry.createRegistry(settings.port(), clients, sockets));
      opening.start(clients, sockets);
      return opening;
    } catch (IOException e) {
      if (opening != null) {
        opening.close();
      }
      if (former != null) {
        System.setProperty(HOSTNAME_PROPERTY, former);
      }
      throw e;
    }
  }

  private void start(RMIClientSocketFactory clients, BoundSockets sockets) throws IOException {
    Map<String, Object> environment =
        Map.of(
            JMXConnectorServer.AUTHENTICATOR,
            new PasswordCheck(new UsersFile(settings.users()), log),
            RMIConnectorServer.CREDENTIALS_FILTER_PATTERN,
            "java.lang.String;!*");
    GuardedServer server = new GuardedServer(settings.port(), clients, sockets, environment);
    connector =
        new RMIConnectorServer(
            new JMXServiceURL("rmi", settings.hostname(), settings.port()),
            environment,
            server,
            ManagementFactory.getPlatformMBeanServer());
    connector.start();
    try {
      registry.bind(NAME, server.toStub());
    } catch (AlreadyBoundException e) {
      throw new IOException(e);
    }
  }

  RemoteSettings settings() {
    return settings;
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    try {
      if (connector != null) {
        connector.stop();
      }
    } catch (IOException e) {
      log.debug("remote JMX on %s: %s", settings.place(), e);
    }
    try {
      UnicastRemoteObject.unexportObject(registry, true);
    } catch (NoSuchObjectException alreadyGone) {
      log.debug("remote JMX on %s: %s", settings.place(), alreadyGone);
    }
  }
}
