package org.fpm4j.command.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.Profile;
import org.fpm4j.stack.WorkerStack;

/** Worker 1001 of pool www sleeps in {@code work()}; worker 1000 is idle. */
final class FakeStacks implements PhpStacks {

  private static final List<Frame> FRAMES =
      List.of(
          new Frame(0x30, Frame.Kind.INTERNAL, "", "sleep", "", 0),
          new Frame(0x20, Frame.Kind.USER, "App", "work", "/srv/app.php", 7),
          new Frame(0x10, Frame.Kind.MAIN, "", "", "/srv/index.php", 3));

  String asked = "";
  long samples = 5;

  static Stacks none(ProcessManager manager) {
    return new Stacks(manager, Optional::empty, Optional.empty());
  }

  @Override
  public Optional<List<WorkerStack>> ofPool(String pool) {
    return pool.equals("www")
        ? Optional.of(List.of(stack(1000, List.of()), stack(1001, FRAMES)))
        : Optional.empty();
  }

  @Override
  public Optional<WorkerStack> ofWorker(int pid) {
    return pid == 1001 ? Optional.of(stack(1001, FRAMES)) : Optional.empty();
  }

  private static WorkerStack stack(int pid, List<Frame> frames) {
    String stage = frames.isEmpty() ? "Idle" : "Running";
    return new WorkerStack(
        "www", pid, stage, 1250, "GET", "/a\33.php", "b=c", "/srv/index.php", frames, "");
  }

  @Override
  public Profile profile(String pool, Duration length, int hertz) {
    asked = pool + " " + length + " " + hertz;
    String note = samples == 0 ? "no PHP stack: refused" : "";
    return new Profile(samples, 4, 1, 0, 33.3, note, "a;b 5\n", "<svg/>");
  }
}
