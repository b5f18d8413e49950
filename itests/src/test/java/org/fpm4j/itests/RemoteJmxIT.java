package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.NotificationFilterSupport;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** JMX clients with names and passwords on the port of {@code org.fpm4j.jmx.cfg}. */
class RemoteJmxIT {

  private static final String PASSWORD = "correct horse";

  @TempDir static Path keys;

  @RegisterExtension final Site site = new Site();

  private final ObjectName master = name("org.fpm4j:type=Master");
  private final ObjectName pool = name("org.fpm4j:type=Pool,name=www");

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (javax.management.MalformedObjectNameException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Makes the server's key, which this JVM's TLS clients trust from then on. */
  @BeforeAll
  static void makeKeys() throws Exception {
    Path store = keys.resolve("jmx.p12");
    List<String> keytool =
        List.of(
            (Path.of(System.getProperty("java.home"), "bin/keytool")
                    + " -genkeypair -alias fpm4j"
                    + " -keyalg EC -dname CN=localhost -ext san=ip:127.0.0.1 -storetype PKCS12"
                    + " -storepass changeit -keystore "
                    + store)
                .split(" ", -1));
    CommandOutcome.of(keys, keytool).expectSuccess();
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      trusted.load(in, "changeit".toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore certificate = KeyStore.getInstance("PKCS12");
    certificate.load(null, null);
    certificate.setCertificateEntry("fpm4j", trusted.getCertificate("fpm4j"));
    trust.init(certificate);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }

  @BeforeEach
  void makeUsers() throws IOException {
    site.pool("www", "pm = static", "pm.max_children = 1");
    Files.copy(keys.resolve("jmx.p12"), site.etc().resolve("jmx.p12"));
    user("ops", "control");
    user("grafana", "monitor");
  }

  private void user(String name, String role) {
    site.shell(
            "sh",
            "-c",
            "echo '%s' | %s jmx-user %s %s --etc %s"
                .formatted(PASSWORD, Site.program(), name, role, site.etc()))
        .expectSuccess();
  }

  private void configure(String... lines) {
    site.write(site.etc().resolve("org.fpm4j.jmx.cfg"), String.join("\n", lines) + "\n");
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  @SuppressWarnings("BanJNDI") // the usual address of a remote JMX server
  private static JMXConnector connect(int port, boolean tls, String user, String password)
      throws IOException {
    Map<String, Object> environment =
        tls
            ? Map.of(
                JMXConnector.CREDENTIALS,
                new String[] {user, password},
                "com.sun.jndi.rmi.factory.socket",
                new SslRMIClientSocketFactory())
            : Map.of(JMXConnector.CREDENTIALS, new String[] {user, password});
    String address = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi";
    return JMXConnectorFactory.connect(new JMXServiceURL(address), environment);
  }

  @Test
  void listensNowhereUnlessConfigured() {
    assertEquals(List.of(), ListeningPorts.of(site.start().pid()));
  }

  @Test
  void controlSteersAndHearsOverTheOnlyPort() throws Exception {
    int port = freePort();
    configure("listen = 127.0.0.1:" + port);
    RunningMaster running = site.start();
    running.awaitLog("remote JMX on 127.0.0.1:" + port + " with TLS");

    try (JMXConnector connector = connect(port, true, "ops", PASSWORD)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      ObjectNames.awaitRegistered(server);
      BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
      NotificationFilterSupport exits = new NotificationFilterSupport();
      exits.enableType("org.fpm4j.worker.exited");
      server.addNotificationListener(pool, (each, unused) -> heard.add(each), exits, null);
      int worker = site.awaitWorkers("www", 1).get(0);
      Object said = server.invoke(pool, "killWorker", new Object[] {worker}, new String[] {"int"});
      assertEquals("worker " + worker + " of pool www killed", said);

      Notification exited = heard.poll(60, TimeUnit.SECONDS);
      assertNotNull(exited, "no notification of the exit");
      assertEquals(worker, ((CompositeData) exited.getUserData()).get("pid"));
      assertEquals(List.of("127.0.0.1:" + port), ListeningPorts.of(running.pid()));
      assertThrows(
          SecurityException.class,
          () -> server.createMBean("javax.management.loading.MLet", name("a:b=c")));
    }
    site.expectLog("exited on signal 9");
  }

  @Test
  void monitorReadsAndIsToldWhatItLacks() throws Exception {
    int port = freePort();
    configure("listen = 127.0.0.1:" + port, "tls = no");
    site.start().awaitLog("remote JMX on 127.0.0.1:" + port + " without TLS");

    try (JMXConnector connector = connect(port, false, "grafana", PASSWORD)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      ObjectNames.awaitRegistered(server);
      assertEquals(1, server.getAttribute(pool, "MaxChildren"));
      SecurityException refused =
          assertThrows(SecurityException.class, () -> server.invoke(master, "reload", null, null));
      assertEquals(
          "user 'grafana' has the role monitor and lacks the right 'control' to invoke reload of"
              + " org.fpm4j:type=Master",
          refused.getMessage());
    }
  }

  @Test
  void refusesStrangersAndWhoeverRebindsTheRegistry() throws Exception {
    int port = freePort();
    configure("listen = 127.0.0.1:" + port, "tls = no");
    RunningMaster running = site.start();
    running.awaitLog("remote JMX on");
    site.expectLog("was refused: wrong name or password");
    site.expectLog("others than its owner have access");

    assertThrows(SecurityException.class, () -> connect(port, false, "ops", "battery staple"));
    assertThrows(SecurityException.class, () -> connect(port, false, "nobody", PASSWORD));
    assertThrows(SecurityException.class, () -> connect(port, false, null, null));
    Registry registry = LocateRegistry.getRegistry("127.0.0.1", port);
    assertThrows(RemoteException.class, () -> registry.rebind("jmxrmi", registry));
    assertThrows(RemoteException.class, () -> registry.unbind("jmxrmi"));

    user("late", "monitor");
    connect(port, false, "late", PASSWORD).close();
    Path users = site.etc().resolve("jmx.users");
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(SecurityException.class, () -> connect(port, false, "ops", PASSWORD));
  }

  @Test
  void followsItsFileAndKeepsWhatRanWhenThatIsWrong() throws Exception {
    int first = freePort();
    configure("listen = 127.0.0.1:" + first, "tls = no");
    RunningMaster running = site.start();
    running.awaitLog("remote JMX on 127.0.0.1:" + first);

    int second = freePort();
    configure("listen = 127.0.0.1:" + second);
    running.awaitLog("remote JMX on 127.0.0.1:" + second + " with TLS");
    Await.until(
        "the second port alone",
        () -> ListeningPorts.of(running.pid()).equals(List.of("127.0.0.1:" + second)));

    site.expectLog("ERROR: remote JMX");
    configure("listen = 127.0.0.1:99999");
    running.awaitLog(
        "remote JMX: listen = 127.0.0.1:99999 \\(legal: HOST:PORT or \\[V6\\]:PORT, port 1 to"
            + " 65535\\); remote JMX stays on 127.0.0.1:"
            + second);
    connect(second, true, "ops", PASSWORD).close();

    Files.delete(site.etc().resolve("org.fpm4j.jmx.cfg"));
    running.awaitLog("remote JMX closed on 127.0.0.1:" + second);
    Await.until("no port", () -> ListeningPorts.of(running.pid()).isEmpty());
  }

  /** The TCP ports a process listens on, as the kernel lists them. */
  private static final class ListeningPorts {

    private static final String LISTEN = "0A";

    static List<String> of(int pid) {
      try {
        List<String> own = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
          for (Path each : descriptors.toList()) {
            try {
              own.add(Files.readSymbolicLink(each).toString());
            } catch (NoSuchFileException ignored) {
              // It was closed since.
            }
          }
        }
        List<String> ports = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
          for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[3].equals(LISTEN) && own.contains("socket:[" + words[9] + "]")) {
              ports.add(place(words[1]));
            }
          }
        }
        return ports;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Shows 127.0.0.1 as such, in either family, and any other address as it stands. */
    private static String place(String hexadecimal) {
      int colon = hexadecimal.indexOf(':');
      String address = hexadecimal.substring(0, colon);
      boolean loopback = address.equals("0100007F") || address.endsWith("FFFF00000100007F");
      int port = Integer.parseInt(hexadecimal.substring(colon + 1), 16);
      return (loopback ? "127.0.0.1" : address) + ":" + port;
    }
  }
}
