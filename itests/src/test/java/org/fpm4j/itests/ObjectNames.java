package org.fpm4j.itests;

import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** Object names known to be right. */
final class ObjectNames {

  static final ObjectName MASTER = of("org.fpm4j:type=Master");

  private ObjectNames() {}

  static ObjectName pool(String pool) {
    return of("org.fpm4j:type=Pool,name=" + pool);
  }

  /** Waits for the master's bean and a pool's: they come a moment after the master is ready. */
  static void awaitRegistered(MBeanServerConnection server) {
    Await.until(
        "the master and a pool in JMX",
        () -> server.isRegistered(MASTER) && !server.queryNames(pool("*"), null).isEmpty());
  }

  static ObjectName of(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
