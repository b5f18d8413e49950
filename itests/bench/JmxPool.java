import java.io.FileWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Prints the medians of the milliseconds it takes to read a pool's attributes in one call: {@code
 * PLACE WHICH WALL CPU}, where PLACE is {@code jmx} (another process, one open connection) or {@code
 * inside} (in the master, as an agent does that runs there), WHICH {@code all} or {@code numbers}
 * (all but the table of workers), and CPU the master's.
 *
 * <p>Arguments: the pid of the master, the name of the pool, a jar of this class with {@code
 * Agent-Class: JmxPool}, and a file to write.
 */
public final class JmxPool {

  private static final int WARM_UP = 50;
  private static final int READS = 31;

  public static void main(String[] arguments) throws Exception {
    var machine = com.sun.tools.attach.VirtualMachine.attach(arguments[0]);
    var address = new JMXServiceURL(machine.startLocalManagementAgent());
    try (var connector = JMXConnectorFactory.connect(address);
        var out = new PrintWriter(System.out, true)) {
      measure("jmx", connector.getMBeanServerConnection(), arguments[1], out);
    }
    machine.loadAgent(arguments[2], arguments[1] + " " + arguments[3]);
    machine.detach();
  }

  /** Measures inside; the arguments are the pool and the file, separated by a blank. */
  public static void agentmain(String arguments) throws Exception {
    String[] words = arguments.split(" ", 2);
    try (var out = new PrintWriter(new FileWriter(words[1]))) {
      measure("inside", ManagementFactory.getPlatformMBeanServer(), words[0], out);
    }
  }

  private static void measure(
      String place, MBeanServerConnection server, String pool, PrintWriter out) throws Exception {
    ObjectName bean = new ObjectName("org.fpm4j:type=Pool,name=" + pool);
    String[] all =
        Stream.of(server.getMBeanInfo(bean).getAttributes())
            .map(MBeanAttributeInfo::getName)
            .toArray(String[]::new);
    String[] numbers =
        Stream.of(all).filter(name -> !name.equals("Workers")).toArray(String[]::new);
    out.printf("%s workers %d%n", place, ((TabularData) server.getAttribute(bean, "Workers")).size());
    out.printf("%s all %s%n", place, medians(server, bean, all));
    out.printf("%s numbers %s%n", place, medians(server, bean, numbers));
  }

  private static String medians(MBeanServerConnection server, ObjectName pool, String... names)
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
    return "%.2f %.2f".formatted(milliseconds[READS / 2], cpu / 1e6);
  }

  private static long cpuNanos(MBeanServerConnection server) throws Exception {
    var system = new ObjectName("java.lang:type=OperatingSystem");
    return (Long) server.getAttribute(system, "ProcessCpuTime");
  }
}
