package org.fpm4j.process.internal;

import java.time.Duration;
import java.util.List;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerMode;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.scoreboard.Stage;

/**
 * Keeps the number of workers of the serving generation right: by event when connections wait or a
 * worker ends, by the tick for spares. Event loop only.
 */
final class Scaler implements AutoCloseable {

  private final String pool;
  private final PoolContext context;
  private final Log log;
  private final PoolCounters counters;
  private final RespawnBackoff backoff;
  private final Generation generation;
  private final ListeningSocket socket;
  private ProcessManagerSettings pm;
  private boolean catchOutput;
  private ScalingPolicy policy;
  private QueueWatch queue;
  private boolean limitReported;

  /** Whether the pool takes no requests: then no worker is started. */
  private boolean held;

  Scaler(
      PoolContext context,
      Log log,
      PoolCounters counters,
      RespawnBackoff backoff,
      Generation generation,
      ListeningSocket socket,
      PoolSettings settings) {
    this.pool = settings.name();
    this.context = context;
    this.log = log;
    this.counters = counters;
    this.backoff = backoff;
    this.generation = generation;
    this.socket = socket;
    onSettings(settings);
  }

  /** Takes live settings; workers that can stay do. */
  void onSettings(PoolSettings settings) {
    boolean samePolicy = policy != null && pm.equals(settings.pm());
    pm = settings.pm();
    catchOutput = settings.worker().catchOutput();
    if (!samePolicy) {
      policy = ScalingPolicy.of(pm);
      watchQueue(!held && pm.mode() != ProcessManagerMode.STATIC);
    }
  }

  /** Starts no more workers until {@link #resume}; those there are the caller's to retire. */
  void hold() {
    held = true;
    watchQueue(false);
    relieve();
  }

  /** Starts workers again, as at the start. */
  void resume() {
    held = false;
    watchQueue(pm.mode() != ProcessManagerMode.STATIC);
    spawn(policy.startWorkers(), load(0).running());
  }

  private void watchQueue(boolean wanted) {
    if (wanted && queue == null) {
      queue = new QueueWatch(context.loop(), socket, this::onWaiting);
    } else if (!wanted && queue != null) {
      queue.close();
      queue = null;
    }
  }

  /**
   * Starts the generation's first workers: its mode's, or as many as it takes over from another.
   */
  int start(int replaced) {
    int wanted = Math.min(Math.max(policy.startWorkers(), replaced), pm.maxChildren());
    return spawn(wanted, 0);
  }

  /** A connection waits: gives it a worker if none at hand will take it. */
  private void onWaiting() {
    Load load = load(socket.queueDepth().length());
    int wanted = policy.onQueue(load);
    if (wanted > 0) {
      int spawned = spawn(wanted, load.running());
      log.debug("%d child(ren) have been created for %d waiting", spawned, load.queued());
    }
    if (load.running() < pm.maxChildren()) {
      resumeWatch();
    }
  }

  private void resumeWatch() {
    if (queue != null) {
      queue.resume();
    }
  }

  /** Called once a second with the number of connections that wait. */
  void onTick(int queued) {
    if (held) {
      return;
    }
    Load load = load(queued);
    noteSaturation(load);
    recycleLarge();
    int excess = load.running() - pm.maxChildren();
    if (excess > 0) {
      retireSurplus(excess);
      return;
    }
    ScalingPolicy.Decision decision = policy.onTick(load);
    if (decision.retire() > 0) {
      retireSurplus(decision.retire());
    } else if (decision.spawn() > 0) {
      if (decision.busyRate() > 0) {
        log.warning(
            "seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers),"
                + " spawning %d children, there are %d idle, and %d total children",
            decision.busyRate(), load.idle(), load.running());
      }
      spawn(decision.spawn(), load.running());
    }
    if (load.running() < pm.maxChildren()) {
      resumeWatch();
    }
  }

  /** {@code pm.max_worker_memory}: a worker that grew above it goes after its request. */
  private void recycleLarge() {
    if (pm.maxWorkerMemoryBytes() > 0) {
      generation.retire(
          generation.candidatesToRetire().stream()
              .filter(w -> generation.stage(w) != Stage.FREE)
              .filter(
                  w -> generation.reader().lastMemoryBytes(w.slot()) > pm.maxWorkerMemoryBytes())
              .toList());
    }
  }

