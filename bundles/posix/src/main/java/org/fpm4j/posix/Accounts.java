package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Users and groups as the system's name service knows them: files, LDAP, systemd … A look-up may
 * take as long as that service does.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/getpwnam.3.html">getpwnam(3)</a>
 * @see <a href="https://man7.org/linux/man-pages/man3/getgrnam.3.html">getgrnam(3)</a>
 */
public final class Accounts {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  private static final int PASSWD_BYTES = 48;
  private static final int PASSWD_UID = 16;
  private static final int PASSWD_GID = 20;
  private static final int PASSWD_HOME = 32;
  private static final int GROUP_BYTES = 32;
  private static final int GROUP_GID = 16;

  private static final int FIRST_TEXT_BYTES = 4 * 1024;
  private static final int LAST_TEXT_BYTES = 1024 * 1024;
  private static final int FIRST_GROUPS = 64;

  private Accounts() {}

  /**
   * A user.
   *
   * @param name login name
   * @param uid user id
   * @param gid id of the primary group
   * @param home home directory
   */
  public record User(String name, int uid, int gid, String home) {}

  /** A group. */
  public record Group(String name, int gid) {}

  /** One of the reentrant look-up functions, the key already bound. */
  @FunctionalInterface
  private interface Lookup {
    int find(long entry, long text, long length, long result);
  }

  /**
   * The user of this name, by getpwnam_r(3).
   *
   * @return empty if there is none
   * @throws PosixException if the name service failed
   */
  public static Optional<User> user(String name) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long key = scratch.string(name);
      return user(
          scratch,
          "getpwnam_r(" + name + ")",
          (entry, text, length, result) -> LibC.getpwnamR(key, entry, text, length, result));
    }
  }

  /** The user of this id, by getpwuid_r(3); as {@link #user(String)}. */
  public static Optional<User> user(int uid) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      return user(
          scratch,
          "getpwuid_r(" + uid + ")",
          (entry, text, length, result) -> LibC.getpwuidR(uid, entry, text, length, result));
    }
  }

  /** The group of this name, by getgrnam_r(3); as {@link #user(String)}. */
  public static Optional<Group> group(String name) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long key = scratch.string(name);
      return group(
          scratch,
          "getgrnam_r(" + name + ")",
          (entry, text, length, result) -> LibC.getgrnamR(key, entry, text, length, result));
    }
  }

  /** The group of this id, by getgrgid_r(3); as {@link #user(String)}. */
  public static Optional<Group> group(int gid) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      return group(
          scratch,
          "getgrgid_r(" + gid + ")",
          (entry, text, length, result) -> LibC.getgrgidR(gid, entry, text, length, result));
    }
  }

  /**
   * All groups a user is in, by getgrouplist(3).
   *
   * @param user the login name; an unknown one is in no further groups
   * @param gid a group to include, usually the user's primary one
   * @return group ids, {@code gid} among them
   */
  public static List<Integer> groups(String user, int gid) {
    for (int capacity = FIRST_GROUPS; ; ) {
      try (Scratch scratch = Scratch.open()) {
        long groups = scratch.allocate((long) capacity * Integer.BYTES);
        long count = scratch.allocate(Integer.BYTES);
        MEMORY.putInt(count, capacity);
        boolean complete = LibC.getgrouplist(scratch.string(user), gid, groups, count) >= 0;
        int found = MEMORY.getInt(count);
        if (!complete) {
          capacity = Math.max(2 * capacity, found);
          continue;
        }
        List<Integer> gids = new ArrayList<>();
        for (int i = 0; i < found; i++) {
          gids.add(MEMORY.getInt(groups + (long) i * Integer.BYTES));
        }
        return List.copyOf(gids);
      }
    }
  }

  private static Optional<User> user(Scratch scratch, String call, Lookup lookup)
      throws PosixException {
    long entry = find(scratch, PASSWD_BYTES, call, lookup);
    return entry == 0
        ? Optional.empty()
        : Optional.of(
            new User(
                Scratch.stringAt(MEMORY.getAddress(entry)),
                MEMORY.getInt(entry + PASSWD_UID),
                MEMORY.getInt(entry + PASSWD_GID),
                Scratch.stringAt(MEMORY.getAddress(entry + PASSWD_HOME))));
  }

  private static Optional<Group> group(Scratch scratch, String call, Lookup lookup)
      throws PosixException {
    long entry = find(scratch, GROUP_BYTES, call, lookup);
    return entry == 0
        ? Optional.empty()
        : Optional.of(
            new Group(
                Scratch.stringAt(MEMORY.getAddress(entry)), MEMORY.getInt(entry + GROUP_GID)));
  }

  /** Returns the address of the filled entry, or 0 if there is none. */
  private static long find(Scratch scratch, int entryBytes, String call, Lookup lookup)
      throws PosixException {
    long entry = scratch.allocate(entryBytes);
    long result = scratch.allocate(Long.BYTES);
    for (int size = FIRST_TEXT_BYTES; ; size *= 4) {
      int error = lookup.find(entry, scratch.allocate(size), size, result);
      switch (error) {
        // Some name services answer "no such entry" with these instead of a null result.
        case 0, Errno.ENOENT, Errno.ESRCH -> {
          return MEMORY.getAddress(result);
        }
        case Errno.EINTR -> {
          // Asked again, with more room than needed.
        }
        case Errno.ERANGE -> {
          if (size >= LAST_TEXT_BYTES) {
            throw new PosixException(call, error);
          }
        }
        default -> throw new PosixException(call, error);
      }
    }
  }
}
