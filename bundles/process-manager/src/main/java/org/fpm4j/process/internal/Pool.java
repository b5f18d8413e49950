package org.fpm4j.process.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.config.ChangeClass;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.config.SettingsChange;
import org.fpm4j.event.Timer;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Errno;
import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.scoreboard.ScoreboardSettings;

/**
 * One pool: a listening socket and the generations that serve it. At most one generation boots, one
 * serves, any number drain.
 *
 * <pre>
 *   STARTING --ready--> RUNNING --roll--> RELOADING --ready--> RUNNING
 *      |                                     |  (zygote fails: the old one goes on)
 *      +--fails--> FAILED --retry--> STARTING
 *   any --drain--> DRAINING --all gone--> STOPPED
 * </pre>
 *
 * Event loop only, but for what {@link PoolSnapshots} reads.
 */
final class Pool implements Generation.Owner {

  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final int LEAST_SLOTS = 1024;
  private static final int SLOTS_PER_CHILD = 4;

  private final String name;
  private final PoolContext context;
  private final PoolParts parts;
  private final Log log;
  private final PoolCounters counters = new PoolCounters();
  private final RespawnBackoff backoff = new RespawnBackoff();
  private final long startEpochMs = System.currentTimeMillis();
  private final List<CompletableFuture<String>> reloadWaiters = new ArrayList<>();

  private volatile PoolState state = PoolState.STARTING;
  private volatile PoolSettings settings;
  private volatile ListeningSocket socket;
  private volatile Generation serving;
  private volatile List<Generation> generations = List.of();
  private volatile String lastError = "";
  private volatile int listenQueue;
  private volatile int listenQueueLen;
  private Generation booting;
  private PoolSettings bootingSettings;
  private ListeningSocket bootingSocket;
  private Scaler scaler;
  private Timer bootTimeout;
  private Timer retry;
  private int lastGeneration;
  private int awaitedWorkers;

  Pool(PoolSettings settings, PoolContext context, PoolParts parts) {
    this.name = settings.name();
    this.settings = settings;
    this.context = context;
    this.parts = parts;
    this.log = parts.log().pool(name);
  }

  /** Opens the listening socket and boots the first generation. */
  void start() {
    state = PoolState.STARTING;
    boot(settings);
  }

  /**
   * Takes over the generations a dead master left serving. The newest serves on, older ones finish
   * their requests; if it was started with other settings, the pool rolls.
   */
  void adopt(List<Takeover.Found> found) {
    try {
      Takeover.Found newest = null;
      for (Takeover.Found each : found) {
        Generation generation = new Generation(each.note().number(), this, parts.orphans());
        parts.takeover().listen(each, generation, settings.worker().decorateOutput());
        add(generation);
        serving = generation;
        lastGeneration = each.note().number();
        if (newest != null) {
          newest.listening().close();
        }
        newest = each;
      }
      socket = parts.sockets().adopt(newest.listening(), newest.note().listen());
      publishLive(serving, settings);
      scaler = new Scaler(context, log, counters, backoff, serving, socket, settings);
      log.notice(
          "generation %d taken over with %d workers", serving.number(), serving.workers().size());
      finishRoll();
      boolean former = settings.program().program().isEmpty();
      if (!former && !newest.note().fingerprint().equals(GenerationFile.fingerprint(settings))) {
        log.notice("the settings changed meanwhile, rolling to generation %d", lastGeneration + 1);
        roll(settings);
      }
    } catch (IOException e) {
      log.error("cannot be taken over: %s", e.getMessage());
      generations.forEach(Generation::killZygote);
      serving = null;
      start();
    }
  }

  /** Brings settings that differ into force, at the cost of their class. */
  void apply(PoolSettings wanted) {
    if (retry != null) {
      retry.cancel();
      retry = null;
      settings = wanted;
      start();
      return;
    }
    PoolSettings base = bootingSettings != null ? bootingSettings : settings;
    SettingsChange change = SettingsChange.between(base, wanted);
    if (change.changeClass() == ChangeClass.NONE) {
      return;
    }
    String what = String.join(", ", change.directives());
    try {
      if (costOf(change, base, wanted).compareTo(ChangeClass.LIVE) <= 0) {
        applyLive(wanted);
        log.notice("applied %s; no worker restarted", what);
      } else {
        log.notice("applying %s; rolling to generation %d", what, lastGeneration + 1);
        roll(wanted);
      }
      context.tell(ProcessEvent.Type.CONFIGURATION_APPLIED, name, 0, what);
    } catch (IOException e) {
      reject(what, e);
    }
  }

