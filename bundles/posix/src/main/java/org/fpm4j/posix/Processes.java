package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Processes: this one, its children, and what /proc tells of any.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
public final class Processes {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;
  private static final int P_ALL = 0;
  private static final int SIGINFO_SIZE = 128;
  private static final int SIGINFO_PID = 16;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int SYS_PIDFD_GETFD = 438;
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int PRIO_PROCESS = 0;
  private static final int RLIMIT_NOFILE = 7;
  private static final int START_TIME_FIELD = 22;

  /** {@link Limit} value for "no limit". */
  public static final long UNLIMITED = -1;

  private Processes() {}

  /** This process's id. */
  public static int pid() {
    return LibC.getpid();
  }

  /** This process's real user id. */
  public static int uid() {
    return LibC.getuid();
  }

  /** This process's effective user id. */
  public static int effectiveUid() {
    return LibC.geteuid();
  }

  /** This process's effective group id. */
  public static int effectiveGid() {
    return LibC.getegid();
  }

  /**
   * Sends a signal, by kill(2).
   *
   * @param pid a process, or the negative number of a process group; 0 and -1, which would hit this
   *     process too, are refused
   * @return false if there is no such process
   * @throws PosixException EPERM
   */
  public static boolean kill(int pid, Signal signal) throws PosixException {
    return send(pid, signal.number());
  }

  /**
   * Whether the process exists; one that has ended and was not waited for does. By kill(2) with
   * signal 0.
   */
  public static boolean exists(int pid) {
    try {
      return send(pid, 0);
    } catch (PosixException notOurs) {
      return notOurs.errno() == Errno.EPERM;
    }
  }

  private static boolean send(int pid, int signal) throws PosixException {
    if (pid == 0 || pid == -1) {
      throw new IllegalArgumentException("signal to pid " + pid + " would hit this process too");
    }
    if (LibC.kill(pid, signal) == 0) {
      return true;
    }
    if (LibC.errno() == Errno.ESRCH) {
      return false;
    }
    throw PosixException.last("kill(" + pid + ", " + Signal.label(signal) + ")");
  }

  /**
   * Takes a child's exit status if it has ended, by waitpid(2) with WNOHANG. Only ever asks for the
   * one child, so it cannot take one that other code of the JVM waits for.
   *
   * @param pid a child of this process, above 0
   * @return empty while it runs
   * @throws PosixException ECHILD if it is no child, or was waited for before
   */
  public static Optional<ExitStatus> poll(int pid) throws PosixException {
    if (pid <= 0) {
      throw new IllegalArgumentException("pid " + pid + " is not one process");
    }
    try (Scratch scratch = Scratch.open()) {
      long status = scratch.allocate(Integer.BYTES);
      int ended;
      do {
        ended = LibC.waitpid(pid, status, WNOHANG);
      } while (ended < 0 && LibC.errno() == Errno.EINTR);
      if (ended < 0) {
        throw PosixException.last("waitpid(" + pid + ")");
      }
      return ended == 0 ? Optional.empty() : Optional.of(new ExitStatus(MEMORY.getInt(status)));
    }
  }

