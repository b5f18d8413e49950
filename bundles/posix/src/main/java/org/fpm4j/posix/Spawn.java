package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Starts programs with exactly the descriptors, environment and signal state asked for, by
 * posix_spawn(3).
 *
 * <p>The child starts with an empty signal mask and all signals at their default action. That
 * matters: every thread of a JVM blocks SIGQUIT and its children would inherit that.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/posix_spawn.3.html">posix_spawn(3)</a>
 */
public final class Spawn {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int SETPGROUP = 0x02;
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SIGSET_BYTES = 128;

  /** Beyond glibc's posix_spawnattr_t (336) and posix_spawn_file_actions_t (80). */
  private static final int OPAQUE_BYTES = 512;

  private Spawn() {}

  /**
   * Starts a program and returns when it runs (or could not be run).
   *
   * @param program what to run
   * @param descriptors become the child's 0, 1, 2 … in this order; it gets no others. One may occur
   *     more than once. The parent keeps its own.
   * @return the child's process id; the caller has to wait for it, see {@link Processes#poll}
   * @throws PosixException ENOENT, EACCES, ENOEXEC … when the program or its directory cannot be
   *     used, EAGAIN or ENOMEM when a process cannot be made, EMFILE when descriptors have run out
   */
  public static int start(Program program, List<Descriptor> descriptors) throws PosixException {
    List<Descriptor> moved = new ArrayList<>();
    try (Scratch scratch = Scratch.open()) {
      long actions = scratch.allocate(OPAQUE_BYTES);
      long attributes = scratch.allocate(OPAQUE_BYTES);
      check(LibC.fileActionsInit(actions), program);
      check(LibC.spawnAttrInit(attributes), program);
      try {
        addDescriptors(program, descriptors, actions, moved);
        if (program.directory() != null) {
          long directory = scratch.string(program.directory().toString());
          check(LibC.fileActionsAddChdir(actions, directory), program);
        }
        setAttributes(scratch, program, attributes);
        return start(scratch, program, actions, attributes);
      } finally {
        LibC.fileActionsDestroy(actions);
        LibC.spawnAttrDestroy(attributes);
      }
    } finally {
      moved.forEach(Descriptor::close);
    }
  }

  /**
   * Writes the mapping down. A source whose number is also a target would be overwritten by an
   * earlier step, so it is copied out of the targets' way first.
   */
  private static void addDescriptors(
      Program program, List<Descriptor> descriptors, long actions, List<Descriptor> moved)
      throws PosixException {
    int count = descriptors.size();
    for (int target = 0; target < count; target++) {
      Descriptor source = descriptors.get(target);
      if (source.number() < count) {
        source = source.duplicate(count);
        moved.add(source);
      }
      check(LibC.fileActionsAddDup2(actions, source.number(), target), program);
    }
    check(LibC.fileActionsAddCloseFrom(actions, count), program);
  }

  private static void setAttributes(Scratch scratch, Program program, long attributes)
      throws PosixException {
    int flags =
        switch (program.group()) {
          case INHERITED -> 0;
          case OWN_GROUP -> SETPGROUP;
        };
    long none = scratch.allocate(SIGSET_BYTES);
    long all = scratch.allocate(SIGSET_BYTES);
    MEMORY.setMemory(all, SIGSET_BYTES, (byte) -1);
    check(LibC.spawnAttrSetFlags(attributes, flags | SETSIGDEF | SETSIGMASK), program);
    check(LibC.spawnAttrSetSigmask(attributes, none), program);
    check(LibC.spawnAttrSetSigdefault(attributes, all), program);
  }

  private static int start(Scratch scratch, Program program, long actions, long attributes)
      throws PosixException {
    List<String> environment = new ArrayList<>();
    program.environment().forEach((name, value) -> environment.add(name + "=" + value));
    long pid = scratch.allocate(Integer.BYTES);
    int error =
        LibC.posixSpawn(
            pid,
            scratch.string(program.path().toString()),
            actions,
            attributes,
            scratch.strings(program.arguments()),
            scratch.strings(environment));
    check(error, program);
    return MEMORY.getInt(pid);
  }

  private static void check(int error, Program program) throws PosixException {
    if (error != 0) {
      String place = program.directory() == null ? "" : " in " + program.directory();
      throw new PosixException("posix_spawn(" + program.path() + place + ")", error);
    }
  }
}
