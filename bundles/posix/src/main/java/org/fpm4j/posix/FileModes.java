package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.file.Path;
import java.util.Collection;
import java.util.TreeSet;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Who may use a file: owner, mode and POSIX access list.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/chmod.2.html">chmod(2)</a>
 * @see <a href="https://man7.org/linux/man-pages/man5/acl.5.html">acl(5)</a>
 */
public final class FileModes {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  /** Leaves the owner or the group as it is, see {@link #chown}. */
  public static final int UNCHANGED = -1;

  private static final int ACL_VERSION = 2;
  private static final int ENTRY_BYTES = 8;
  private static final int USER_OWNER = 0x01;
  private static final int USER = 0x02;
  private static final int GROUP_OWNER = 0x04;
  private static final int GROUP = 0x08;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;
  private static final int READ_WRITE = 6;

  private FileModes() {}

  /**
   * Sets the permission bits, by chmod(2).
   *
   * @param mode 0–07777
   */
  public static void chmod(Path path, int mode) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      if (LibC.chmod(scratch.string(path.toString()), mode) < 0) {
        throw PosixException.last("chmod(" + path + ", 0" + Integer.toOctalString(mode) + ")");
      }
    }
  }

  /**
   * Sets the permission bits of an open file, by fchmod(2). For a Unix socket not yet bound they
   * are those its path is created with, less the umask.
   *
   * @param mode 0–07777
   */
  public static void chmod(Descriptor file, int mode) throws PosixException {
    if (LibC.fchmod(file.number(), mode) < 0) {
      throw PosixException.last("fchmod(" + file + ", 0" + Integer.toOctalString(mode) + ")");
    }
  }

  /**
   * Sets owner and group, by chown(2).
   *
   * @param uid the owner, or {@link #UNCHANGED}
   * @param gid the group, or {@link #UNCHANGED}
   * @throws PosixException EPERM without privilege
   */
  public static void chown(Path path, int uid, int gid) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      if (LibC.chown(scratch.string(path.toString()), uid, gid) < 0) {
        throw PosixException.last("chown(" + path + ", " + uid + ", " + gid + ")");
      }
    }
  }

  /**
   * Replaces the access list by one that gives the owner, group and others what the mode says and
   * the named users and groups reading and writing. Owner and group of the file stay. Without named
   * users and groups the file has no access list afterwards, its mode alone.
   *
   * <p>Written as the attribute {@code system.posix_acl_access}, whose layout is in
   * linux/posix_acl_xattr.h.
   *
   * @param mode 0–0777, the permissions of owner, group and others
   * @param uids users by id
   * @param gids groups by id
   * @throws PosixException EOPNOTSUPP where the file system has no access lists, EPERM
   */
  public static void accessList(
      Path path, int mode, Collection<Integer> uids, Collection<Integer> gids)
      throws PosixException {
    TreeSet<Integer> users = new TreeSet<>(Integer::compareUnsigned);
    TreeSet<Integer> groups = new TreeSet<>(Integer::compareUnsigned);
    users.addAll(uids);
    groups.addAll(gids);
    try (Scratch scratch = Scratch.open()) {
      int size = Integer.BYTES + ENTRY_BYTES * (4 + users.size() + groups.size());
      long list = scratch.allocate(size);
      MEMORY.putInt(list, ACL_VERSION);
      long next = list + Integer.BYTES;
      // The kernel wants exactly this order, ids rising.
      next = entry(next, USER_OWNER, mode >> 6, UNCHANGED);
      for (int uid : users) {
        next = entry(next, USER, READ_WRITE, uid);
      }
      next = entry(next, GROUP_OWNER, mode >> 3, UNCHANGED);
      for (int gid : groups) {
        next = entry(next, GROUP, READ_WRITE, gid);
      }
      if (!users.isEmpty() || !groups.isEmpty()) {
        next = entry(next, MASK, mode >> 3 | READ_WRITE, UNCHANGED);
      }
      next = entry(next, OTHER, mode, UNCHANGED);
      long name = scratch.string("system.posix_acl_access");
      if (LibC.setxattr(scratch.string(path.toString()), name, list, next - list, 0) < 0) {
        throw PosixException.last("setxattr(" + path + ", system.posix_acl_access)");
      }
    }
  }

  private static long entry(long target, int tag, int permissions, int id) {
    MEMORY.putShort(target, (short) tag);
    MEMORY.putShort(target + 2, (short) (permissions & 7));
    MEMORY.putInt(target + 4, id);
    return target + ENTRY_BYTES;
  }
}