  /**
   * Names a child that has ended and was not waited for, by waitid(2) with WNOWAIT: it is left for
   * {@link #poll} and the same one may be named again.
   *
   * @return empty if there is none, or no child at all
   */
  public static OptionalInt endedChild() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long info = scratch.allocate(SIGINFO_SIZE);
      MEMORY.putInt(info + SIGINFO_PID, 0);
      int result;
      do {
        result = LibC.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT);
      } while (result < 0 && LibC.errno() == Errno.EINTR);
      if (result < 0 && LibC.errno() != Errno.ECHILD) {
        throw PosixException.last("waitid(P_ALL)");
      }
      int pid = result < 0 ? 0 : MEMORY.getInt(info + SIGINFO_PID);
      return pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid);
    }
  }

  /**
   * Opens a descriptor that becomes readable when the process ends, by pidfd_open(2).
   *
   * @param pid any process, child or not
   * @throws PosixException ESRCH if it is gone, EMFILE, ENOSYS before Linux 5.3
   */
  public static Descriptor open(int pid) throws PosixException {
    int fd = (int) LibC.syscall(SYS_PIDFD_OPEN, pid, 0);
    if (fd < 0) {
      throw PosixException.last("pidfd_open(" + pid + ")");
    }
    return Descriptor.of(fd);
  }

  /**
   * Copies a descriptor of another process into this one, close-on-exec, by pidfd_getfd(2).
   *
   * @param process what {@link #open} returned
   * @param number of the descriptor in that process
   * @throws PosixException EBADF if it has none of that number, EPERM if this process may not trace
   *     it (ptrace(2)), ESRCH if it is gone, ENOSYS before Linux 5.6
   */
  public static Descriptor copyDescriptor(Descriptor process, int number) throws PosixException {
    int fd = (int) LibC.syscall(SYS_PIDFD_GETFD, process.number(), number, 0);
    if (fd < 0) {
      throw PosixException.last("pidfd_getfd(" + number + ")");
    }
    return Descriptor.of(fd);
  }

  /**
   * Makes this process the parent of descendants whose own parent ends; PR_SET_CHILD_SUBREAPER of
   * prctl(2).
   *
   * @param adopt true to adopt
   */
  public static void adoptOrphans(boolean adopt) throws PosixException {
    if (LibC.prctl(PR_SET_CHILD_SUBREAPER, adopt ? 1 : 0, 0, 0, 0) < 0) {
      throw PosixException.last("prctl(PR_SET_CHILD_SUBREAPER)");
    }
  }

  /** A pair of limits, see getrlimit(2); {@link #UNLIMITED} for none. */
  public record Limit(long soft, long hard) {}

  /** This process's limit on open descriptors, RLIMIT_NOFILE. */
  public static Limit openFilesLimit() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long limit = scratch.allocate(2 * Long.BYTES);
      if (LibC.getrlimit(RLIMIT_NOFILE, limit) < 0) {
        throw PosixException.last("getrlimit(RLIMIT_NOFILE)");
      }
      return new Limit(MEMORY.getLong(limit), MEMORY.getLong(limit + Long.BYTES));
    }
  }

  /**
   * Sets this process's limit on open descriptors.
   *
   * @throws PosixException EPERM when raising the hard limit without privilege
   */
  public static void openFilesLimit(Limit wanted) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long limit = scratch.allocate(2 * Long.BYTES);
      MEMORY.putLong(limit, wanted.soft());
      MEMORY.putLong(limit + Long.BYTES, wanted.hard());
      if (LibC.setrlimit(RLIMIT_NOFILE, limit) < 0) {
        throw PosixException.last(
            "setrlimit(RLIMIT_NOFILE, " + wanted.soft() + ", " + wanted.hard() + ")");
      }
    }
  }

  /**
   * Sets the nice value of a process, by setpriority(2).
   *
   * @param pid the process; on Linux its main thread, other threads keep theirs
   * @param nice -20 (most favoured) to 19
   */
  public static void nice(int pid, int nice) throws PosixException {
    if (LibC.setpriority(PRIO_PROCESS, pid, nice) < 0) {
      throw PosixException.last("setpriority(" + pid + ", " + nice + ")");
    }
  }

  /**
   * Sets the permission bits that files made by this process shall lack, by umask(2).
   *
   * @param mask 0–0777
   * @return the mask before
   */
  public static int umask(int mask) {
    return LibC.umask(mask);
  }

  /**
   * When the process started, in clock ticks since boot: with the pid it names a process for ever.
   * Field 22 of /proc/PID/stat.
   *
   * @return -1 if there is no such process
   */
  public static long startTicks(int pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
      // The second field is the command in parentheses and may contain blanks and parentheses.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[START_TIME_FIELD - 3]);
    } catch (IOException unreadable) {
      if (exists(pid)) {
        throw unreadable;
      }
      return -1;
    }
  }

  /**
   * Memory of a process.
   *
   * @param residentBytes RSS, pages shared with others counted in full
   * @param proportionalBytes PSS, pages shared by n processes counted as one n-th; -1 if this user
   *     may not know
   */
  public record Memory(long residentBytes, long proportionalBytes) {}

  /**
   * The memory of a process, from /proc/PID/smaps_rollup or, where that is not readable,
   * /proc/PID/status. Costs some 100 µs for a large process: not for hot paths.
   *
   * @return empty if there is no such process
   */
  public static Optional<Memory> memory(int pid) throws IOException {
    Path directory = Path.of("/proc", Integer.toString(pid));
    try {
      String rollup = Files.readString(directory.resolve("smaps_rollup"));
      return Optional.of(new Memory(kibibytes(rollup, "Rss:"), kibibytes(rollup, "Pss:")));
    } catch (IOException unreadable) {
      if (!exists(pid)) {
        return Optional.empty();
      }
      String status = Files.readString(directory.resolve("status"));
      return Optional.of(new Memory(kibibytes(status, "VmRSS:"), -1));
    }
  }

  private static long kibibytes(String text, String label) {
    return text.lines()
        .filter(line -> line.startsWith(label))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }
}
