package org.fpm4j.posix;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.posix.internal.LibC;
import org.fpm4j.posix.internal.Scratch;

/**
 * Signals read from a descriptor instead of interrupting the program.
 *
 * <p>Works only for signals that every thread of the process blocks, and a JVM can be brought to
 * that only from outside: whoever starts it blocks them before exec (for example {@code env
 * --block-signal=TERM,… java -Xrs …}). Signals sent before {@link #open} wait and are read then.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/signalfd.2.html">signalfd(2)</a>
 */
public final class SignalDescriptor implements AutoCloseable {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int SFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SIGSET_BYTES = 128;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIGINFO_PID = 12;
  private static final int SIGINFO_UID = 16;

  private final Descriptor descriptor;

  private SignalDescriptor(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * A signal that arrived.
   *
   * @param signal which; several of one kind may have been merged into one by the kernel
   * @param senderPid who sent it, 0 for the kernel or a sender outside this pid namespace; for
   *     SIGCHLD the child
   * @param senderUid the sender's real user id
   */
  public record Received(Signal signal, int senderPid, int senderUid) {}

  /**
   * Whether the process was started with all these signals blocked, so that {@link #open} will see
   * them: SigBlk of /proc/self/status, which is the main thread's mask.
   */
  public static boolean areBlocked(Set<Signal> signals) throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    String mask =
        status
            .lines()
            .filter(line -> line.startsWith("SigBlk:"))
            .findFirst()
            .orElseThrow(() -> new IOException("no SigBlk in /proc/self/status"));
    long blocked = Long.parseUnsignedLong(mask.substring("SigBlk:".length()).strip(), 16);
    return (blocked & mask(signals)) == mask(signals);
  }

  /**
   * Opens a non-blocking descriptor for these signals.
   *
   * @throws PosixException EMFILE when descriptors have run out
   */
  public static SignalDescriptor open(Set<Signal> signals) throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long set = scratch.allocate(SIGSET_BYTES);
      MEMORY.putLong(set, mask(signals));
      int fd = LibC.signalfd(-1, set, SFD_CLOEXEC_NONBLOCK);
      if (fd < 0) {
        throw PosixException.last("signalfd(" + signals + ")");
      }
      return new SignalDescriptor(Descriptor.of(fd));
    }
  }

  private static long mask(Set<Signal> signals) {
    long mask = 0;
    for (Signal signal : signals) {
      mask |= 1L << (signal.number() - 1);
    }
    return mask;
  }

  /** The descriptor to watch for readability; owned by this object. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /**
   * Takes the next signal that has arrived.
   *
   * @return empty if none has
   */
  public Optional<Received> read() throws PosixException {
    try (Scratch scratch = Scratch.open()) {
      long info = scratch.allocate(SIGINFO_BYTES);
      long read;
      do {
        read = LibC.read(descriptor.number(), info, SIGINFO_BYTES);
      } while (read < 0 && LibC.errno() == Errno.EINTR);
      if (read < 0) {
        if (LibC.errno() == Errno.EAGAIN) {
          return Optional.empty();
        }
        throw PosixException.last("read(signalfd)");
      }
      return Signal.of(MEMORY.getInt(info))
          .map(
              signal ->
                  new Received(
                      signal,
                      MEMORY.getInt(info + SIGINFO_PID),
                      MEMORY.getInt(info + SIGINFO_UID)));
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
