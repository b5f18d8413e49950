package org.fpm4j.supervision.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;

/**
 * The service manager's descriptor store: what is put there comes back to the next process it
 * starts for the service, by LISTEN_FDS and LISTEN_FDNAMES. Event loop only.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/sd_pid_notify_with_fds.html">
 *     sd_pid_notify_with_fds(3)</a>
 */
final class DescriptorStore {

  private static final String ROOM = "FDSTORE";

  private final NotifySocket socket;
  private final Log log;

  private DescriptorStore(NotifySocket socket, Log log) {
    this.socket = socket;
    this.log = log;
  }

  /**
   * Returns the store; empty unless {@code FDSTORE} says that it has room: systemd sets it from
   * version 254 on, the unit file for older ones.
   */
  static Optional<DescriptorStore> of(
      Map<String, String> environment, NotifySocket socket, Log log) {
    return environment.getOrDefault(ROOM, "").matches("0*[1-9][0-9]*")
        ? Optional.of(new DescriptorStore(socket, log))
        : Optional.empty();
  }

  /** Puts a copy of a descriptor there; what was there under that name goes. */
  boolean keep(String name, Descriptor descriptor) {
    forget(name);
    return send("FDSTORE=1\nFDNAME=" + name, List.of(descriptor));
  }

  /** Removes what is there under a name. */
  void forget(String name) {
    send("FDSTOREREMOVE=1\nFDNAME=" + name, List.of());
  }

  private boolean send(String assignments, List<Descriptor> descriptors) {
    try {
      if (socket.send(assignments, descriptors)) {
        return true;
      }
      log.warning("the service manager's queue is full: a listening socket is not stored");
    } catch (PosixException e) {
      log.warning("a listening socket is not stored: %s", e.getMessage());
    }
    return false;
  }
}