  private void retireSurplus(int count) {
    List<Worker> surplus =
        generation.candidatesToRetire().stream()
            .filter(w -> pm.mode() != ProcessManagerMode.ONDEMAND || isExpired(w))
            .limit(count)
            .toList();
    generation.retireSurplus(surplus);
  }

  /** A worker of this generation has gone without having been surplus: replaces it. */
  void onExit(Duration lifetime, boolean abnormal) {
    Duration wait = abnormal ? backoff.onDeath(lifetime) : Duration.ZERO;
    if (wait.isZero()) {
      replace();
    } else {
      log.warning("children die young, the next one is started in %d ms", wait.toMillis());
      context.loop().schedule(wait, this::replace);
    }
  }

  private void replace() {
    Load load = load(0);
    int wanted = policy.onExit(load);
    if (generation.state() == Generation.State.SERVING
        && wanted > 0
        && load.running() < pm.maxChildren()) {
      spawn(wanted, load.running());
    }
    resumeWatch();
  }

  private int spawn(int wanted, int running) {
    if (!context.isNormal() || held || wanted <= 0) {
      return 0;
    }
    int room = pm.maxChildren() - running;
    if (room <= 0) {
      reportLimit();
      return 0;
    }
    int spawned = generation.spawn(context.allow(Math.min(wanted, room)), catchOutput);
    if (spawned > 0) {
      limitReported = false;
    }
    return spawned;
  }

  /** php-fpm counts and warns once until a later spawn succeeds. */
  private void reportLimit() {
    if (!limitReported) {
      limitReported = true;
      counters.onMaxChildrenReached();
      String limit = pm.mode() == ProcessManagerMode.ONDEMAND ? "max_children" : "pm.max_children";
      String text =
          "server reached %s setting (%d), consider raising it".formatted(limit, pm.maxChildren());
      log.warning("%s", text);
      saturate(text);
    }
  }

  private void saturate(String text) {
    if (counters.saturation.begin(context.loop().nanoTime())) {
      context.tell(ProcessEvent.Type.POOL_SATURATED, pool, 0, text);
    }
  }

  /** A static pool asks for no worker, and the warning comes once: only the tick sees the rest. */
  private void noteSaturation(Load load) {
    if (load.queued() == 0 && load.idle() > 0) {
      relieve();
    } else if (load.queued() > 0 && load.idle() == 0 && load.running() >= pm.maxChildren()) {
      saturate(
          "%d connections wait, all %d workers are busy".formatted(load.queued(), load.running()));
    }
  }

  private void relieve() {
    if (counters.saturation.end(context.loop().nanoTime())) {
      context.tell(ProcessEvent.Type.POOL_RELIEVED, pool, 0, "an idle worker waits again");
    }
  }

  private Load load(int queued) {
    int running = 0;
    int idle = 0;
    int starting = 0;
    int keptAlive = 0;
    int expired = 0;
    for (Worker worker : generation.workers()) {
      if (worker.isLeaving()) {
        continue;
      }
      running++;
      Stage stage = generation.stage(worker);
      if (stage == Stage.ACCEPTING) {
        idle++;
        if (isExpired(worker)) {
          expired++;
        }
      } else if (stage == Stage.FREE) {
        starting++;
      } else if (generation.reader().keptAliveIdle(worker.slot())) {
        keptAlive++;
      }
    }
    return new Load(running, idle, starting, queued, keptAlive, expired);
  }

  private boolean isExpired(Worker worker) {
    if (pm.mode() != ProcessManagerMode.ONDEMAND || !generation.isIdle(worker)) {
      return false;
    }
    long since = generation.reader().stageSinceNanos(worker.slot());
    return context.loop().nanoTime() - since >= pm.processIdleTimeout().toNanos();
  }

  /** Stops watching and scaling; workers stay as they are. */
  @Override
  public void close() {
    watchQueue(false);
  }
}
