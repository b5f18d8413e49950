package org.fpm4j.posix;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Files that processes share: by mapping them into memory, and by locking.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class SharedFile {
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_CLOEXEC = 0x80000;
  private static final int OWNER_ONLY = 0600;
  private static final int LOCK_EX_NB = 2 | 4;

  private SharedFile() {}

  /**
   * Creates a file of zeroes that takes up no space before it is written to (sparse), mode 0600.
   *
   * @param path must not exist
   * @param bytes its size
   * @return open for reading and writing
   * @throws PosixException EEXIST, ENOENT, EACCES, ENOSPC
   */
  public static Descriptor create(Path path, long bytes) throws PosixException {
    Descriptor file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC);
    if (LibC.ftruncate(file.number(), bytes) < 0) {
      PosixException refused = PosixException.last("ftruncate(" + path + ", " + bytes + ")");
      file.close();
      throw refused;
    }
    return file;
  }

  /**
   * Opens a file for reading and writing that exists.
   *
   * @throws PosixException ENOENT, EACCES
   */
  public static Descriptor open(Path path) throws PosixException {
    return open(path, O_RDWR | O_CLOEXEC);
  }

  /**
   * Opens a file for reading and writing; creates it empty, mode 0600, if it does not exist.
   *
   * @throws PosixException ENOENT for a missing directory, EACCES
   */
  public static Descriptor openOrCreate(Path path) throws PosixException {
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC);
  }

  private static Descriptor open(Path path, int flags) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      int fd;
      do {
        fd = LibC.open(scratch.string(path.toString()), flags, OWNER_ONLY);
      } while (fd < 0 && LibC.errno() == Errno.EINTR);
      if (fd < 0) {
        throw PosixException.last("open(" + path + ")");
      }
      return Descriptor.of(fd);
    }
  }

  /**
   * Maps a file into memory, shared with every process that maps it.
   *
   * <p>Java maps only files it has opened itself, so this opens the descriptor's file once more
   * through /proc/self/fd; that works for a descriptor received from another process and for a file
   * that has been deleted.
   *
   * @param file open for reading and writing; not needed any more afterwards
   * @param bytes how much, from the start; a file that is shorter grows
   * @return in this machine's byte order; unmapped when it is garbage
   * @throws IOException if this user may not open the file again, or memory has run out
   */
  public static MappedByteBuffer map(Descriptor file, long bytes) throws IOException {
    Path path = Path.of("/proc/self/fd", Integer.toString(file.number()));
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
      memory.order(ByteOrder.nativeOrder());
      return memory;
    }
  }

  /**
   * Locks the open file for this process and those that share the descriptor, by flock(2). The lock
   * goes when the last of them closes it, so a killed process leaves none.
   *
   * @return false if somebody else has it
   */
  public static boolean tryLock(Descriptor file) throws PosixException {
    if (LibC.flock(file.number(), LOCK_EX_NB) == 0) {
      return true;
    }
    if (LibC.errno() == Errno.EAGAIN) {
      return false;
    }
    throw PosixException.last("flock(" + file + ")");
  }
}
