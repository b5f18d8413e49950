package org.fpm4j.listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.FileModes;
import org.fpm4j.posix.ListenQueue;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.SocketOptions;
import org.fpm4j.posix.Sockets;

/**
 * A socket that listens for a pool: non-blocking, close-on-exec. The master holds it open and
 * watches its queue; workers accept from it. One thread at a time, the event loop's.
 *
 * <p>A Unix socket is given mode 0 before bind(2), so its path appears closed to everyone, and gets
 * owner, access list and mode in this order before it listens: at no moment may somebody connect
 * who may not in the end. (Binding under a temporary name and renaming would do as well, but the
 * socket's name as the kernel knows it, which ss(8) shows and {@link #adopt} checks, would stay the
 * temporary one.)
 */
public final class ListeningSocket implements AutoCloseable {

  /** A connect(2) that has found the path just before it went needs no longer. */
  private static final Duration UNIX_ARRIVAL = Duration.ofMillis(20);

  /** The last segment of a handshake on its way from a web server in the same data centre. */
  private static final Duration TCP_ARRIVAL = Duration.ofMillis(200);

  private final ListenAddress address;
  private final Descriptor descriptor;
  private final SocketAddress bound;
  private final Optional<SocketFile> file;
  private final List<String> warnings;
  private final ListenQueue queue = new ListenQueue();
  private boolean mayHaveAccessList;
  private boolean borrowed;

  private ListeningSocket(
      ListenAddress address,
      Descriptor descriptor,
      Optional<SocketFile> file,
      boolean mayHaveAccessList,
      List<String> warnings)
      throws PosixException {
    this.address = address;
    this.descriptor = descriptor;
    this.bound = Sockets.localAddress(descriptor);
    this.file = file;
    this.mayHaveAccessList = mayHaveAccessList;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Opens a socket and starts to listen. The path of a Unix socket that nobody listens on any more
   * is replaced; a live one, or a file of another kind, is left alone. A host name may have to be
   * looked up, which takes its time.
   *
   * @throws ListenException with php-fpm's message
   * @throws IOException if descriptors have run out or the path cannot be looked at
   */
  public static ListeningSocket open(ListenAddress address, ListenOptions options)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    if (address instanceof ListenAddress.Unix unix) {
      return openUnix(unix, options, warnings);
    }
    return openTcp((ListenAddress.Tcp) address, options, warnings);
  }

  private static ListeningSocket openTcp(
      ListenAddress.Tcp address, ListenOptions options, List<String> warnings) throws IOException {
    try {
      return openFirst(address, options, warnings);
    } catch (ListenException e) {
      if (!address.portAlone()) {
        throw e;
      }
      warnings.add("Failed implicitly binding to ::, retrying with 0.0.0.0");
      ListenAddress.Tcp any =
          new ListenAddress.Tcp(address.text(), "0.0.0.0", address.port(), true);
      return openFirst(any, options, warnings);
    }
  }

