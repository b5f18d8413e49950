package org.fpm4j.process.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.Rejection;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Timer;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.SocketStore;

/**
 * The master: owns the pools, brings configurations into force, ticks, stops. Event loop only, but
 * for the getters that {@link Snapshots} reads.
 */
final class Master implements PoolContext {

  private static final Duration TICK = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final PoolParts parts;
  private final Log log;
  private final Consumer<ProcessEvent> events;
  private final Runnable onStopped;
  private final StopLadder ladder;
  private final NavigableMap<String, Pool> pools = new ConcurrentSkipListMap<>();
  private final MasterLog masterLog;
  private final MasterProcess process;
  private final StoredSockets storedSockets = new StoredSockets();
  private volatile MasterState state = MasterState.NORMAL;
  private volatile Configuration configuration;
  private volatile boolean ready;
  private volatile long reloads;
  private Timer tick;
  private boolean processMaxReported;
  private boolean stopped;

  /** While pools are being started: one that fails at once does not make the master ready. */
  private boolean applying;

  Master(EventLoop loop, PoolParts parts, Consumer<ProcessEvent> events, Runnable onStopped) {
    this.loop = loop;
    this.parts = parts;
    this.log = parts.log();
    this.events = events;
    this.onStopped = onStopped;
    this.masterLog = new MasterLog(parts.log());
    this.process = new MasterProcess(parts.log());
    this.ladder = new StopLadder(loop, log, pools::values);
  }

  /**
   * Writes the pid file before anything else is done.
   *
   * @return false if it cannot be, which the error log tells
   */
  boolean writePid(MasterSettings settings) {
    masterLog.configure(settings.log());
    return process.writePid(settings);
  }

  /** Brings a configuration into force, pool by pool; what it does not change goes on untouched. */
  void apply(Configuration wanted) {
    if (!isNormal()) {
      return;
    }
    applying = true;
    boolean first = configuration == null;
    Configuration former = configuration;
    configuration = wanted;
    masterLog.configure(wanted.master().log());
    if (first) {
      log.notice("fpm is running, pid %d", ProcessHandle.current().pid());
      process.configure(wanted.master());
      tick = loop.scheduleAtFixedRate(TICK, this::onTick);
      takeOver(wanted);
    }
    reportRemarks(former, wanted);
    for (PoolSettings settings : wanted.pools().values()) {
      Pool pool = pools.get(settings.name());
      if (pool == null || pool.state() == PoolState.STOPPED) {
        if (first) {
          startPool(settings);
        } else {
          addPool(settings);
        }
      } else if (pool.state() != PoolState.DRAINING) {
        pool.apply(settings);
      }
    }
    if (!wanted.incomplete()) {
      pools.values().stream()
          .filter(p -> !wanted.pools().containsKey(p.name()) && !wanted.isRejected(p.name()))
          .filter(p -> p.state() != PoolState.DRAINING)
          .forEach(this::removePool);
    }
    applying = false;
    if (first && !wanted.incomplete()) {
      storedSockets.forget(parts.sockets().closeForgotten());
      parts.takeover().rescued().closeForgotten();
    }
    checkReady();
  }

  /** A store for listening sockets has come. */
  void open(SocketStore store) {
    storedSockets.open(store);
    listening().forEach(pool -> storedSockets.listening(pool.name, pool.socket));
  }

  /** Returns the pools that let connections in. */
  private Stream<PoolStatus> listening() {
    return pools.values().stream()
        .map(Pool::status)
        .filter(pool -> pool.socket != null && pool.state != PoolState.DRAINING);
  }

  /** The store has gone. */
  void closeStore() {
    storedSockets.closed();
  }

  /** Takes over what a dead master left serving only to end it. */
  void end(MasterSettings settings, boolean graceful) {
    apply(new Configuration(settings, new TreeMap<>(), List.of(), List.of(), false));
    stop(graceful);
  }

  /** Goes on with the pools a dead master left serving, also with those not configured any more. */
  private void takeOver(Configuration wanted) {
    parts
        .takeover()
        .find()
        .forEach(
            (name, found) -> {
              PoolSettings settings = wanted.pools().get(name);
              Pool pool =
                  new Pool(settings != null ? settings : FormerSettings.of(found), this, parts);
              pools.put(name, pool);
              pool.adopt(found);
            });
  }