  /** A listening socket that stays where it is changes its owner, mode and backlog in place. */
  private ChangeClass costOf(SettingsChange change, PoolSettings base, PoolSettings wanted)
      throws IOException {
    boolean samePlace = base.listen().address().equals(wanted.listen().address());
    if (change.changeClass() != ChangeClass.BIND || !samePlace || socket == null) {
      return change.changeClass();
    }
    parts.sockets().reconfigure(socket, wanted.listen());
    PoolSettings moved =
        new PoolSettings(
            base.name(),
            base.program(),
            wanted.listen(),
            base.pm(),
            base.worker(),
            base.request(),
            base.status(),
            base.access());
    return SettingsChange.between(moved, wanted).changeClass();
  }

  private void reject(String what, IOException e) {
    lastError = e.getMessage();
    log.error("%s not applied: %s", what, e.getMessage());
    context.tell(ProcessEvent.Type.CONFIGURATION_REJECTED, name, 0, e.getMessage());
  }

  private void applyLive(PoolSettings wanted) {
    if (bootingSettings != null) {
      bootingSettings = wanted;
    } else {
      settings = wanted;
    }
    for (Generation generation : generations) {
      publishLive(generation, wanted);
    }
    if (scaler != null) {
      scaler.onSettings(wanted);
    }
  }

  private static void publishLive(Generation generation, PoolSettings wanted) {
    ProcessManagerSettings pm = wanted.pm();
    generation.publish(
        new ScoreboardSettings(
            pm.maxRequests(),
            pm.maxRequestsJitter(),
            pm.keepIdleTimeout(),
            wanted.listen().allowedClients()));
  }

  /** Rolls to a new generation with the settings in force. */
  CompletableFuture<String> reload() {
    CompletableFuture<String> done = new CompletableFuture<>();
    if (state == PoolState.DRAINING || state == PoolState.STOPPED) {
      done.completeExceptionally(new IllegalStateException("pool " + name + " is stopping"));
      return done;
    }
    reloadWaiters.add(done);
    if (booting == null) {
      roll(settings);
    }
    return done;
  }

  private void roll(PoolSettings wanted) {
    if (booting != null) {
      abortBoot();
    }
    if (serving != null) {
      state = PoolState.RELOADING;
    }
    boot(wanted);
  }

  private void boot(PoolSettings wanted) {
    try {
      bootingSettings = wanted;
      bootingSocket = socketFor(wanted);
      int slots = Math.max(LEAST_SLOTS, wanted.pm().maxChildren() * SLOTS_PER_CHILD);
      Generation generation = new Generation(++lastGeneration, this, parts.orphans());
      generation.attach(
          parts.launcher().launch(wanted, lastGeneration, slots, bootingSocket, generation));
      publishLive(generation, wanted);
      booting = generation;
      add(generation);
      bootTimeout =
          context.loop().schedule(wanted.pm().startTimeout(), () -> onBootTimeout(generation));
    } catch (IOException e) {
      onBootFailed(e.getMessage());
    }
  }

  private ListeningSocket socketFor(PoolSettings wanted) throws IOException {
    if (socket != null && wanted.listen().address().equals(socket.address().text())) {
      return socket;
    }
    return parts.sockets().open(wanted.listen());
  }

  private void onBootTimeout(Generation generation) {
    if (booting == generation) {
      log.error(
          "zygote %d did not come to accept() within pm.start_timeout (%d s), program '%s'",
          generation.zygotePid(),
          bootingSettings.pm().startTimeout().toSeconds(),
          bootingSettings.program().program());
      generation.killZygote();
    }
  }

  private void abortBoot() {
    Generation aborted = booting;
    booting = null;
    bootTimeout.cancel();
    aborted.killZygote();
    closeBootingSocket();
  }

  private void closeBootingSocket() {
    if (bootingSocket != null && bootingSocket != socket) {
      bootingSocket.close();
    }
    bootingSocket = null;
    bootingSettings = null;
  }

