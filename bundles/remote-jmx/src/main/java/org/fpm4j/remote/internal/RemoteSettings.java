package org.fpm4j.remote.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fpm4j.remote.user.UsersFile;

/**
 * The settings of {@code etc/org.fpm4j.jmx.cfg}, checked.
 *
 * @param address what the port is bound to
 * @param port 1 to 65535
 * @param hostname under which clients reach the address: the server tells it to them
 * @param tls whether connections are encrypted
 * @param keystore PKCS #12 with the server's key and certificate
 * @param keystorePassword that of the keystore
 * @param users the users' file
 */
record RemoteSettings(
    InetAddress address,
    int port,
    String hostname,
    boolean tls,
    Path keystore,
    String keystorePassword,
    Path users) {

  private static final String LISTEN = "listen";
  private static final String HOSTNAME = "hostname";
  private static final String TLS = "tls";
  private static final String KEYSTORE = "keystore";
  private static final String KEYSTORE_PASSWORD = "keystore.password";
  private static final String USERS = "users";
  private static final List<String> KEYS =
      List.of(LISTEN, HOSTNAME, TLS, KEYSTORE, KEYSTORE_PASSWORD, USERS);

  /** What Config Admin, Declarative Services and File Install add. */
  private static final Pattern FOREIGN = Pattern.compile("(service|component|felix|osgi)\\..*");

  private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[(.+)]|([^:]+)):(\\d{1,5})");

  /**
   * Checks settings.
   *
   * @param properties as Declarative Services hands them over
   * @param etc what relative paths are relative to
   * @throws RefusedSettingException at the first thing wrong
   */
  static RemoteSettings of(Map<String, ?> properties, Path etc) throws RefusedSettingException {
    for (Map.Entry<String, ?> each : properties.entrySet()) {
      if (!KEYS.contains(each.getKey()) && !FOREIGN.matcher(each.getKey()).matches()) {
        throw new RefusedSettingException(
            each.getKey(), each.getValue().toString(), "no such key; " + String.join(", ", KEYS));
      }
    }
    String listen = text(properties, LISTEN, "127.0.0.1:9010");
    Matcher place = HOST_AND_PORT.matcher(listen);
    if (!place.matches() || !isPort(place.group(3))) {
      throw new RefusedSettingException(LISTEN, listen, "HOST:PORT or [V6]:PORT, port 1 to 65535");
    }
    String host = place.group(1) == null ? place.group(2) : place.group(1);
    InetAddress address = address(host, listen);
    boolean tls = tls(properties, address);
    String hostname = text(properties, HOSTNAME, address.isAnyLocalAddress() ? "" : host);
    if (hostname.isEmpty()) {
      throw new RefusedSettingException(
          HOSTNAME,
          "(empty)",
          "the name by which clients reach this machine; required with " + listen);
    }
    RemoteSettings settings =
        new RemoteSettings(
            address,
            Integer.parseInt(place.group(3)),
            hostname,
            tls,
            etc.resolve(text(properties, KEYSTORE, "jmx.p12")),
            text(properties, KEYSTORE_PASSWORD, "changeit"),
            etc.resolve(text(properties, USERS, "jmx.users")));
    settings.checkFiles();
    return settings;
  }

  private static String text(Map<String, ?> properties, String key, String otherwise) {
    Object value = properties.get(key);
    return value == null ? otherwise : value.toString().strip();
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port >= 1 && port <= 65535;
  }

  private static InetAddress address(String host, String listen) throws RefusedSettingException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new RefusedSettingException(LISTEN, listen, "a host this machine knows");
    }
  }

  private static boolean tls(Map<String, ?> properties, InetAddress address)
      throws RefusedSettingException {
    String tls = text(properties, TLS, "yes");
    if (!tls.equals("yes") && !tls.equals("no")) {
      throw new RefusedSettingException(TLS, tls, "yes or no");
    }
    if (tls.equals("no") && !address.isLoopbackAddress()) {
      throw new RefusedSettingException(
          TLS,
          tls,
          "yes, unless " + LISTEN + " is a loopback address: passwords would be readable");
    }
    return tls.equals("yes");
  }

  private void checkFiles() throws RefusedSettingException {
    try {
      new UsersFile(users).read();
    } catch (IOException e) {
      throw new RefusedSettingException(USERS, users, e);
    }
    if (tls) {
      try {
        UsersFile.requirePrivate(keystore);
      } catch (IOException e) {
        throw new RefusedSettingException(KEYSTORE, keystore, e);
      }
    }
  }

  /** Where it listens, for messages: {@code 127.0.0.1:9010}. */
  String place() {
    String host = address.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** Whether both need the same port. */
  boolean meets(RemoteSettings other) {
    return port == other.port;
  }
}
