package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Asks the kernel about Unix sockets by sock_diag over netlink. Keeps its netlink socket open; a
 * question makes no garbage. Not thread-safe, but for the static methods.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sock_diag.7.html">sock_diag(7)</a>
 */
public final class UnixSocketDiag implements AutoCloseable {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

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
  private static final int UDIAG_SHOW_VFS = 2;
  private static final int UNIX_DIAG_VFS = 1;

  private static final int BUFFER_BYTES = 1024;
  private static final int REPLY = 256;
  private static final int STAT_BYTES = 144;
  private static final int STAT_INODE = 8;

  private final ByteBuffer keepsBufferAlive = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long buffer = MEMORY.getDirectBufferAddress(keepsBufferAlive);
  private Descriptor netlink;
  private int sequence;
  private int first;
  private int second;

  UnixSocketDiag() {}

  /**
   * Returns the inode of the file a Unix socket was bound to, whatever has become of its name.
   *
   * @return its low 32 bits, unsigned: the kernel tells no more
   * @throws PosixException if the kernel cannot tell, or the socket has no file
   */
  public static long fileInode(Descriptor socket) throws PosixException {
    try (UnixSocketDiag diag = new UnixSocketDiag()) {
      diag.ask(inode(socket), UDIAG_SHOW_VFS, UNIX_DIAG_VFS);
      return Integer.toUnsignedLong(diag.first());
    }
  }

  /** Returns the inode of the socket itself, by which sock_diag knows it. */
  static int inode(Descriptor socket) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long stat = scratch.allocate(STAT_BYTES);
      if (LibC.fstat(socket.number(), stat) < 0) {
        throw PosixException.last("fstat(" + socket + ")");
      }
      return MEMORY.getInt(stat + STAT_INODE);
    }
  }

  /**
   * Asks for one attribute of a socket, whose value is two numbers; then {@link #first} and {@link
   * #second} hold them.
   *
   * @param inode of the socket
   * @param show what is asked for, one of UDIAG_SHOW_*
   * @param attribute as the answer calls it, one of UNIX_DIAG_*
   * @throws PosixException if the kernel cannot tell: ENOENT for a socket of another network
   *     namespace
   */
  void ask(int inode, int show, int attribute) throws PosixException {
    if (netlink == null) {
      netlink = openNetlink();
    }
    int fd = netlink.number();
    writeRequest(inode, show);
    transfer(LibC.send(fd, buffer, REQUEST_BYTES, 0), "send");
    // The kernel has answered by the time send() returns; should it not have, nobody may hang.
    long received;
    do {
      received = LibC.recv(fd, buffer + REPLY, BUFFER_BYTES - REPLY, MSG_DONTWAIT);
      transfer(received, "recv");
      // A reply of another sequence number answers a request that failed half-way.
    } while (received >= NLMSG_HEADER && MEMORY.getInt(buffer + REPLY + 8) != sequence);
    readReply(received, inode, attribute);
  }

  int first() {
    return first;
  }

  int second() {
    return second;
  }

  /** Lays out struct nlmsghdr and struct unix_diag_req. */
  private void writeRequest(int inode, int show) {
    MEMORY.setMemory(buffer, REQUEST_BYTES, (byte) 0);
    MEMORY.putInt(buffer, REQUEST_BYTES);
    MEMORY.putShort(buffer + 4, (short) SOCK_DIAG_BY_FAMILY);
    MEMORY.putShort(buffer + 6, (short) NLM_F_REQUEST);
    MEMORY.putInt(buffer + 8, ++sequence);
    long request = buffer + NLMSG_HEADER;
    MEMORY.putByte(request, (byte) Sockets.Family.UNIX.number);
    MEMORY.putInt(request + 4, -1);
    MEMORY.putInt(request + 8, inode);
    MEMORY.putInt(request + 12, show);
    MEMORY.putLong(request + 16, -1);
  }

  private void readReply(long received, int inode, int attribute) throws PosixException {
    long reply = buffer + REPLY;
    int type = MEMORY.getShort(reply + 4);
    if (type == NLMSG_ERROR) {
      int errno = -MEMORY.getInt(reply + NLMSG_HEADER);
      throw new PosixException("sock_diag(socket:[" + inode + "])", errno);
    }
    long end = reply + Math.min(received, MEMORY.getInt(reply));
    long at = reply + NLMSG_HEADER + UNIX_DIAG_MESSAGE;
    while (at + 12 <= end) {
      int bytes = MEMORY.getShort(at) & 0xffff;
      if (MEMORY.getShort(at + 2) == attribute) {
        first = MEMORY.getInt(at + 4);
        second = MEMORY.getInt(at + 8);
        return;
      }
      at += Math.max(4, (bytes + 3) & ~3);
    }
    throw new PosixException("sock_diag(socket:[" + inode + "])", Errno.EPROTO);
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

  /** Closes the netlink socket. A later question opens it again. */
  @Override
  public void close() {
    if (netlink != null) {
      netlink.close();
      netlink = null;
    }
  }
}