  private void onBootFailed(String reason) {
    lastError = reason;
    log.error("generation %d did not start: %s", lastGeneration, reason);
    booting = null;
    closeBootingSocket();
    context.tell(ProcessEvent.Type.GENERATION_FAILED, name, 0, reason);
    failReloads(reason);
    if (serving != null && serving.canFork()) {
      state = PoolState.RUNNING;
      log.error("generation %d serves on", serving.number());
      return;
    }
    state = PoolState.FAILED;
    context.tell(ProcessEvent.Type.POOL_FAILED, name, 0, reason);
    log.error("no worker can be started, next try in %d s", RETRY.toSeconds());
    retry = context.loop().schedule(RETRY, this::onRetry);
    context.onSettled(this);
  }

  private void onRetry() {
    retry = null;
    start();
  }

  private void failReloads(String reason) {
    List<CompletableFuture<String>> waiters = List.copyOf(reloadWaiters);
    reloadWaiters.clear();
    waiters.forEach(
        w -> w.completeExceptionally(new IllegalStateException("[pool " + name + "] " + reason)));
  }

  @Override
  public void onReady(Generation generation) {
    if (generation != booting) {
      return;
    }
    bootTimeout.cancel();
    booting = null;
    final boolean recovered = state == PoolState.STARTING && !lastError.isEmpty();
    final Generation previous = serving;
    final ListeningSocket previousSocket = socket;
    settings = bootingSettings;
    socket = bootingSocket;
    bootingSettings = null;
    bootingSocket = null;
    serving = generation;
    lastError = "";
    if (scaler != null) {
      scaler.close();
    }
    scaler = new Scaler(context, log, counters, backoff, generation, socket, settings);
    int replaced = previous == null ? 0 : previous.candidatesToRetire().size();
    awaitedWorkers = scaler.start(replaced);
    context.tell(
        ProcessEvent.Type.GENERATION_READY,
        name,
        generation.zygotePid(),
        "generation " + generation.number() + " serves");
    if (recovered) {
      context.tell(ProcessEvent.Type.POOL_RECOVERED, name, 0, "the pool serves again");
    }
    if (previousSocket != null && previousSocket != socket) {
      previousSocket.close();
    }
    if (awaitedWorkers == 0) {
      finishRoll();
    }
  }

  @Override
  public void onWorkerStarted(Generation generation, Worker worker, boolean adopted) {
    if (!adopted) {
      counters.onSpawned();
    }
    log.debug("child %d started", worker.pid());
    context.tell(ProcessEvent.Type.WORKER_STARTED, name, worker.pid(), "child started");
    if (generation == serving && awaitedWorkers > 0) {
      awaitedWorkers--;
      if (awaitedWorkers == 0) {
        finishRoll();
      } else {
        retireOneOfOlder();
      }
    }
  }

  /** Each new worker lets one of an older generation go, an idle one first. */
  private void retireOneOfOlder() {
    for (Generation generation : generations) {
      if (generation != serving && generation.state() == Generation.State.SERVING) {
        generation.retire(generation.candidatesToRetire().stream().limit(1).toList(), false);
      }
    }
  }

  private void finishRoll() {
    for (Generation generation : generations) {
      if (generation != serving && generation.state() == Generation.State.SERVING) {
        generation.retire(generation.candidatesToRetire(), false);
        generation.drain();
      }
    }
    if (state == PoolState.RELOADING) {
      log.notice("generation %d serves", serving.number());
      context.tell(ProcessEvent.Type.RELOAD_DONE, name, serving.zygotePid(), "reload done");
    }
    state = PoolState.RUNNING;
    List<CompletableFuture<String>> waiters = List.copyOf(reloadWaiters);
    reloadWaiters.clear();
    String text = "pool " + name + " serves with generation " + serving.number();
    waiters.forEach(w -> w.complete(text));
    context.onSettled(this);
  }

