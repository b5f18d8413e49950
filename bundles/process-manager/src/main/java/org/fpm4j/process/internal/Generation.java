package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.Signal;
import org.fpm4j.scoreboard.AccessLogWishes;
import org.fpm4j.scoreboard.DurationHistogram;
import org.fpm4j.scoreboard.MappedScoreboard;
import org.fpm4j.scoreboard.ScoreboardReader;
import org.fpm4j.scoreboard.ScoreboardSettings;
import org.fpm4j.scoreboard.Stage;

/**
 * One zygote and the workers forked from it. The table of workers is the master's own, filled from
 * the zygote's reports; the scoreboard, which workers can write, is believed only where its pid
 * agrees.
 *
 * <p>Written on the event loop; the table and the scoreboard may be read by any thread.
 */
final class Generation implements ZygoteEvents {

  /** Where a generation stands in its life. */
  enum State {
    /** The zygote runs its start-up. */
    BOOTING,
    /** Workers are forked from it. */
    SERVING,
    /** A newer one serves: this one's workers finish their requests. */
    DRAINING,
    /** Zygote and workers are gone. */
    GONE
  }

  /** Who is told of a generation's life: its pool. Called on the event loop. */
  interface Owner {
    void onReady(Generation generation);

    void onWorkerStarted(Generation generation, Worker worker, boolean adopted);

    void onWorkerExited(Generation generation, Worker worker, int waitStatus);

    void onForkFailed(Generation generation, int errno);

    /** The answer to {@link #requestDescriptors}; what is not released is closed afterwards. */
    void onDescriptors(Generation generation, List<Descriptor> descriptors);

    /** The zygote is gone, perhaps before its workers. */
    void onZygoteGone(Generation generation, String how);

    /** Zygote and workers are gone. */
    void onGone(Generation generation);
  }

  private final int number;
  private final Owner owner;
  private final OrphanWatch orphans;
  private final LongSupplier nanoTime;
  private final NavigableMap<Integer, Worker> workers = new ConcurrentSkipListMap<>();
  private volatile int usedSlots;
  private volatile State state = State.BOOTING;
  private Zygote zygote;
  private SocketAddress listening;
  private boolean zygoteGone;
  private boolean handingOver;
  private volatile int zygotePid;
  private volatile MappedScoreboard scoreboard;
  private volatile ScoreboardReader reader;
  private String setUpFailure = "";

  Generation(int number, Owner owner, OrphanWatch orphans, LongSupplier nanoTime) {
    this.number = number;
    this.nanoTime = nanoTime;
    this.owner = owner;
    this.orphans = orphans;
  }

  /**
   * Gives the generation its zygote, once, before any of its reports.
   *
   * @param address where its workers accept, as the master knows it
   */
  void attach(ZygoteLauncher.Launched launched, SocketAddress address) {
    listening = address;
    zygote = launched.zygote();
    zygotePid = zygote.pid();
    scoreboard = launched.scoreboard();
    reader = scoreboard.reader();
  }

  int number() {
    return number;
  }

  State state() {
    return state;
  }

  int zygotePid() {
    return zygotePid;
  }

  /** Returns where its workers accept. */
  SocketAddress listening() {
    return listening;
  }

  ScoreboardReader reader() {
    return reader;
  }

  /** Returns a live view of the workers by slot. */
  Collection<Worker> workers() {
    return Collections.unmodifiableCollection(workers.values());
  }

  Optional<Worker> worker(int pid) {
    return workers.values().stream().filter(w -> w.pid() == pid && pid != 0).findFirst();
  }

  /** Returns what a worker does; {@link Stage#FREE} if the slot does not show this worker yet. */
  Stage stage(Worker worker) {
    return worker.pid() != 0 && reader.pid(worker.slot()) == worker.pid()
        ? reader.stage(worker.slot())
        : Stage.FREE;
  }

  boolean isIdle(Worker worker) {
    return stage(worker) == Stage.ACCEPTING;
  }

  /** Returns the requests begun by all workers so far. */
  long accepted() {
    return reader.totalAccepted(usedSlots);
  }

  /** Returns the durations of the requests finished by all workers so far. */
  DurationHistogram durations() {
    return reader.durations();
  }

  /** Returns how long all finished requests took together, in microseconds. */
  long durationMicros() {
    return reader.totalDurationMicros(usedSlots);
  }

  /** Returns the access records all workers lost so far. */
  long accessDropped() {
    return reader.totalAccessDropped(usedSlots);
  }

  void publish(ScoreboardSettings live) {
    scoreboard.masterWriter().publish(live);
  }

  void publishAccessLog(Optional<AccessLogWishes> wishes) {
    scoreboard.masterWriter().publishAccessLog(wishes);
  }

  void publishPages(String statusPath, String pingPath, String pingResponse) {
    scoreboard.masterWriter().publishPages(statusPath, pingPath, pingResponse);
  }

  /** Whether the zygote takes orders. */
  boolean isReady() {
    return state != State.BOOTING && !zygoteGone;
  }

  /** Asks the zygote for copies of its descriptors; one answer is for all who ask meanwhile. */
  void requestDescriptors() {
    if (!handingOver) {
      handingOver = true;
      zygote.handOver();
    }
  }

