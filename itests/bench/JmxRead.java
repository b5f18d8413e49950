import java.util.Arrays;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Prints the median of the milliseconds it takes to read the headline numbers of a pool's MBean on
 * one open connection. Arguments: the port of the connector on 127.0.0.1, the name of the pool.
 */
public final class JmxRead {

  private static final int READS = 21;
  private static final String[] ATTRIBUTES = {"IdleProcesses", "ActiveProcesses", "ListenQueue"};

  public static void main(String[] arguments) throws Exception {
    String address = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + arguments[0] + "/jmxrmi";
    ObjectName pool = new ObjectName("org.fpm4j:type=Pool,name=" + arguments[1]);
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      double[] milliseconds = new double[READS];
      for (int i = 0; i < READS; i++) {
        long begun = System.nanoTime();
        if (server.getAttributes(pool, ATTRIBUTES).size() != ATTRIBUTES.length) {
          throw new IllegalStateException(pool + " lacks one of " + Arrays.toString(ATTRIBUTES));
        }
        milliseconds[i] = (System.nanoTime() - begun) / 1e6;
      }
      Arrays.sort(milliseconds);
      System.out.println(milliseconds[READS / 2]);
    }
  }
}
