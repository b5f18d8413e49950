package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

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

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLMSG_ERROR = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int NLMSG_HEADER = 16;
  private static final int REQUEST_BYTES = NLMSG_HEADER + 24;
  private static final int UNIX_DIAG_MESSAGE = 16;
  private static final int UDIAG_SHOW_RQLEN = 0x10;
  private static final int UNIX_DIAG_RQLEN = 4;

  private static final int BUFFER_BYTES = 1024;
  private static final int REPLY = 256;
  private static final int STAT_INODE = 8;
  private static final int NOT_UNIX = 0; // no socket has this inode

  private final ByteBuffer keepsBufferAlive = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long buffer = MEMORY.getDirectBufferAddress(keepsBufferAlive);
  private Descriptor netlink;
  private Descriptor known;
  private int knownInode;
  private int sequence;
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
      knownInode = isUnix(socket) ? inode(socket) : NOT_UNIX;
      known = socket;
    }
    if (knownInode == NOT_UNIX) {
      measureTcp(socket);
    } else {
      measureUnix(socket, knownInode);
    }
    return length;
  }

  private static boolean isUnix(Descriptor socket) throws PosixException {
    return SocketOptions.domain(socket) == Sockets.Family.UNIX.number;
  }

  private int inode(Descriptor socket) throws PosixException {
    if (LibC.fstat(socket.number(), buffer + REPLY) < 0) {
      throw PosixException.last("fstat(" + socket + ")");
    }
    return MEMORY.getInt(buffer + REPLY + STAT_INODE);
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

  private void measureUnix(Descriptor socket, int inode) throws PosixException {
    if (netlink == null) {
      netlink = openNetlink();
    }
    int fd = netlink.number();
    writeRequest(inode);
    transfer(LibC.send(fd, buffer, REQUEST_BYTES, 0), "send");
    // The kernel has answered by the time send() returns; should it not have, nobody may hang.
    long received;
    do {
      received = LibC.recv(fd, buffer + REPLY, BUFFER_BYTES - REPLY, MSG_DONTWAIT);
      transfer(received, "recv");
      // A reply of another sequence number answers a request that failed half-way.
    } while (received >= NLMSG_HEADER && MEMORY.getInt(buffer + REPLY + 8) != sequence);
    readReply(received, socket);
  }

  /** Lays out struct nlmsghdr and struct unix_diag_req. */
  private void writeRequest(int inode) {
    MEMORY.setMemory(buffer, REQUEST_BYTES, (byte) 0);
    MEMORY.putInt(buffer, REQUEST_BYTES);
    MEMORY.putShort(buffer + 4, (short) SOCK_DIAG_BY_FAMILY);
    MEMORY.putShort(buffer + 6, (short) NLM_F_REQUEST);
    MEMORY.putInt(buffer + 8, ++sequence);
    long request = buffer + NLMSG_HEADER;
    MEMORY.putByte(request, (byte) Sockets.Family.UNIX.number);
    MEMORY.putInt(request + 4, -1);
    MEMORY.putInt(request + 8, inode);
    MEMORY.putInt(request + 12, UDIAG_SHOW_RQLEN);
    MEMORY.putLong(request + 16, -1);
  }

  private void readReply(long received, Descriptor socket) throws PosixException {
    long reply = buffer + REPLY;
    int type = MEMORY.getShort(reply + 4);
    if (type == NLMSG_ERROR) {
      throw new PosixException("sock_diag(" + socket + ")", -MEMORY.getInt(reply + NLMSG_HEADER));
    }
    long end = reply + Math.min(received, MEMORY.getInt(reply));
    long attribute = reply + NLMSG_HEADER + UNIX_DIAG_MESSAGE;
    while (attribute + 12 <= end) {
      int bytes = MEMORY.getShort(attribute) & 0xffff;
      if (MEMORY.getShort(attribute + 2) == UNIX_DIAG_RQLEN) {
        length = MEMORY.getInt(attribute + 4);
        limit = MEMORY.getInt(attribute + 8);
        return;
      }
      attribute += Math.max(4, (bytes + 3) & ~3);
    }
    throw new PosixException("sock_diag(" + socket + ")", Errno.EPROTO);
  }

  private static Descriptor openNetlink() throws PosixException {
    int fd = LibC.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) {
      throw PosixException.last("socket(netlink, sock_diag)");
    }
    Descriptor netlink = Descriptor.of(fd);
    try (Scratch scratch = Scratch.open()) {
      long kernel = scratch.allocate(12);
      MEMORY.putShort(kernel, (short) AF_NETLINK);
      if (LibC.connect(fd, kernel, 12) < 0) {
        PosixException refused = PosixException.last("connect(netlink)");
        netlink.close();
        throw refused;
      }
    }
    return netlink;
  }

  private static void transfer(long result, String call) throws PosixException {
    if (result < 0) {
      throw PosixException.last(call + "(netlink)");
    }
  }

  /** Closes the netlink socket. A later measurement opens it again. */
  @Override
  public void close() {
    if (netlink != null) {
      netlink.close();
      netlink = null;
    }
  }
}
