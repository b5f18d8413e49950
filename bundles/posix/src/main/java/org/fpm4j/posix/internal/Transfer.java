package org.fpm4j.posix.internal;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;

/**
 * The calls that move bytes between a descriptor and a buffer. Bytes of a direct buffer are moved
 * in place; a heap buffer goes through scratch memory, 8 KiB a call at most.
 */
public enum Transfer {
  READ {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.read(fd, bytes, length);
    }
  },
  RECEIVE {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.recv(fd, bytes, length, 0);
    }
  },
  RECEIVE_NOW {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.recv(fd, bytes, length, MSG_DONTWAIT);
    }
  },
  WRITE {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.write(fd, bytes, length);
    }
  },
  SEND {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.send(fd, bytes, length, MSG_NOSIGNAL);
    }
  },
  SEND_NOW {
    @Override
    long call(int fd, long bytes, long length) {
      return LibC.send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  };

  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int EINTR = 4;
  private static final int COPIED_AT_ONCE = 8 * 1024;

  abstract long call(int fd, long bytes, long length);

  /**
   * Moves bytes once and advances the buffer's position by their number.
   *
   * @return the number of bytes, or -1 with {@link LibC#errno()} set, never EINTR
   * @throws IllegalArgumentException if there is no space to read into: 0 would look like the end
   */
  public int run(int fd, ByteBuffer buffer) {
    boolean input = this == READ || this == RECEIVE || this == RECEIVE_NOW;
    if (input && !buffer.hasRemaining()) {
      throw new IllegalArgumentException("no space left in the buffer to read into");
    }
    int moved;
    if (buffer.isDirect()) {
      moved =
          repeat(fd, MEMORY.getDirectBufferAddress(buffer) + buffer.position(), buffer.remaining());
    } else {
      moved = copied(fd, buffer, input);
    }
    if (moved > 0) {
      buffer.position(buffer.position() + moved);
    }
    return moved;
  }

  private int copied(int fd, ByteBuffer buffer, boolean input) {
    int length = Math.min(buffer.remaining(), COPIED_AT_ONCE);
    try (Scratch scratch = Scratch.open()) {
      long bytes = scratch.allocate(length);
      byte[] array = new byte[length];
      if (!input) {
        buffer.get(buffer.position(), array);
        MEMORY.putByteArray(bytes, array, 0, length);
      }
      int moved = repeat(fd, bytes, length);
      if (input && moved > 0) {
        MEMORY.getByteArray(bytes, array, 0, moved);
        buffer.put(buffer.position(), array, 0, moved);
      }
      return moved;
    }
  }

  private int repeat(int fd, long bytes, int length) {
    long moved;
    do {
      moved = call(fd, bytes, length);
    } while (moved < 0 && LibC.errno() == EINTR);
    return (int) moved;
  }
}
