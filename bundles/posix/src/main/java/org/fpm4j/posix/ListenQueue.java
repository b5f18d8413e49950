package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import org.fpm4j.posix.internal.LibC;

/**
 * How many connections wait on a listening socket, and how many may.
 *
 * <p>TCP tells by the option TCP_INFO, a Unix socket by a sock_diag request for its inode over
 * netlink. One object serves any number of sockets and keeps its netlink socket open; a measurement
 * is one or two system calls, two more if the socket is not the last one's, and makes no garbage.
 * Not thread-safe: one thread measures and reads.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/sock_diag.7.html">sock_diag(7)</a>
 */
public final class ListenQueue implements AutoCloseable {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int TCP_INFO_UNACKED = 24;
  private static final int TCP_INFO_SACKED = 28;
  private static final int TCP_INFO_BYTES = 104;

  private static final int UDIAG_SHOW_RQLEN = 0x10;
  private static final int UNIX_DIAG_RQLEN = 4;

  private static final int REPLY = 8;
  private static final int NOT_UNIX = 0; // no socket has this inode

  private final ByteBuffer keepsBufferAlive = ByteBuffer.allocateDirect(REPLY + TCP_INFO_BYTES);
  private final long buffer = MEMORY.getDirectBufferAddress(keepsBufferAlive);
  private final UnixSocketDiag diag = new UnixSocketDiag();
  private Descriptor known;
  private int knownInode;
  private int length;
  private int limit;

  /**
   * Measures a listening socket; then {@link #length} and {@link #limit} hold the result.
   *
   * @param socket listening, TCP or Unix
   * @return the connections that wait, as {@link #length}
   * @throws PosixException if the kernel cannot tell: ENOENT for a Unix socket of another network
   *     namespace, EINVAL or EOPNOTSUPP for a family without a measure
   */
  public int measure(Descriptor socket) throws PosixException {
    if (socket != known) {
      knownInode = isUnix(socket) ? UnixSocketDiag.inode(socket) : NOT_UNIX;
      known = socket;
    }
    if (knownInode == NOT_UNIX) {
      measureTcp(socket);
    } else {
      measureUnix(knownInode);
    }
    return length;
  }

  private static boolean isUnix(Descriptor socket) throws PosixException {
    return SocketOptions.domain(socket) == Sockets.Family.UNIX.number;
  }

  /** The connections that waited at the last measurement. */
  public int length() {
    return length;
  }

  /** The backlog in force at the last measurement, as the kernel has cut it. */
  public int limit() {
    return limit;
  }

  private void measureTcp(Descriptor socket) throws PosixException {
    MEMORY.putInt(buffer, TCP_INFO_BYTES);
    if (LibC.getsockopt(socket.number(), IPPROTO_TCP, TCP_INFO, buffer + REPLY, buffer) < 0) {
      throw PosixException.last("getsockopt(" + socket + ", TCP_INFO)");
    }
    // For a listening socket the kernel puts the accept queue and the backlog into these two.
    length = MEMORY.getInt(buffer + REPLY + TCP_INFO_UNACKED);
    limit = MEMORY.getInt(buffer + REPLY + TCP_INFO_SACKED);
  }

  private void measureUnix(int inode) throws PosixException {
    diag.ask(inode, UDIAG_SHOW_RQLEN, UNIX_DIAG_RQLEN);
    length = diag.first();
    limit = diag.second();
  }

  /** Closes the netlink socket. A later measurement opens it again. */
  @Override
  public void close() {
    diag.close();
  }
}
