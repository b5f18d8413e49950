package org.fpm4j.listener;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.fpm4j.posix.Descriptor;

/**
 * Listening sockets that whoever started this process has opened: systemd, by LISTEN_FDS and
 * LISTEN_PID of sd_listen_fds(3), or another, by php-fpm's FPM_SOCKETS ({@code key=fd,key=fd},
 * continued in FPM_SOCKETS_1 and on). Where a socket listens is asked of the kernel; the keys are
 * not believed. One thread at a time.
 *
 * <p>A socket whose name in LISTEN_FDNAMES ends with {@value #STORED} is one that an earlier master
 * has opened and put into systemd's store: it is this master's own again.
 */
public final class InheritedSockets {
  private static final int FIRST_SYSTEMD_FD = 3;
  private static final int MAX_FD = 1 << 20;

  /** Ends the name of a socket that fpm4j itself put into the store. */
  public static final String STORED = ".listen";

  private final Set<Integer> numbers = new LinkedHashSet<>();
  private final Map<Integer, String> stored = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();

  private InheritedSockets() {}

  /**
   * Reads the environment; no descriptor is touched.
   *
   * @param environment of this process
   * @param pid of this process: LISTEN_FDS is meant for the process LISTEN_PID names
   */
  public static InheritedSockets of(Map<String, String> environment, int pid) {
    InheritedSockets inherited = new InheritedSockets();
    if (Integer.toString(pid).equals(environment.get("LISTEN_PID"))) {
      inherited.addSystemd(
          environment.getOrDefault("LISTEN_FDS", "0"),
          environment.getOrDefault("LISTEN_FDNAMES", ""));
    }
    String variable = "FPM_SOCKETS";
    for (int i = 1; environment.containsKey(variable); i++) {
      inherited.addPhpFpm(variable, environment.get(variable));
      variable = "FPM_SOCKETS_" + i;
    }
    return inherited;
  }

  private void addSystemd(String count, String allNames) {
    Optional<Integer> number = number(count);
    if (number.isEmpty()) {
      warnings.add("LISTEN_FDS '" + count + "' is no number of descriptors");
      return;
    }
    String[] names = allNames.split(":", -1);
    for (int i = 0; i < number.get(); i++) {
      numbers.add(FIRST_SYSTEMD_FD + i);
      if (i < names.length && names[i].endsWith(STORED)) {
        stored.put(FIRST_SYSTEMD_FD + i, names[i]);
      }
    }
  }

  private void addPhpFpm(String variable, String value) {
    for (String entry : value.split(",", -1)) {
      Optional<Integer> number = number(entry.substring(entry.lastIndexOf('=') + 1));
      if (entry.indexOf('=') > 0 && number.isPresent()) {
        numbers.add(number.get());
      } else if (!entry.isEmpty()) {
        warnings.add(variable + " entry '" + entry + "' is not of the form key=descriptor");
      }
    }
  }

  private static Optional<Integer> number(String text) {
    return Optional.of(text)
        .filter(digits -> digits.matches("[0-9]{1,7}"))
        .map(Integer::parseInt)
        .filter(number -> number <= MAX_FD);
  }

  /**
   * Takes the socket that listens at an address, if one was inherited. What is inherited stays open
   * and is found again: a pool that ended may come back. The path of a Unix socket remains its
   * maker's. A socket that comes from the store is given away for good.
   */
  public Optional<ListeningSocket> take(ListenAddress address) throws IOException {
    for (int number : numbers) {
      Descriptor candidate = Descriptor.of(number);
      if (ListeningSocket.listensAt(candidate, address)) {
        candidate.closeOnExec(true);
        if (stored.remove(number) != null) {
          numbers.remove(number);
          return Optional.of(ListeningSocket.adopt(candidate, address));
        }
        Descriptor own = candidate.duplicate(FIRST_SYSTEMD_FD);
        try {
          return Optional.of(ListeningSocket.borrow(own, address));
        } catch (IOException e) {
          own.close();
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Closes the sockets from the store that nobody has taken: no pool listens there any more.
   *
   * @return the names of all that came from the store and are closed now
   */
  public List<String> closeForgotten() {
    List<String> names = List.copyOf(stored.values());
    for (int number : stored.keySet()) {
      numbers.remove(number);
      Descriptor.of(number).close();
    }
    stored.clear();
    return names;
  }

  /** Parts of the variables that say nothing, for the log. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