  /** Orders workers from the zygote; returns how many had a free slot. */
  int spawn(int wanted, boolean catchOutput) {
    int spawned = 0;
    while (spawned < wanted && !zygoteGone) {
      int slot = freeSlot();
      if (slot >= reader.slots()) {
        break;
      }
      try {
        // A worker that took its slot's space itself would be killed if there is none.
        if (slot >= usedSlots) {
          scoreboard.takeSpace(slot);
        } else {
          scoreboard.masterWriter().retire(slot, 0);
        }
      } catch (IOException | InternalError e) {
        owner.onForkFailed(this, Errno.ENOSPC);
        break;
      }
      usedSlots = Math.max(usedSlots, slot + 1);
      workers.put(slot, new Worker(slot));
      zygote.spawn(slot, catchOutput);
      spawned++;
    }
    return spawned;
  }

  private int freeSlot() {
    int slot = 0;
    for (Integer used : workers.keySet()) {
      if (used != slot) {
        return slot;
      }
      slot++;
    }
    return slot;
  }

  /** Tells workers to exit when idle; one kick wakes those that are idle already. */
  void retire(Collection<Worker> leaving) {
    for (Worker worker : leaving) {
      worker.onRetire(nanoTime.getAsLong());
      if (worker.pid() != 0) {
        orderRetirement(worker);
      }
    }
    if (!leaving.isEmpty()) {
      zygote.kick();
    }
  }

  /** As {@link #retire}, of workers that need not be replaced. */
  void retireSurplus(Collection<Worker> leaving) {
    leaving.forEach(Worker::onSurplus);
    retire(leaving);
  }

  private void orderRetirement(Worker worker) {
    scoreboard.masterWriter().retire(worker.slot(), worker.pid());
    zygote.disown(worker.pid());
  }

  void signal(Worker worker, Signal signal) {
    worker.onSignalled(signal, nanoTime.getAsLong());
    if (worker.pid() == 0) {
      return;
    }
    zygote.disown(worker.pid());
    if (zygoteGone) {
      orphans.signal(worker.pid(), signal);
    } else {
      zygote.signal(worker.pid(), signal);
    }
  }

  /** Returns workers not told to go, those idle longest first, then the oldest busy ones. */
  List<Worker> candidatesToRetire() {
    return workers.values().stream()
        .filter(w -> !w.isLeaving() && w.state() != Worker.State.FORKING)
        .sorted(
            Comparator.comparing((Worker w) -> !isIdle(w)).thenComparingLong(Worker::startNanos))
        .toList();
  }

  /** Retires all workers and starts no more; the zygote goes when its last worker has gone. */
  void drain() {
    if (state != State.GONE) {
      retire(candidatesToRetire());
      state = State.DRAINING;
      stopZygoteWhenEmpty();
    }
  }

  private void stopZygoteWhenEmpty() {
    if (workers.isEmpty() && !zygoteGone) {
      zygote.stop();
    }
  }

  /** Ends a zygote that is still booting, or will not stop. */
  void killZygote() {
    zygote.kill();
  }

  /** Whether workers can be forked: the zygote lives. */
  boolean canFork() {
    return state == State.SERVING && !zygoteGone;
  }

  @Override
  public void onReady() {
    if (state == State.BOOTING) {
      state = State.SERVING;
      owner.onReady(this);
    }
  }

  @Override
  public void onWorker(ZygoteMessage.Worker report) {
    if (report.slot() >= reader.slots()) {
      return;
    }
    Worker worker = workers.computeIfAbsent(report.slot(), Worker::new);
    usedSlots = Math.max(usedSlots, report.slot() + 1);
    worker.onForked(report.pid(), report.startNs());
    if (worker.state() == Worker.State.ENDING) {
      zygote.signal(worker.pid(), Signal.SIGKILL);
    } else if (worker.state() == Worker.State.RETIRING) {
      orderRetirement(worker);
      zygote.kick();
    }
    owner.onWorkerStarted(this, worker, report.adopted());
    if (state == State.DRAINING && !worker.isLeaving()) {
      retire(List.of(worker));
    }
  }

  @Override
  public void onExited(ZygoteMessage.Exited report) {
    Worker worker = workers.get(report.slot());
    if (worker != null && worker.pid() == report.pid()) {
      remove(worker, report.waitStatus());
    }
  }

  private void remove(Worker worker, int waitStatus) {
    workers.remove(worker.slot());
    owner.onWorkerExited(this, worker, waitStatus);
    if (state == State.DRAINING) {
      stopZygoteWhenEmpty();
    }
    endWhenEmpty();
  }

  @Override
  public void onForkFailed(int slot, int errno) {
    Worker worker = workers.get(slot);
    if (worker != null && worker.state() == Worker.State.FORKING) {
      workers.remove(slot);
    }
    owner.onForkFailed(this, errno);
  }

  @Override
  public void onDescriptors(List<Descriptor> descriptors) {
    handingOver = false;
    owner.onDescriptors(this, descriptors);
  }

  @Override
  public void onSetUpFailed(String step, int errno) {
    setUpFailure = errno == 0 ? step : step + ": " + Errno.text(errno);
  }

  @Override
  public void onGone(String how) {
    zygoteGone = true;
    workers.values().removeIf(w -> w.pid() == 0);
    owner.onZygoteGone(this, setUpFailure.isEmpty() ? how : how + " (" + setUpFailure + ")");
    for (Worker orphan : List.copyOf(workers.values())) {
      orphans.watch(orphan.pid(), status -> remove(orphan, status));
    }
    endWhenEmpty();
  }

  private void endWhenEmpty() {
    if (zygoteGone && workers.isEmpty() && state != State.GONE) {
      state = State.GONE;
      zygote.cleanUp();
      owner.onGone(this);
    }
  }
}
