package org.fpm4j.itests;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The workers a test has killed, and the lost requests they account for: each worker serves one
 * request at a time, so a killed one explains at most one loss. Any thread.
 */
final class Casualties {

  /**
   * A worker that was killed.
   *
   * @param fromNanos just before the signal was sent, {@link System#nanoTime()}
   * @param toNanos when it was gone
   */
  private record Victim(String pool, int pid, long fromNanos, long toNanos) {}

  private final List<Victim> victims = new ArrayList<>();

  /** Kills a worker with SIGKILL; returns once it is gone. */
  void kill(String pool, int pid) {
    long from = System.nanoTime();
    if (ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false)) {
      Await.until("the end of worker " + pid, () -> ProcessEntry.of(pid).isEmpty());
      synchronized (this) {
        victims.add(new Victim(pool, pid, from, System.nanoTime()));
      }
    }
  }

  synchronized int count() {
    return victims.size();
  }

  /**
   * Returns those losses that no killed worker explains: neither was the request's own worker
   * killed, nor, where its pid had not reached the client yet, any other of the pool meanwhile.
   */
  synchronized List<Clients.Loss> unexplained(List<Clients.Loss> losses) {
    List<Victim> left = new ArrayList<>(victims);
    List<Clients.Loss> unexplained = new ArrayList<>();
    for (Clients.Loss loss : losses) {
      if (loss.pid() != 0 && !take(left, victim -> victim.pid() == loss.pid())) {
        unexplained.add(loss);
      }
    }
    for (Clients.Loss loss : losses) {
      if (loss.pid() == 0 && !take(left, victim -> isMeanwhile(victim, loss))) {
        unexplained.add(loss);
      }
    }
    return unexplained;
  }

  private static boolean isMeanwhile(Victim victim, Clients.Loss loss) {
    return victim.pool().equals(loss.pool())
        && victim.toNanos() >= loss.beginNanos()
        && victim.fromNanos() <= loss.endNanos();
  }

  private static boolean take(List<Victim> victims, Predicate<Victim> fitting) {
    Optional<Victim> taken = victims.stream().filter(fitting).findFirst();
    taken.ifPresent(victims::remove);
    return taken.isPresent();
  }
}
