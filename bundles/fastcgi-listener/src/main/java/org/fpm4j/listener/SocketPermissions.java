package org.fpm4j.listener;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.Accounts;
import org.fpm4j.posix.FileModes;
import org.fpm4j.posix.PosixException;

/**
 * Owner, mode and access list of a Unix socket with all names looked up.
 *
 * @param uid the owner, {@link FileModes#UNCHANGED} leaves it
 * @param gid the group, {@link FileModes#UNCHANGED} leaves it
 * @param mode 0–0777
 * @param aclUids users of the access list
 * @param aclGids groups of the access list
 */
record SocketPermissions(int uid, int gid, int mode, List<Integer> aclUids, List<Integer> aclGids) {

  /**
   * Looks the names up.
   *
   * @param warnings gets a line for each option that is ignored
   * @throws ListenException {@code cannot get uid for user '…'} or the like
   */
  static SocketPermissions of(ListenOptions options, List<String> warnings) throws IOException {
    List<Integer> aclUids = new ArrayList<>();
    for (String name : options.aclUsers()) {
      aclUids.add(user(name).uid());
    }
    List<Integer> aclGids = new ArrayList<>();
    for (String name : options.aclGroups()) {
      aclGids.add(group(name));
    }
    int uid = FileModes.UNCHANGED;
    int gid = FileModes.UNCHANGED;
    if (aclUids.isEmpty() && aclGids.isEmpty()) {
      if (options.owner().isPresent()) {
        String owner = options.owner().get();
        Optional<Integer> number = number(owner);
        if (number.isPresent()) {
          uid = number.get();
        } else {
          Accounts.User user = user(owner);
          uid = user.uid();
          gid = user.gid();
        }
      }
      if (options.group().isPresent()) {
        String group = options.group().get();
        Optional<Integer> number = number(group);
        gid = number.isPresent() ? number.get() : group(group);
      }
    } else {
      options.owner().ifPresent(owner -> warnings.add(ignored("owner", owner)));
      options.group().ifPresent(group -> warnings.add(ignored("group", group)));
    }
    return new SocketPermissions(
        uid, gid, options.mode(), List.copyOf(aclUids), List.copyOf(aclGids));
  }

  private static String ignored(String option, String value) {
    return "ACL set, listen." + option + " = '" + value + "' is ignored";
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[0-9]{1,10}") ? Optional.of((int) Long.parseLong(text)) : Optional.empty();
  }

  private static Accounts.User user(String name) throws ListenException {
    String failure = "cannot get uid for user '" + name + "'";
    try {
      return Accounts.user(name).orElseThrow(() -> new ListenException(failure));
    } catch (PosixException e) {
      throw new ListenException(failure, e);
    }
  }

  private static int group(String name) throws ListenException {
    String failure = "cannot get gid for group '" + name + "'";
    try {
      return Accounts.group(name).orElseThrow(() -> new ListenException(failure)).gid();
    } catch (PosixException e) {
      throw new ListenException(failure, e);
    }
  }

  /**
   * Gives them to a socket's path: the owner first, the mode last, so that nobody may connect in
   * between who may not afterwards.
   *
   * @param hadAccessList whether a list may be there that is to go
   */
  void apply(Path path, boolean hadAccessList) throws ListenException {
    if (uid != FileModes.UNCHANGED || gid != FileModes.UNCHANGED) {
      try {
        FileModes.chown(path, uid, gid);
      } catch (PosixException e) {
        throw new ListenException("failed to chown() the socket '" + path + "'", e);
      }
    }
    try {
      if (hasAccessList() || hadAccessList) {
        FileModes.accessList(path, mode, aclUids, aclGids);
      } else {
        FileModes.chmod(path, mode);
      }
    } catch (PosixException e) {
      String what =
          hasAccessList()
              ? "failed to write the ACL of the socket"
              : "failed to chmod() the socket";
      throw new ListenException(what + " '" + path + "'", e);
    }
  }

  boolean hasAccessList() {
    return !aclUids.isEmpty() || !aclGids.isEmpty();
  }
}
