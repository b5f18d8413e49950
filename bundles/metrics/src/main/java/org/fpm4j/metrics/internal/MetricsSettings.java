package org.fpm4j.metrics.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of {@code etc/org.fpm4j.metrics.cfg}, checked.
 *
 * @param address a loopback address: there is neither encryption nor a password
 * @param port 1 to 65535
 * @param names which names metrics have
 * @param perWorker whether each worker has metrics of its own
 */
record MetricsSettings(InetAddress address, int port, Names names, boolean perWorker) {

  /** Which names metrics have. */
  enum Names {
    /** Our own, {@code fpm4j_…}. */
    FPM4J,
    /** Those of hipages/php-fpm_exporter, {@code phpfpm_…}. */
    PHP_FPM_EXPORTER,
    BOTH
  }

  private static final String LISTEN = "listen";
  private static final String NAMES = "names";
  private static final String PER_WORKER = "per_worker";
  private static final List<String> KEYS = List.of(LISTEN, NAMES, PER_WORKER);
  private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[(.+)]|([^:]+)):(\\d{1,5})");

  /** What Config Admin, Declarative Services and File Install add. */
  private static final Pattern FOREIGN = Pattern.compile("(service|component|felix|osgi)\\..*");

  /**
   * Checks settings.
   *
   * @param properties as Declarative Services hands them over
   * @throws IllegalArgumentException at the first thing wrong, naming key, value and what is legal
   */
  static MetricsSettings of(Map<String, ?> properties) {
    for (Map.Entry<String, ?> each : properties.entrySet()) {
      if (!KEYS.contains(each.getKey()) && !FOREIGN.matcher(each.getKey()).matches()) {
        throw refused(each.getKey(), each.getValue(), "no such key; " + String.join(", ", KEYS));
      }
    }
    String listen = text(properties, LISTEN, "127.0.0.1:9253");
    Matcher place = HOST_AND_PORT.matcher(listen);
    if (!place.matches()) {
      throw refused(LISTEN, listen, "HOST:PORT or [V6]:PORT");
    }
    int port = Integer.parseInt(place.group(3));
    if (port < 1 || port > 65535) {
      throw refused(LISTEN, listen, "a port from 1 to 65535");
    }
    InetAddress address = address(place.group(1) == null ? place.group(2) : place.group(1), listen);
    return new MetricsSettings(address, port, names(properties), perWorker(properties));
  }

  private static InetAddress address(String host, String listen) {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (address.isLoopbackAddress()) {
        return address;
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(LISTEN + " = " + listen + ": no such host", e);
    }
    throw refused(
        LISTEN, listen, "a loopback address; a web server may offer it to others, with a password");
  }

  private static Names names(Map<String, ?> properties) {
    String names = text(properties, NAMES, "fpm4j");
    return switch (names) {
      case "fpm4j" -> Names.FPM4J;
      case "php-fpm_exporter" -> Names.PHP_FPM_EXPORTER;
      case "both" -> Names.BOTH;
      default -> throw refused(NAMES, names, "fpm4j, php-fpm_exporter or both");
    };
  }

  private static boolean perWorker(Map<String, ?> properties) {
    String perWorker = text(properties, PER_WORKER, "no");
    return switch (perWorker) {
      case "yes" -> true;
      case "no" -> false;
      default -> throw refused(PER_WORKER, perWorker, "yes or no");
    };
  }

  private static String text(Map<String, ?> properties, String key, String otherwise) {
    Object value = properties.get(key);
    return value == null ? otherwise : value.toString().strip();
  }

  private static IllegalArgumentException refused(String key, Object value, String legal) {
    return new IllegalArgumentException(key + " = " + value + " (legal: " + legal + ")");
  }

  /** Where it listens, for messages: {@code 127.0.0.1:9253}. */
  String place() {
    String host = address.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
