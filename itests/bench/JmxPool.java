import java.util.Arrays;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Prints the medians of the milliseconds it takes to read a pool's attributes in one call on one open
 * connection: all of them, all but the table of workers, and that table alone. Arguments: the pid of
 * the master, the name of the pool. The CPU time counts on a busy machine.
 */
public final class JmxPool {

  private static final int WARM_UP = 50;
  private static final int READS = 31;

  public static void main(String[] arguments) throws Exception {
    var machine = com.sun.tools.attach.VirtualMachine.attach(arguments[0]);
    var address = new JMXServiceURL(machine.startLocalManagementAgent());
    machine.detach();
    ObjectName pool = new ObjectName("org.fpm4j:type=Pool,name=" + arguments[1]);
    try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      String[] all =
          Stream.of(server.getMBeanInfo(pool).getAttributes())
              .map(MBeanAttributeInfo::getName)
              .toArray(String[]::new);
      String[] numbers =
          Stream.of(all).filter(name -> !name.equals("Workers")).toArray(String[]::new);
      int rows = ((TabularData) server.getAttribute(pool, "Workers")).size();
      System.out.printf(
          "%d workers: %d attributes %s, all but Workers %s, Workers %s%n",
          rows,
          all.length,
          median(server, pool, all),
          median(server, pool, numbers),
          median(server, pool, "Workers"));
    }
  }

  private static String median(MBeanServerConnection server, ObjectName pool, String... names)
      throws Exception {
    double[] milliseconds = new double[READS];
    long cpu = 0;
    for (int i = -WARM_UP; i < READS; i++) {
      cpu = i == 0 ? cpuNanos(server) : cpu;
      long begun = System.nanoTime();
      var read = server.getAttributes(pool, names);
      if (i >= 0) {
        milliseconds[i] = (System.nanoTime() - begun) / 1e6;
      }
      if (read.size() != names.length) {
        throw new IllegalStateException("some of " + Arrays.toString(names) + " cannot be read");
      }
    }
    cpu = (cpuNanos(server) - cpu) / READS;
    Arrays.sort(milliseconds);
    return "%.2f ms (%.2f ms CPU of the master)".formatted(milliseconds[READS / 2], cpu / 1e6);
  }

  private static long cpuNanos(MBeanServerConnection server) throws Exception {
    var system = new ObjectName("java.lang:type=OperatingSystem");
    return (Long) server.getAttribute(system, "ProcessCpuTime");
  }
}
