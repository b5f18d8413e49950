package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Messages on Unix sockets that carry descriptors beside their bytes (SCM_RIGHTS).
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 */
public final class SocketMessages {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_TRUNC = 0x20;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  /** The most descriptors one message can carry; SCM_MAX_FD of the kernel. */
  public static final int MAX_DESCRIPTORS = 253;

  private static final int IOVEC_SIZE = 16;
  private static final int IOVEC_LENGTH = 8;
  private static final int MSGHDR_SIZE = 56;
  private static final int MSGHDR_IOV = 16;
  private static final int MSGHDR_IOVLEN = 24;
  private static final int MSGHDR_CONTROL = 32;
  private static final int MSGHDR_CONTROLLEN = 40;
  private static final int MSGHDR_FLAGS = 48;
  private static final int CMSGHDR_SIZE = 16;
  private static final int CMSGHDR_LEVEL = 8;
  private static final int CMSGHDR_TYPE = 12;

  private SocketMessages() {}

  /**
   * A received message.
   *
   * @param bytes from position 0 to the limit, in this machine's byte order; without bytes if the
   *     other side has closed
   * @param descriptors owned by the receiver, close-on-exec, in the sender's order
   * @param truncated bytes or descriptors were lost: the space offered, or the limit on open
   *     descriptors, was too small
   */
  public record Message(ByteBuffer bytes, List<Descriptor> descriptors, boolean truncated) {
    /** Whether the other side has closed. */
    public boolean isEnd() {
      return !bytes.hasRemaining() && descriptors.isEmpty();
    }

    /** Closes all descriptors of the message, for a receiver that has no use for them. */
    public void closeDescriptors() {
      descriptors.forEach(Descriptor::close);
    }
  }

  /**
   * Sends one message, by sendmsg(2).
   *
   * @param socket connected; of type SEQPACKET so that the message stays one
   * @param bytes the remaining bytes are sent, at least one; the position moves if they were
   * @param descriptors copies go to the receiver, the sender keeps its own; at most {@value
   *     #MAX_DESCRIPTORS}
   * @return false if a non-blocking socket would have had to wait, nothing was sent then
   * @throws PosixException EPIPE or ECONNRESET when the other side is gone, EMSGSIZE when the
   *     message exceeds the send buffer
   */
  public static boolean send(Descriptor socket, ByteBuffer bytes, List<Descriptor> descriptors)
      throws PosixException {
    if (!bytes.hasRemaining() || descriptors.size() > MAX_DESCRIPTORS) {
      throw new IllegalArgumentException(
          bytes.remaining() + " bytes and " + descriptors.size() + " descriptors make no message");
    }
    try (Scratch scratch = Scratch.open()) {
      int length = bytes.remaining();
      long data = scratch.allocate(length);
      byte[] array = new byte[length];
      bytes.get(bytes.position(), array);
      MEMORY.putByteArray(data, array, 0, length);
      long header = header(scratch, data, length, descriptors.size());
      if (!descriptors.isEmpty()) {
        long control = MEMORY.getAddress(header + MSGHDR_CONTROL);
        MEMORY.putLong(control, CMSGHDR_SIZE + (long) descriptors.size() * Integer.BYTES);
        MEMORY.putInt(control + CMSGHDR_LEVEL, SOL_SOCKET);
        MEMORY.putInt(control + CMSGHDR_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
          MEMORY.putInt(
              control + CMSGHDR_SIZE + (long) i * Integer.BYTES, descriptors.get(i).number());
        }
      }
      long sent;
      do {
        sent = LibC.sendmsg(socket.number(), header, MSG_NOSIGNAL);
      } while (sent < 0 && LibC.errno() == Errno.EINTR);
      if (sent >= 0) {
        bytes.position(bytes.position() + (int) sent);
        return true;
      }
      if (LibC.errno() == Errno.EAGAIN) {
        return false;
      }
      throw PosixException.last("sendmsg(" + socket + ")");
    }
  }

  /**
   * Receives one message, by recvmsg(2) with MSG_CMSG_CLOEXEC. Never waits: another process may
   * have the socket open too and have made it a blocking one.
   *
   * @param socket connected
   * @param maxBytes space for bytes, more are lost
   * @param maxDescriptors space for descriptors, more are closed by the kernel
   * @return empty if there is none
   * @throws PosixException ECONNRESET
   */
  public static Optional<Message> receive(Descriptor socket, int maxBytes, int maxDescriptors)
      throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long data = scratch.allocate(maxBytes);
      long header = header(scratch, data, maxBytes, maxDescriptors);
      long received;
      do {
        received = LibC.recvmsg(socket.number(), header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
      } while (received < 0 && LibC.errno() == Errno.EINTR);
      if (received < 0) {
        if (LibC.errno() == Errno.EAGAIN) {
          return Optional.empty();
        }
        throw PosixException.last("recvmsg(" + socket + ")");
      }
      byte[] bytes = new byte[(int) received];
      MEMORY.getByteArray(data, bytes, 0, bytes.length);
      boolean truncated = (MEMORY.getInt(header + MSGHDR_FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
      return Optional.of(
          new Message(
              ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()),
              descriptors(header),
              truncated));
    }
  }

  private static long header(Scratch scratch, long data, int length, int descriptors) {
    long vector = scratch.allocate(IOVEC_SIZE);
    MEMORY.putAddress(vector, data);
    MEMORY.putLong(vector + IOVEC_LENGTH, length);
    long header = scratch.allocate(MSGHDR_SIZE);
    MEMORY.putAddress(header + MSGHDR_IOV, vector);
    MEMORY.putLong(header + MSGHDR_IOVLEN, 1);
    if (descriptors > 0) {
      // CMSG_SPACE: the header and the descriptors, rounded up to a multiple of 8.
      long space = CMSGHDR_SIZE + (((long) descriptors * Integer.BYTES + 7) & ~7L);
      MEMORY.putAddress(header + MSGHDR_CONTROL, scratch.allocate(space));
      MEMORY.putLong(header + MSGHDR_CONTROLLEN, space);
    }
    return header;
  }

  private static List<Descriptor> descriptors(long header) {
    long control = MEMORY.getAddress(header + MSGHDR_CONTROL);
    long end = control + MEMORY.getLong(header + MSGHDR_CONTROLLEN);
    List<Descriptor> found = List.of();
    while (control + CMSGHDR_SIZE <= end) {
      long length = MEMORY.getLong(control);
      if (length < CMSGHDR_SIZE) {
        break;
      }
      if (MEMORY.getInt(control + CMSGHDR_LEVEL) == SOL_SOCKET
          && MEMORY.getInt(control + CMSGHDR_TYPE) == SCM_RIGHTS) {
        if (found.isEmpty()) {
          found = new ArrayList<>();
        }
        for (long fd = control + CMSGHDR_SIZE; fd < control + length; fd += Integer.BYTES) {
          found.add(Descriptor.of(MEMORY.getInt(fd)));
        }
      }
      control += (length + 7) & ~7L;
    }
    return List.copyOf(found);
  }
}
