package org.fpm4j.itests;

import com.sun.tools.attach.VirtualMachine;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A JMX client that attaches to the master by its pid, as jconsole does. */
final class AttachedClient {

  private AttachedClient() {}

  /** What is done with a connection. */
  interface Use {
    void with(MBeanServerConnection server) throws Exception;
  }

  /** Connects, does it and closes. */
  @SuppressWarnings("BanJNDI") // the address is the one the JVM has just given
  static void connected(RunningMaster master, Use use) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(Integer.toString(master.pid()));
    String address;
    try {
      address = machine.startLocalManagementAgent();
    } finally {
      machine.detach();
    }
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      ObjectNames.awaitRegistered(server);
      use.with(server);
    }
  }
}
