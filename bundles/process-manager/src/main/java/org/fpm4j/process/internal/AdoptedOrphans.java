package org.fpm4j.process.internal;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;

/**
 * Follows orphaned workers through pidfds. A pid came from a zygote that is gone, so it is only
 * believed while {@code waitpid(2)} says that the process is a child of this master.
 */
final class AdoptedOrphans implements OrphanWatch {

  private final EventLoop loop;
  private final Log log;
  private final Set<Integer> children = new HashSet<>();

  AdoptedOrphans(EventLoop loop, Log log) {
    this.loop = loop;
    this.log = log;
  }

  @Override
  public void watch(int pid, IntConsumer onExit) {
    Descriptor process;
    try {
      process = Processes.open(pid);
    } catch (PosixException e) {
      if (e.errno() != Errno.ESRCH) {
        log.error("worker %d cannot be followed: %s", pid, e.getMessage());
      }
      onExit.accept(UNKNOWN_STATUS);
      return;
    }
    try {
      Optional<ExitStatus> ended = Processes.poll(pid);
      if (ended.isPresent()) {
        process.close();
        onExit.accept(ended.get().raw());
        return;
      }
      children.add(pid);
    } catch (PosixException e) {
      log.warning("worker %d, whose zygote died, is not this master's child: never signalled", pid);
    }
    EndWatch end = new EndWatch(pid, process, onExit);
    end.registration =
        loop.watch(process, EnumSet.of(Interest.READ), Mode.LEVEL, ready -> end.onEnd());
  }

  private final class EndWatch {
    private final int pid;
    private final Descriptor process;
    private final IntConsumer onExit;
    private Registration registration;

    EndWatch(int pid, Descriptor process, IntConsumer onExit) {
      this.pid = pid;
      this.process = process;
      this.onExit = onExit;
    }

    void onEnd() {
      registration.close();
      process.close();
      children.remove(pid);
      onExit.accept(status(pid));
    }
  }

  private static int status(int pid) {
    try {
      return Processes.poll(pid).map(ExitStatus::raw).orElse(UNKNOWN_STATUS);
    } catch (PosixException e) {
      // Not this master's child: its status went to another.
      return UNKNOWN_STATUS;
    }
  }

  @Override
  public void signal(int pid, Signal signal) {
    if (children.contains(pid)) {
      try {
        Processes.kill(pid, signal);
      } catch (PosixException e) {
        log.error("worker %d cannot be signalled: %s", pid, e.getMessage());
      }
    }
  }
}
