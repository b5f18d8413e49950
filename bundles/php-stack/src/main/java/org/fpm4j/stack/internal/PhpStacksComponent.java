package org.fpm4j.stack.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.stack.PhpStack;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.Profile;
import org.fpm4j.stack.WorkerStack;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Joins the process manager's workers with their stacks. Made when it is first asked for. */
@Component
public final class PhpStacksComponent implements PhpStacks {

  private static final int MOST_HERTZ = 999;

  private final ProcessManager manager;
  private final StackReader reader = new StackReader();
  private final AtomicBoolean profiling = new AtomicBoolean();

  /** Called by Declarative Services. */
  @Activate
  public PhpStacksComponent(@Reference ProcessManager manager) {
    this.manager = manager;
  }

  @Override
  public Optional<List<WorkerStack>> ofPool(String pool) {
    return manager
        .pool(pool)
        .map(found -> found.workers().stream().map(worker -> read(found.name(), worker)).toList());
  }

  @Override
  public Optional<WorkerStack> ofWorker(int pid) {
    for (PoolSnapshot pool : manager.pools()) {
      for (WorkerSnapshot worker : pool.workers()) {
        if (worker.pid() == pid) {
          return Optional.of(read(pool.name(), worker));
        }
      }
    }
    return Optional.empty();
  }

  private WorkerStack read(String pool, WorkerSnapshot worker) {
    PhpStack stack = reader.read(worker.pid(), MOST_FRAMES);
    return new WorkerStack(
        pool,
        worker.pid(),
        worker.stage(),
        worker.requestDurationMicros(),
        worker.method(),
        worker.uri(),
        worker.query(),
        stack.script().isEmpty() ? worker.script() : stack.script(),
        stack.frames(),
        stack.note());
  }

  @Override
  public Profile profile(String pool, Duration length, int hertz) throws InterruptedException {
    if (hertz < 1 || hertz > MOST_HERTZ) {
      throw new IllegalArgumentException("hz must be 1 to " + MOST_HERTZ + ", is " + hertz);
    }
    if (length.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a profile takes at least a second");
    }
    if (manager.pool(pool).isEmpty()) {
      throw new IllegalArgumentException("no pool '" + pool + "'");
    }
    if (!profiling.compareAndSet(false, true)) {
      throw new IllegalStateException("another profile is being made");
    }
    try (StackSampler sampler = new StackSampler(reader, () -> pids(pool))) {
      sampler.run(length, hertz);
      return sampler.profile("pool %s, %d s at %d Hz".formatted(pool, length.toSeconds(), hertz));
    } finally {
      profiling.set(false);
    }
  }

  private List<Integer> pids(String pool) {
    return manager.pool(pool).stream()
        .flatMap(found -> found.workers().stream())
        .map(WorkerSnapshot::pid)
        .toList();
  }
}
