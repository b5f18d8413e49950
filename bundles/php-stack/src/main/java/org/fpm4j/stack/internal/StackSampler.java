package org.fpm4j.stack.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.fpm4j.stack.PhpStack;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.Profile;

/**
 * Samples some processes' stacks at a steady rate. A process's memory stays open between samples,
 * so that each costs a few reads. One thread.
 */
final class StackSampler implements AutoCloseable {

  private static final int TRIES = 3;
  private static final int MOST_WORKERS = 512;
  private static final Duration LOOK_FOR_WORKERS = Duration.ofMillis(200);

  private final StackReader reader;
  private final Supplier<List<Integer>> pids;
  private final Map<Integer, StackReader.Held> held = new HashMap<>();
  private final HashSet<Integer> unreadable = new HashSet<>();
  private final StackTree tree = new StackTree();
  private long samples;
  private long idle;
  private long lost;
  private long late;
  private long readNanos;
  private String note = "";

  /**
   * @param pids returns the processes there are now
   */
  StackSampler(StackReader reader, Supplier<List<Integer>> pids) {
    this.reader = reader;
    this.pids = pids;
  }

  /** Samples for a while. */
  void run(Duration length, int hertz) throws InterruptedException {
    long period = TimeUnit.SECONDS.toNanos(1) / hertz;
    long next = System.nanoTime();
    long end = next + length.toNanos();
    long look = next;
    while (next - end < 0) {
      if (look - next <= 0) {
        findWorkers();
        look = next + LOOK_FOR_WORKERS.toNanos();
      }
      long began = System.nanoTime();
      held.values().forEach(this::sample);
      readNanos += System.nanoTime() - began;
      next += period;
      long now = System.nanoTime();
      if (now - next > 0) {
        long missed = (now - next) / period + 1;
        late += missed;
        next += missed * period;
      }
      TimeUnit.NANOSECONDS.sleep(next - now);
    }
  }

  private void findWorkers() {
    List<Integer> present = pids.get();
    for (Iterator<Map.Entry<Integer, StackReader.Held>> each = held.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Integer, StackReader.Held> entry = each.next();
      if (!present.contains(entry.getKey())) {
        close(entry.getValue());
        each.remove();
      }
    }
    for (Integer pid : present) {
      if (held.size() < MOST_WORKERS && !held.containsKey(pid) && !unreadable.contains(pid)) {
        open(pid);
      }
    }
  }

  private void open(int pid) {
    try {
      held.put(pid, reader.hold(pid));
    } catch (NoPhpStackException e) {
      if (!e.isEnded()) {
        unreadable.add(pid);
        note = e.getMessage();
      }
    }
  }

  private void sample(StackReader.Held process) {
    for (int tries = 0; tries < TRIES; tries++) {
      PhpStack stack = process.read(PhpStacks.MOST_FRAMES);
      if (stack.note().isEmpty()) {
        if (stack.frames().isEmpty()) {
          idle++;
        } else {
          samples++;
          tree.add(stack.frames());
        }
        return;
      }
    }
    lost++;
  }

  /** Returns what was found so far. */
  Profile profile(String title) {
    long read = samples + idle + lost;
    return new Profile(
        samples,
        idle,
        lost,
        late,
        read == 0 ? 0 : readNanos / 1000.0 / read,
        note,
        tree.folded(),
        FlameGraph.svg(tree.root(), title));
  }

  private static void close(StackReader.Held process) {
    try {
      process.close();
    } catch (IOException ignored) {
      // Nothing was written to it.
    }
  }

  @Override
  public void close() {
    held.values().forEach(StackSampler::close);
  }
}
