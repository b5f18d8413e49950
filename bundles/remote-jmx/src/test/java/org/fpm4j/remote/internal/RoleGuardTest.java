package org.fpm4j.remote.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.fpm4j.remote.user.Role;
import org.junit.jupiter.api.Test;

class RoleGuardTest {

  private final MBeanServer server = MBeanServerFactory.newMBeanServer();
  private final MBeanServer monitor =
      RoleGuard.of(server, new RolePrincipal("grafana", Role.MONITOR));
  private final MBeanServer control = RoleGuard.of(server, new RolePrincipal("ops", Role.CONTROL));

  private static String refusal(org.junit.jupiter.api.function.Executable order) {
    return assertThrows(SecurityException.class, order).getMessage();
  }

  @Test
  void monitorReads() {
    assertDoesNotThrow(() -> monitor.getAttribute(delegate(), "MBeanServerId"));
    assertEquals(1, monitor.queryNames(null, null).size());
  }

  @Test
  void monitorLacksRightToInvoke() throws Exception {
    ObjectName master = new ObjectName("org.fpm4j:type=Master");
    assertEquals(
        "user 'grafana' has the role monitor and lacks the right 'control' to invoke reload of"
            + " org.fpm4j:type=Master",
        refusal(() -> monitor.invoke(master, "reload", null, null)));
    assertEquals(
        "user 'grafana' has the role monitor and lacks the right 'control' to set attributes of"
            + " org.fpm4j:type=Master",
        refusal(() -> monitor.setAttribute(master, null)));
  }

  @Test
  void controlInvokesOurs() throws Exception {
    ObjectName master = new ObjectName("org.fpm4j:type=Master");
    assertThrows(
        InstanceNotFoundException.class, () -> control.invoke(master, "reload", null, null));
  }

  @Test
  void nobodyReachesWhatCouldLoadCode() throws Exception {
    ObjectName diagnostics = new ObjectName("com.sun.management:type=DiagnosticCommand");
    refusal(() -> control.invoke(diagnostics, "jvmtiAgentLoad", null, null));
    assertEquals(
        "user 'ops' lacks the right to createMBean, which nobody has remotely",
        refusal(() -> control.createMBean("javax.management.loading.MLet", null)));
    refusal(() -> control.unregisterMBean(delegate()));
  }

  private static ObjectName delegate() throws Exception {
    return new ObjectName("JMImplementation:type=MBeanServerDelegate");
  }
}