  @Override
  public void onWorkerExited(Generation generation, Worker worker, int waitStatus) {
    ExitStatus exit = new ExitStatus(waitStatus);
    boolean orderly = exit.code() == 0 || exit.signal() == Signal.SIGQUIT.number();
    Duration lifetime =
        Duration.ofNanos(Math.max(0, context.loop().nanoTime() - worker.startNanos()));
    counters.onExited(!exit.exited());
    if (exit.code() == 0 && !worker.isLeaving()) {
      counters.onRecycled();
    }
    String text =
        "child %d %s after %d.%06d seconds from start"
            .formatted(worker.pid(), exit, lifetime.toSeconds(), lifetime.toNanosPart() / 1000);
    if (!context.isNormal() || worker.isLeaving()) {
      log.debug("%s", text);
    } else if (orderly) {
      log.notice("%s", text);
    } else {
      log.warning("%s", text);
    }
    context.tell(ProcessEvent.Type.WORKER_EXITED, name, worker.pid(), text);
    if (generation == serving && state != PoolState.DRAINING && !worker.isSurplus()) {
      scaler.onExit(lifetime, !orderly && !worker.isLeaving());
    }
  }

  @Override
  public void onForkFailed(Generation generation, int errno) {
    log.systemError(Errno.text(errno), errno, "fork() failed");
    if (generation == serving && awaitedWorkers > 0 && --awaitedWorkers == 0) {
      finishRoll();
    }
  }

  @Override
  public void onZygoteGone(Generation generation, String how) {
    if (generation == booting) {
      bootTimeout.cancel();
      onBootFailed("zygote exited " + how + " before its first accept()");
    } else if (generation == serving && state != PoolState.DRAINING) {
      log.warning(
          "zygote %d exited %s; its workers serve on, a new generation boots",
          generation.zygotePid(), how);
      roll(settings);
    }
  }

  @Override
  public void onGone(Generation generation) {
    counters.onGenerationGone(generation);
    List<Generation> left = new ArrayList<>(generations);
    left.remove(generation);
    generations = List.copyOf(left);
    if (generation == serving) {
      serving = null;
    }
    if (state == PoolState.DRAINING && generations.isEmpty()) {
      endOfPool();
    }
  }

  private void endOfPool() {
    if (socket != null) {
      socket.close();
    }
    state = PoolState.STOPPED;
    context.onStopped(this);
  }

  private void add(Generation generation) {
    List<Generation> more = new ArrayList<>(generations);
    more.add(generation);
    generations = List.copyOf(more);
  }

  /** Called once a second: statistics, spares, surplus. */
  void onTick() {
    if (socket == null || scaler == null) {
      return;
    }
    listenQueue = socket.queueLength();
    listenQueueLen = socket.queueMaximum();
    int active = 0;
    for (Generation generation : generations) {
      for (Worker worker : generation.workers()) {
        if (!generation.isIdle(worker)) {
          active++;
        }
      }
    }
    counters.onLoad(active, listenQueue);
    if (context.isNormal() && serving != null && state != PoolState.DRAINING) {
      scaler.onTick(listenQueue);
    }
  }

  /** Ends the pool: no more workers, those there finish their requests (php-fpm's QUIT). */
  void drain() {
    if (state == PoolState.DRAINING || state == PoolState.STOPPED) {
      return;
    }
    state = PoolState.DRAINING;
    failReloads("the pool is stopped");
    if (retry != null) {
      retry.cancel();
    }
    if (scaler != null) {
      scaler.close();
    }
    if (booting != null) {
      abortBoot();
    }
    if (socket != null) {
      socket.unlink();
    }
    for (Generation generation : generations) {
      generation.retire(generation.candidatesToRetire(), false);
      generation.drain();
    }
    if (generations.isEmpty()) {
      endOfPool();
    }
  }

  /** Sends a signal to every worker, as the ladder of a stop does. */
  void signalAll(Signal signal) {
    for (Generation generation : generations) {
      for (Worker worker : generation.workers()) {
        generation.signal(worker, signal);
      }
    }
  }

  /** Leaves everything running for the next master. */
  void abandon() {
    generations.forEach(Generation::abandon);
  }

  String name() {
    return name;
  }

  PoolState state() {
    return state;
  }

  PoolSettings settings() {
    return settings;
  }

  ListeningSocket socket() {
    return socket;
  }

  Generation serving() {
    return serving;
  }

  List<Generation> generations() {
    return generations;
  }

  PoolCounters counters() {
    return counters;
  }

  String lastError() {
    return lastError;
  }

  int listenQueueLen() {
    return listenQueueLen;
  }

  int listenQueue() {
    return listenQueue;
  }

  long startEpochMs() {
    return startEpochMs;
  }

  /** Returns how many workers there are, those being forked included. */
  int workerCount() {
    return generations.stream().mapToInt(g -> g.workers().size()).sum();
  }
}
