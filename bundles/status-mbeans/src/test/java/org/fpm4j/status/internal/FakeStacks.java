package org.fpm4j.status.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.Profile;
import org.fpm4j.stack.WorkerStack;

/** One worker, 7 of pool www, that sleeps. */
final class FakeStacks implements PhpStacks {

  private static final WorkerStack STACK =
      new WorkerStack(
          "www",
          7,
          "Running",
          1,
          "",
          "",
          "",
          "/srv/index.php",
          List.of(new Frame(1, Frame.Kind.INTERNAL, "", "sleep", "", 0)),
          "");

  @Override
  public Optional<List<WorkerStack>> ofPool(String pool) {
    return pool.equals("www") ? Optional.of(List.of(STACK)) : Optional.of(List.of());
  }

  @Override
  public Optional<WorkerStack> ofWorker(int pid) {
    return pid == 7 ? Optional.of(STACK) : Optional.empty();
  }

  @Override
  public Profile profile(String pool, Duration length, int hertz) {
    throw new UnsupportedOperationException();
  }
}