  /** Opens the first of the host's addresses that can be had. */
  private static ListeningSocket openFirst(
      ListenAddress.Tcp address, ListenOptions options, List<String> warnings) throws IOException {
    Descriptor descriptor = null;
    ListenException failure = null;
    for (InetSocketAddress candidate : HostAddresses.of(address)) {
      if (descriptor != null) {
        warnings.add(
            "Found multiple addresses for %s, %s ignored"
                .formatted(address.host(), NumericAddress.text(candidate.getAddress())));
        continue;
      }
      try {
        descriptor = listen(address, candidate, options);
      } catch (ListenException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (descriptor == null) {
      throw failure;
    }
    return new ListeningSocket(address, descriptor, Optional.empty(), false, warnings);
  }

  private static Descriptor listen(
      ListenAddress.Tcp address, InetSocketAddress candidate, ListenOptions options)
      throws ListenException {
    Descriptor descriptor = socket(Sockets.Family.of(candidate));
    try {
      bind(descriptor, address, candidate);
      listen(descriptor, address, options.backlog());
      return descriptor;
    } catch (ListenException e) {
      descriptor.close();
      throw e;
    }
  }

  private static ListeningSocket openUnix(
      ListenAddress.Unix address, ListenOptions options, List<String> warnings) throws IOException {
    SocketPermissions permissions = SocketPermissions.of(options, warnings);
    Path path = path(address);
    SocketFile.removeStale(address, path);
    Descriptor descriptor = socket(Sockets.Family.UNIX);
    Optional<SocketFile> file = Optional.empty();
    try {
      FileModes.chmod(descriptor, 0);
      bind(descriptor, address, UnixDomainSocketAddress.of(path));
      file = SocketFile.at(path);
      permissions.apply(path, false);
      listen(descriptor, address, options.backlog());
      return new ListeningSocket(address, descriptor, file, permissions.hasAccessList(), warnings);
    } catch (IOException e) {
      descriptor.close();
      file.ifPresent(SocketFile::removeIfSame);
      throw e;
    }
  }

  private static Path path(ListenAddress.Unix address) throws ListenException {
    try {
      return Path.of(address.path());
    } catch (InvalidPathException e) {
      throw new ListenException(
          "unable to bind listening socket for address '" + address.text() + "': " + e.getReason());
    }
  }

  private static Descriptor socket(Sockets.Family family) throws ListenException {
    try {
      Descriptor descriptor = Sockets.open(family, Sockets.Type.STREAM);
      descriptor.configureBlocking(false);
      SocketOptions.reuseAddress(descriptor, true);
      return descriptor;
    } catch (PosixException e) {
      throw new ListenException("failed to create new listening socket: socket()", e);
    }
  }

  private static void bind(Descriptor descriptor, ListenAddress address, SocketAddress target)
      throws ListenException {
    try {
      Sockets.bind(descriptor, target);
    } catch (PosixException e) {
      throw new ListenException(
          "unable to bind listening socket for address '" + address.text() + "'", e);
    }
  }

  private static void listen(Descriptor descriptor, ListenAddress address, int backlog)
      throws ListenException {
    try {
      Sockets.listen(descriptor, backlog);
    } catch (PosixException e) {
      throw new ListenException("failed to listen to address '" + address.text() + "'", e);
    }
  }

  /**
   * Takes over a socket that a master opened before: its zygote has outlived it. The path of a Unix
   * socket counts as made by {@link #open}.
   *
   * @param descriptor owned by this object from now on, unless an exception is thrown
   * @param address where it is said to listen
   * @throws ListenException if it does not listen, or not there
   */
  public static ListeningSocket adopt(Descriptor descriptor, ListenAddress address)
      throws IOException {
    requireListeningAt(descriptor, address);
    Optional<SocketFile> file = Optional.empty();
    if (address instanceof ListenAddress.Unix unix) {
      file = SocketFile.at(path(unix));
    }
    return new ListeningSocket(address, descriptor, file, file.isPresent(), List.of());
  }

  /** As {@link #adopt}, of a socket that somebody else has opened, whose path is his to remove. */
  public static ListeningSocket borrow(Descriptor descriptor, ListenAddress address)
      throws IOException {
    requireListeningAt(descriptor, address);
    ListeningSocket socket =
        new ListeningSocket(address, descriptor, Optional.empty(), true, List.of());
    socket.borrowed = true;
    return socket;
  }

  /**
   * As {@link #adopt}, of a socket that its pool was leaving: its path may be gone, or another may
   * be bound there, and is then left alone.
   */
  public static ListeningSocket adoptFormer(Descriptor descriptor, ListenAddress address)
      throws IOException {
    requireListeningAt(descriptor, address);
    Optional<SocketFile> file = Optional.empty();
    if (address instanceof ListenAddress.Unix unix) {
      file = SocketFile.of(descriptor, path(unix));
    }
    return new ListeningSocket(address, descriptor, file, true, List.of());
  }

  private static void requireListeningAt(Descriptor descriptor, ListenAddress address)
      throws ListenException {
    try {
      if (!listensAt(descriptor, address)) {
        throw new ListenException(
            "inherited socket %s does not listen on '%s' but on '%s'"
                .formatted(descriptor, address.text(), text(Sockets.localAddress(descriptor))));
      }
      descriptor.configureBlocking(false);
      descriptor.closeOnExec(true);
    } catch (PosixException e) {
      throw new ListenException("inherited socket for '" + address.text() + "' is of no use", e);
    }
  }

  /**
   * Whether a descriptor is a socket that listens at an address; false for a descriptor that is not
   * even open.
   */
  public static boolean listensAt(Descriptor descriptor, ListenAddress address)
      throws ListenException {
    try {
      return SocketOptions.isListening(descriptor)
          && isAt(address, Sockets.localAddress(descriptor));
    } catch (PosixException e) {
      return false;
    }
  }

  private static boolean isAt(ListenAddress address, SocketAddress bound) throws ListenException {
    if (address instanceof ListenAddress.Unix unix) {
      return bound instanceof UnixDomainSocketAddress local && local.getPath().equals(path(unix));
    }
    ListenAddress.Tcp tcp = (ListenAddress.Tcp) address;
    if (!(bound instanceof InetSocketAddress local) || local.getPort() != tcp.port()) {
      return false;
    }
    return tcp.portAlone()
        ? local.getAddress().isAnyLocalAddress()
        : HostAddresses.of(tcp).contains(local);
  }

  private static String text(SocketAddress bound) {
    return bound instanceof InetSocketAddress inet
        ? NumericAddress.text(inet)
        : String.valueOf(bound);
  }

  /**
   * Gives the socket another backlog, owner, mode and access list while it listens, as a change of
   * these settings wants it; no connection is refused meanwhile.
   *
   * @return warnings, as of {@link #warnings}
   * @throws ListenException with php-fpm's message; what came before the failed step stays changed
   */
  public List<String> reconfigure(ListenOptions options) throws IOException {
    List<String> ignored = new ArrayList<>();
    if (address instanceof ListenAddress.Unix unix) {
      SocketPermissions permissions = SocketPermissions.of(options, ignored);
      permissions.apply(path(unix), mayHaveAccessList);
      mayHaveAccessList = permissions.hasAccessList();
    }
    listen(descriptor, address, options.backlog());
    return List.copyOf(ignored);
  }

  /** Where it was asked to listen. */
  public ListenAddress address() {
    return address;
  }

  /**
   * What php-fpm's FPM_SOCKETS calls it: the path, or the numeric address as {@code
   * 127.0.0.1:9000}, {@code ::1:9000}.
   */
  public String key() {
    return address instanceof ListenAddress.Unix unix ? unix.path() : text(bound);
  }

  /** For the event loop to watch and a zygote to inherit; it stays this object's. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /**
   * What the log should tell of the opening, in php-fpm's words: addresses not used, options
   * ignored.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * The listen queue at one moment.
   *
   * @param length connections that wait; 0 also if the kernel cannot tell, as for a socket of
   *     another network namespace
   * @param maximum connections that may wait, the backlog as the kernel has cut it; 0 if it cannot
   *     tell
   */
  public record QueueDepth(int length, int maximum) {}

  /** Measures the queue. The event loop's thread, as everything here. */
  public QueueDepth queueDepth() {
    return queueDepth(queue);
  }

  /**
   * Measures the queue from any thread. Of a socket that is being closed it may say anything.
   *
   * @param measure the caller's own; it lets nobody else use it meanwhile
   */
  public QueueDepth queueDepth(ListenQueue measure) {
    try {
      measure.measure(descriptor);
      return new QueueDepth(measure.length(), measure.limit());
    } catch (PosixException | IllegalStateException e) {
      return new QueueDepth(0, 0);
    }
  }

  /** Whether a connection waits in the listen queue. */
  public boolean hasWaiting() throws IOException {
    try (Poller poller = Pollers.open("poll")) {
      poller.add(descriptor, Poller.READ);
      return poller.await(0) > 0;
    }
  }

  /** Whether somebody else keeps the socket, so that it listens on when this process is gone. */
  public boolean isBorrowed() {
    return borrowed;
  }

  /** Says that somebody else keeps the socket from now on, with its path. */
  public void lend() {
    borrowed = true;
  }

  /**
   * Lets nobody connect any more; who waits in the listen queue waits on, and can be accepted.
   *
   * @return for how long the queue must have been empty until nobody can be on the way to it
   * @throws IOException if newcomers cannot be kept out
   */
  public Duration turnAway() throws IOException {
    if (address instanceof ListenAddress.Unix) {
      unlink();
      return UNIX_ARRIVAL;
    }
    SocketOptions.ignoreConnects(descriptor, true);
    return TCP_ARRIVAL;
  }

  /**
   * Takes {@link #turnAway} back.
   *
   * @return false if that is impossible: a Unix socket's path is gone for good
   */
  public boolean welcome() throws IOException {
    if (address instanceof ListenAddress.Unix) {
      return false;
    }
    SocketOptions.ignoreConnects(descriptor, false);
    return true;
  }

  /**
   * Ends listening for every process that has the socket: a busy worker that holds it does not keep
   * a port taken. Who waits in the listen queue is turned out. A Unix socket without its path is
   * out of reach already.
   */
  public void refuse() throws IOException {
    if (address instanceof ListenAddress.Tcp) {
      Sockets.shutdown(descriptor, Sockets.Direction.READ);
    }
  }

  /**
   * Removes a Unix socket's path, unless it has come to be another's; whoever has the socket still
   * accepts.
   */
  public void unlink() {
    if (!borrowed) {
      file.ifPresent(SocketFile::removeIfSame);
    }
  }

  /**
   * Closes the socket and removes its path as {@link #unlink}. Processes that have inherited it
   * still accept. A master that leaves its pools to the next one does not close.
   */
  @Override
  public void close() {
    unlink();
    descriptor.close();
    queue.close();
  }
}
