package org.fpm4j.remote.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.fpm4j.remote.user.Role;

/**
 * An MBean server that does what a user's role allows and refuses the rest with a {@link
 * SecurityException} that names the right that lacks. MBeans that could load code or write files
 * (the JVM's diagnostic commands, say) are in reach of nobody, and nobody makes or removes MBeans.
 */
final class RoleGuard implements InvocationHandler {

  private static final Set<String> READING =
      Set.of(
          "addNotificationListener",
          "removeNotificationListener",
          "getAttribute",
          "getAttributes",
          "getClassLoader",
          "getClassLoaderFor",
          "getClassLoaderRepository",
          "getDefaultDomain",
          "getDomains",
          "getMBeanCount",
          "getMBeanInfo",
          "getObjectInstance",
          "isInstanceOf",
          "isRegistered",
          "queryMBeans",
          "queryNames",
          "equals",
          "hashCode",
          "toString");

  private static final Set<String> CHANGING = Set.of("invoke", "setAttribute", "setAttributes");

  /** Where things may be changed: ours, and the JVM's harmless beans, for garbage collections. */
  private static final Set<String> CHANGEABLE = Set.of("org.fpm4j", "java.lang");

  private final MBeanServer server;
  private final RolePrincipal user;

  private RoleGuard(MBeanServer server, RolePrincipal user) {
    this.server = server;
    this.user = user;
  }

  /** Returns the server as the user may use it. */
  static MBeanServer of(MBeanServer server, RolePrincipal user) {
    return (MBeanServer)
        Proxy.newProxyInstance(
            RoleGuard.class.getClassLoader(),
            new Class<?>[] {MBeanServer.class},
            new RoleGuard(server, user));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    if (CHANGING.contains(name)) {
      requireControl(name, arguments);
    } else if (!READING.contains(name)) {
      throw new SecurityException(
          "user '" + user.user() + "' lacks the right to " + name + ", which nobody has remotely");
    }
    try {
      return method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void requireControl(String method, Object[] arguments) {
    ObjectName target = (ObjectName) arguments[0];
    String what =
        method.equals("invoke")
            ? "invoke " + arguments[1] + " of " + target
            : "set attributes of " + target;
    if (user.role() != Role.CONTROL) {
      throw new SecurityException(
          "user '%s' has the role %s and lacks the right '%s' to %s"
              .formatted(user.user(), user.role().word(), Role.CONTROL.word(), what));
    }
    if (target == null || !CHANGEABLE.contains(target.getDomain())) {
      throw new SecurityException(
          "user '%s' lacks the right to %s, which nobody has remotely (only %s)"
              .formatted(user.user(), what, CHANGEABLE));
    }
  }
}
