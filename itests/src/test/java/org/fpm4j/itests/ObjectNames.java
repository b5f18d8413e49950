package org.fpm4j.itests;

import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** Object names known to be right. */
final class ObjectNames {

  static final ObjectName MASTER = of("org.fpm4j:type=Master");

  private ObjectNames() {}

  static ObjectName pool(String pool) {
    return of("org.fpm4j:type=Pool,name=" + pool);
  }

  static ObjectName of(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
