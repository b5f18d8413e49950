package org.fpm4j.listener;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Sockets;
import org.fpm4j.posix.UnixSocketDiag;

/**
 * The file of a bound Unix socket, told from another of the same name by device and inode.
 *
 * @param path its name
 * @param device number of the file system
 * @param inode number in it
 */
record SocketFile(Path path, long device, long inode) {
  private static final long LOW_32_BITS = 0xffffffffL;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_SOCKET = 0140000;

  /** The file that has the name now, a link not followed; empty if there is none. */
  static Optional<SocketFile> at(Path path) throws IOException {
    return attributes(path)
        .map(found -> new SocketFile(path, (long) found.get("dev"), (long) found.get("ino")));
  }

  /**
   * The file a socket was bound to; empty if its name is gone or another's by now, or the kernel
   * cannot tell.
   */
  static Optional<SocketFile> of(Descriptor socket, Path path) throws IOException {
    Optional<SocketFile> now = at(path);
    try {
      return now.isPresent() && UnixSocketDiag.fileInode(socket) == (now.get().inode & LOW_32_BITS)
          ? now
          : Optional.empty();
    } catch (PosixException e) {
      return Optional.empty();
    }
  }

  private static Optional<Map<String, Object>> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, "unix:dev,ino,mode", LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Removes the file unless the name has come to mean another one; a failure is no one's loss. */
  void removeIfSame() {
    try {
      if (at(path).equals(Optional.of(this))) {
        Files.delete(path);
      }
    } catch (IOException ignored) {
      // A socket file left behind is found stale and replaced by the next one who binds it.
    }
  }

  /**
   * Makes the name free for a new socket: removes a socket file that nobody listens on, and only
   * that.
   *
   * @throws ListenException if somebody listens, or it cannot be found out, or the file is no
   *     socket
   */
  static void removeStale(ListenAddress.Unix address, Path path) throws IOException {
    Optional<Map<String, Object>> found = attributes(path);
    if (found.isEmpty()) {
      return;
    }
    if (((int) found.get().get("mode") & TYPE_MASK) != TYPE_SOCKET) {
      throw new ListenException(
          "unable to bind listening socket for address '"
              + address.text()
              + "': a file that is no socket is in the way");
    }
    try (Descriptor probe = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM)) {
      probe.configureBlocking(false);
      Sockets.connect(probe, UnixDomainSocketAddress.of(path));
      throw inUse(address);
    } catch (PosixException e) {
      switch (e.errno()) {
        case Errno.ENOENT -> {
          // Removed in the meantime, by whoever listened there.
        }
        case Errno.ECONNREFUSED -> Files.deleteIfExists(path);
        // Its listen queue is full, so it has one.
        case Errno.EAGAIN -> throw inUse(address);
        default ->
            throw new ListenException(
                "unable to bind listening socket for address '" + address.text() + "'", e);
      }
    }
  }

  private static ListenException inUse(ListenAddress.Unix address) {
    return new ListenException("Another FPM instance seems to already listen on " + address.path());
  }
}