  private void startPool(PoolSettings settings) {
    Pool pool = new Pool(settings, this, parts);
    pools.put(settings.name(), pool);
    parts.takeover().rescued().take(settings.name()).ifPresent(pool::listenAgain);
    pool.start();
  }

  private void addPool(PoolSettings settings) {
    log.pool(settings.name()).notice("added, starting");
    startPool(settings);
  }

  private void removePool(Pool pool) {
    log.pool(pool.name()).notice("removed from the configuration, finishing its requests");
    pool.drain();
  }

  private void reportRemarks(Configuration former, Configuration wanted) {
    wanted.notices().stream()
        .filter(n -> former == null || !former.notices().contains(n))
        .forEach(n -> masterLog.write(n));
    for (Rejection rejection : wanted.rejections()) {
      if (former == null || !former.rejections().contains(rejection)) {
        log.error("%s", rejection.text());
        String pool = rejection.pool().orElse("");
        tell(ProcessEvent.Type.CONFIGURATION_REJECTED, pool, 0, rejection.text());
      }
    }
  }

  private void onTick() {
    pools.values().forEach(Pool::onTick);
  }

  /** Rolls every pool (php-fpm's USR2). */
  CompletableFuture<String> reload() {
    if (!isNormal()) {
      return CompletableFuture.failedFuture(new IllegalStateException("the master is stopping"));
    }
    state = MasterState.RELOADING;
    log.notice("Reloading in progress ...");
    tell(ProcessEvent.Type.MASTER_RELOADING, "", 0, "reloading");
    List<CompletableFuture<String>> rolls = new ArrayList<>();
    pools.values().stream()
        .filter(p -> p.state() != PoolState.DRAINING)
        .forEach(p -> rolls.add(p.reload()));
    return CompletableFuture.allOf(rolls.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              countReload();
              return rolls.stream().map(CompletableFuture::join).collect(Collectors.joining("; "));
            })
        .whenComplete(
            (text, failure) -> {
              if (state == MasterState.RELOADING) {
                state = MasterState.NORMAL;
              }
              tell(
                  ProcessEvent.Type.MASTER_RELOADED,
                  "",
                  0,
                  failure == null ? text : "reload failed: " + reason(failure));
            });
  }

  /** Returns what to tell the operator of a failed order. */
  static String reason(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause().getMessage()
        : failure.getMessage();
  }

  /** Rolls one pool. */
  CompletableFuture<String> reload(String name) {
    return pool(name).reload().whenComplete((text, failure) -> countReload());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the event loop
  private void countReload() {
    reloads++;
  }

  /** Tells a worker to exit when idle. */
  String retire(String poolName, int pid) {
    onWorker(poolName, pid, (generation, worker) -> generation.retire(List.of(worker)));
    return "worker " + pid + " of pool " + poolName + " retires when idle";
  }

  /** Ends a worker at once. */
  String kill(String poolName, int pid) {
    onWorker(poolName, pid, (generation, worker) -> generation.signal(worker, Signal.SIGKILL));
    return "worker " + pid + " of pool " + poolName + " killed";
  }

  /** Lets a pool take no requests until it is resumed. */
  String hold(String poolName) {
    return pool(poolName).hold();
  }

  /** Lets a pool that is held take requests again. */
  String resume(String poolName) {
    return pool(poolName).resume();
  }

  /** Looks for a pool's peaks anew. */
  String resetMaxima(String poolName) {
    PoolStatus status = pool(poolName).status();
    String text =
        "maxima of pool %s reset: most active %d, longest listen queue %d until now"
            .formatted(poolName, status.counters.maxActive, status.counters.maxListenQueue.get());
    status.counters.resetMaxima();
    return text;
  }

  private void onWorker(String poolName, int pid, BiConsumer<Generation, Worker> order) {
    for (Generation generation : pool(poolName).status().generations) {
      Optional<Worker> worker = generation.worker(pid);
      if (worker.isPresent()) {
        order.accept(generation, worker.get());
        return;
      }
    }
    throw new IllegalArgumentException("no worker " + pid + " in pool " + poolName);
  }

  private Pool pool(String name) {
    Pool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalArgumentException(
          "no pool '" + name + "', there are: " + String.join(", ", pools.keySet()));
    }
    return pool;
  }

  /** Reopens the logs (php-fpm's USR1). */
  String reopenLogs() {
    List<String> failures = new ArrayList<>();
    try {
      masterLog.reopen();
    } catch (IOException e) {
      failures.add(e.getMessage());
    }
    boolean any = false;
    for (Pool pool : pools.values()) {
      try {
        any |= pool.reopenAccessLog();
      } catch (IOException e) {
        log.pool(pool.name()).error("unable to re-opened access log file: %s", e.getMessage());
        failures.add(e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("unable to reopen: " + String.join("; ", failures));
    }
    if (any) {
      log.notice("access log file re-opened");
    }
    return any ? "error log and access log files re-opened" : "error log file re-opened";
  }

  /** Stops; a later, harder stop overtakes a graceful one, never the other way round. */
  void stop(boolean graceful) {
    MasterState wanted = graceful ? MasterState.FINISHING : MasterState.TERMINATING;
    if (wanted.compareTo(state) <= 0) {
      log.debug("not switching to '%s' state, because already in '%s' state", wanted, state);
      return;
    }
    log.notice(graceful ? "Finishing ..." : "Terminating ...");
    state = wanted;
    listening().forEach(pool -> storedSockets.leaveToStore(pool.name, pool.socket));
    tell(ProcessEvent.Type.MASTER_STOPPING, "", 0, graceful ? "finishing" : "terminating");
    Duration timeout =
        configuration == null ? Duration.ZERO : configuration.master().processControlTimeout();
    ladder.begin(wanted, timeout);
    checkStopped();
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public StoredSockets storedSockets() {
    return storedSockets;
  }

  @Override
  public MasterSettings masterSettings() {
    return configuration.master();
  }

  @Override
  public int allow(int wanted) {
    int limit = configuration.master().processMax();
    if (limit < 1) {
      return wanted;
    }
    int room = limit - workerCount();
    if (room < wanted && !processMaxReported) {
      processMaxReported = true;
      log.warning(
          "The maximum number of processes has been reached. Please review your configuration and"
              + " consider raising 'process.max'");
    } else if (room >= wanted) {
      processMaxReported = false;
    }
    return Math.max(0, Math.min(room, wanted));
  }

  /** Whether a process is a zygote or a worker whose end a generation learns by itself. */
  boolean hasProcess(int pid) {
    return pools.values().stream()
        .flatMap(pool -> pool.status().generations.stream())
        .anyMatch(each -> each.zygotePid() == pid || each.worker(pid).isPresent());
  }

  int workerCount() {
    return pools.values().stream().mapToInt(p -> p.status().workerCount()).sum();
  }

  @Override
  public boolean isNormal() {
    return state.compareTo(MasterState.FINISHING) < 0;
  }

  @Override
  public void tell(ProcessEvent.Type type, String pool, int pid, String text) {
    events.accept(new ProcessEvent(type, pool, pid, text, System.currentTimeMillis()));
  }

  @Override
  public void onSettled(Pool pool) {
    checkReady();
  }

  private void checkReady() {
    if (!ready
        && !applying
        && configuration != null
        && pools.values().stream().noneMatch(p -> p.state() == PoolState.STARTING)) {
      ready = true;
      log.notice("ready to handle connections");
      tell(ProcessEvent.Type.MASTER_READY, "", 0, "ready to handle connections");
      masterLog.running();
    }
  }

  @Override
  public void onStopped(Pool pool) {
    if (isNormal()) {
      pools.remove(pool.name(), pool);
      log.pool(pool.name()).notice("removed");
      tell(ProcessEvent.Type.POOL_REMOVED, pool.name(), 0, "removed");
      PoolSettings again = configuration.pools().get(pool.name());
      if (again != null) {
        addPool(again);
      }
      checkReady();
    }
    checkStopped();
  }

  private void checkStopped() {
    if (!stopped
        && !isNormal()
        && pools.values().stream().allMatch(p -> p.state() == PoolState.STOPPED)) {
      stopped = true;
      ladder.cancel();
      if (tick != null) {
        tick.cancel();
      }
      process.end();
      log.notice("exiting, bye-bye!");
      onStopped.run();
    }
  }

  MasterState state() {
    return state;
  }

  boolean isReady() {
    return ready;
  }

  long reloads() {
    return reloads;
  }

  Configuration configuration() {
    return configuration;
  }

  Map<String, Pool> pools() {
    return pools;
  }
}
