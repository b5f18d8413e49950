package org.fpm4j.process.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.config.ChangeClass;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.ProcessManagerSettings;
import org.fpm4j.config.SettingsChange;
import org.fpm4j.event.Timer;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
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
 * Event loop only; what other threads read is in {@link PoolStatus}.
 */
final class Pool implements Generation.Owner {

  private static final Duration RETRY = Duration.ofSeconds(10);

  private final PoolStatus status;
  private final PoolContext context;
  private final PoolParts parts;
  private final Log log;
  private final WorkerExits exits;
  private final RequestWatch requests;
  private final LeaveWatch leavers;
  private final AccessLog accessLog;
  private final AccessDrops accessDrops;
  private final PageDoors pages;
  private final RespawnBackoff backoff = new RespawnBackoff();
  private final CrashBudget crashes = new CrashBudget();
  private final Optional<PoolLedger> ledger;
  private final ReloadWaiters reloadWaiters = new ReloadWaiters();
  private final FormerSockets former;
  private final SocketInPlace socketInPlace;
  private Boot boot;
  private PoolSettings wanted;
  private Scaler scaler;
  private Timer retry;
  private int lastGeneration;
  private int awaitedWorkers;

  Pool(PoolSettings settings, PoolContext context, PoolParts parts) {
    this.status = new PoolStatus(settings);
    this.wanted = settings;
    this.context = context;
    this.parts = parts;
    this.log = parts.log().pool(status.name);
    this.exits = new WorkerExits(status.name, context, log, status.counters, parts.oom());
    this.ledger = openLedger();
    this.requests =
        new RequestWatch(
            context.loop(),
            log,
            () -> status.generations.iterator(),
            new SlowReports(status, parts.slowRequests()));
    this.leavers = new LeaveWatch(context.loop(), log);
    this.accessLog =
        new AccessLog(status.name, log, parts.accessWriters(), () -> status.generations);
    this.accessDrops = new AccessDrops(log, status.counters, accessLog);
    status.accessDrops = accessDrops;
    this.pages = new PageDoors(context.loop(), parts.sockets(), log, status);
    this.former = new FormerSockets(context.loop(), log, status, this::canServe, this::newScaler);
    this.socketInPlace = new SocketInPlace(status, parts, log);
  }

  private Optional<PoolLedger> openLedger() {
    try {
      return Optional.of(PoolLedger.open(parts.run().ledger(status.name)));
    } catch (IOException e) {
      log.warning("counters will not outlive the master: %s", e.getMessage());
      return Optional.empty();
    }
  }

  PoolStatus status() {
    return status;
  }

  String name() {
    return status.name;
  }

  PoolState state() {
    return status.state;
  }

  /** Opens the listening socket and boots the first generation. */
  void start() {
    status.state = PoolState.STARTING;
    pages.applyOrRetry(status.settings);
    boot(status.settings);
  }

  /**
   * Takes over the generations a dead master left serving. The newest serves on, older ones finish
   * their requests; if it was started with other settings, the pool rolls.
   */
  void adopt(List<Takeover.Found> found) {
    PoolSettings settings = status.settings;
    ledger.ifPresent(kept -> status.restore(kept));
    try {
      Takeover.Found newest = found.get(found.size() - 1);
      for (Takeover.Found each : found) {
        Generation generation = generation(each.note().number());
        parts.takeover().listen(each, generation, settings.worker().decorateOutput());
        status.add(generation);
        status.serving = generation;
      }
      lastGeneration = newest.note().number();
      status.socket = parts.sockets().adopt(newest.listening(), newest.note().listen());
      pages.applyOrRetry(settings);
      context.storedSockets().listening(name(), status.socket);
      publishLive(status.serving, settings);
      accessLog.onSettings(settings.access());
      beginScaling();
      for (int i = 0; i < found.size() - 1; i++) {
        adoptSocket(found.get(i), status.generations.get(i));
      }
      log.notice(
          "generation %d taken over with %d workers",
          lastGeneration, status.serving.workers().size());
      finishRoll();
      if (!FormerSettings.isFormer(settings)) {
        catchUp(newest.note(), settings);
      }
    } catch (IOException e) {
      log.error("cannot be taken over: %s", e.getMessage());
      status.generations.forEach(Generation::killZygote);
      status.serving = null;
      start();
    }
  }

  /**
   * Listens, before the start, on the socket of workers that nobody steers any more: who waits in
   * its queue is served by the first generation.
   */
  void listenAgain(RescuedSockets.Rescued rescued) {
    ledger.ifPresent(kept -> status.restore(kept));
    try {
      status.socket = parts.sockets().adopt(rescued.listening(), rescued.note().listen());
      context.storedSockets().listening(name(), status.socket);
      log.notice("listening again on the socket its workers had kept");
      socketInPlace.catchUp(rescued.note(), status.settings);
    } catch (IOException e) {
      rescued.listening().close();
      log.error("cannot listen again: %s", e.getMessage());
    }
  }

  /** Brings into force what was changed while there was no master. */
  private void catchUp(GenerationFile note, PoolSettings settings) {
    socketInPlace.catchUp(note, settings);
    if (!note.fingerprint().equals(GenerationFile.fingerprint(settings))) {
      log.notice("the settings changed meanwhile, rolling to generation %d", lastGeneration + 1);
      roll(settings);
    }
  }

  /** A socket other than the newest generation's was being left when the master died. */
  private void adoptSocket(Takeover.Found older, Generation generation) throws IOException {
    if (Takeover.isSameSocket(older.listening(), status.socket.descriptor())) {
      older.listening().close();
    } else {
      former.leave(
          parts.sockets().adoptFormer(older.listening(), older.note().listen()), generation);
    }
  }

  private Generation generation(int number) {
    return new Generation(number, this, parts.orphans(), context.loop()::nanoTime);
  }

  private void beginScaling() {
    if (scaler != null) {
      scaler.close();
    }
    scaler = newScaler(status.socket, status.serving);
    if (status.drained) {
      scaler.hold();
    }
    requests.onSettings(status.settings.request());
  }

  private Scaler newScaler(ListeningSocket socket, Generation generation) {
    return new Scaler(context, log, status.counters, backoff, generation, socket, status.settings);
  }

  /** Brings settings that differ into force, at the cost of their class. */
  void apply(PoolSettings settings) {
    wanted = settings;
    if (retry != null) {
      retry.cancel();
      retry = null;
      status.settings = wanted;
      start();
      return;
    }
    PoolSettings base = boot != null ? boot.settings() : status.settings;
    SettingsChange change = SettingsChange.between(base, wanted);
    if (change.changeClass() == ChangeClass.NONE) {
      if (boot == null && !status.lastError.isEmpty()) {
        log.notice("the settings are those in force again; nothing to do");
        status.lastError = "";
      }
      return;
    }
    String what = String.join(", ", change.directives());
    try {
      if (socketInPlace.restOf(change, base, wanted).compareTo(ChangeClass.LIVE) <= 0) {
        applyLive(wanted);
        log.notice("applied %s; no worker restarted", what);
      } else {
        log.notice("applying %s; rolling to generation %d", what, lastGeneration + 1);
        roll(wanted);
      }
      context.tell(ProcessEvent.Type.CONFIGURATION_APPLIED, name(), 0, what);
    } catch (IOException e) {
      status.lastError = e.getMessage();
      log.error("%s not applied: %s", what, e.getMessage());
      context.tell(ProcessEvent.Type.CONFIGURATION_REJECTED, name(), 0, e.getMessage());
    }
  }

  private void applyLive(PoolSettings wanted) throws IOException {
    pages.apply(wanted);
    boolean resized = !status.settings.pm().equals(wanted.pm());
    if (boot != null) {
      boot.applyLive(wanted);
    } else {
      status.settings = wanted;
    }
    for (Generation generation : status.generations) {
      publishLive(generation, wanted);
    }
    requests.onSettings(wanted.request());
    accessLog.onSettings(wanted.access());
    if (scaler != null) {
      scaler.onSettings(wanted);
      if (resized) {
        scale(status.sample());
      }
    }
  }

  private static void publishLive(Generation generation, PoolSettings wanted) {
    ProcessManagerSettings pm = wanted.pm();
    generation.publish(
        new ScoreboardSettings(
            pm.maxRequests(),
            pm.maxRequestsJitter(),
            pm.maxWorkerMemoryBytes(),
            pm.keepIdleTimeout(),
            wanted.listen().allowedClients()));
  }

  /**
   * Rolls to a new generation with the settings wanted last, also if an earlier roll to them
   * failed; joins a roll that is under way.
   */
  CompletableFuture<String> reload() {
    if (status.state == PoolState.DRAINING || status.state == PoolState.STOPPED) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("pool " + name() + " is stopping"));
    }
    CompletableFuture<String> done = reloadWaiters.add();
    if (retry != null) {
      retry.cancel();
      onRetry();
    } else if (boot == null) {
      roll(wanted);
    }
    return done;
  }

  private void roll(PoolSettings wanted) {
    if (boot != null) {
      abortBoot();
    }
    if (status.serving != null) {
      status.state = PoolState.RELOADING;
    }
    boot(wanted);
  }

  private void abortBoot() {
    Boot overtaken = boot;
    boot = null;
    overtaken.abort();
    former.onBootFailed();
  }

  private void boot(PoolSettings wanted) {
    Generation generation = generation(++lastGeneration);
    ListeningSocket atHand = former.takeBack(wanted.listen().address()).orElse(status.socket);
    try {
      boot = Boot.begin(context.loop(), parts, generation, wanted, atHand, this::onBootTimeout);
      publishLive(generation, wanted);
      accessLog.publish(generation);
      pages.announce(generation);
      status.add(generation);
    } catch (IOException e) {
      onBootFailed(e.getMessage());
    }
  }

  private void onBootTimeout(Boot late) {
    if (boot == late) {
      log.error(
          "zygote %d did not come to accept() within pm.start_timeout (%d s), program '%s'",
          late.generation().zygotePid(),
          late.settings().pm().startTimeout().toSeconds(),
          late.settings().program().program());
      late.generation().killZygote();
    }
  }

  private void onBootFailed(String reason) {
    if (boot != null) {
      boot.failed();
      boot = null;
    }
    former.onBootFailed();
    status.lastError = reason;
    log.error("generation %d did not start: %s", lastGeneration, reason);
    context.tell(ProcessEvent.Type.GENERATION_FAILED, name(), 0, reason);
    reloadWaiters.failed("pool " + name() + ": " + reason);
    if (status.serving != null && status.serving.canFork()) {
      status.state = PoolState.RUNNING;
      log.error("generation %d serves on", status.serving.number());
      return;
    }
    status.state = PoolState.FAILED;
    context.tell(ProcessEvent.Type.POOL_FAILED, name(), 0, reason);
    log.error("no worker can be started, next try in %d s", RETRY.toSeconds());
    retry = context.loop().schedule(RETRY, this::onRetry);
    context.onSettled(this);
  }

  private void onRetry() {
    retry = null;
    start();
  }

  @Override
  public void onReady(Generation generation) {
    if (boot == null || generation != boot.generation()) {
      return;
    }
    boot.settled();
    final boolean recovered = status.state == PoolState.STARTING && !status.lastError.isEmpty();
    final Generation previous = status.serving;
    final ListeningSocket previousSocket = status.socket;
    status.settings = boot.settings();
    pages.applyOrRetry(status.settings);
    status.socket = boot.socket();
    status.serving = generation;
    status.lastError = "";
    boot = null;
    former.onBooted();
    if (previousSocket != null && previousSocket != status.socket) {
      moveFrom(previousSocket, previous);
    }
    if (previousSocket != status.socket) {
      context.storedSockets().listening(name(), status.socket);
    }
    accessLog.onSettings(status.settings.access());
    accessLog.ask(generation);
    beginScaling();
    awaitedWorkers = scaler.start(previous == null ? 0 : previous.candidatesToRetire().size());
    context.tell(
        ProcessEvent.Type.GENERATION_READY,
        name(),
        generation.zygotePid(),
        "generation " + generation.number() + " serves");
    if (recovered) {
      context.tell(ProcessEvent.Type.POOL_RECOVERED, name(), 0, "the pool serves again");
    }
    if (awaitedWorkers == 0) {
      finishRoll();
    }
  }

  private void moveFrom(ListeningSocket previousSocket, Generation previous) {
    if (previous == null) {
      previousSocket.close();
    } else {
      Scaler previousScaler = scaler;
      scaler = null;
      former.leave(previousSocket, previous, previousScaler);
    }
  }

  @Override
  public void onWorkerStarted(Generation generation, Worker worker, boolean adopted) {
    if (!adopted) {
      status.counters.onSpawned();
      log.debug("child %d started", worker.pid());
      context.tell(ProcessEvent.Type.WORKER_STARTED, name(), worker.pid(), "child started");
    }
    if (status.drained) {
      generation.retire(List.of(worker));
    }
    if (generation == status.serving && awaitedWorkers > 0) {
      for (Generation older : older()) {
        older.retire(older.candidatesToRetire().stream().limit(1).toList());
      }
      countAwaited();
    }
  }

  private void countAwaited() {
    awaitedWorkers--;
    if (awaitedWorkers == 0) {
      finishRoll();
    }
  }

  /** Returns generations that another one takes over from. */
  private List<Generation> older() {
    return status.generations.stream()
        .filter(g -> g != status.serving && g.state() == Generation.State.SERVING)
        .filter(g -> !former.isServedBy(g))
        .toList();
  }

  private void finishRoll() {
    older().forEach(Generation::drain);
    if (status.state == PoolState.RELOADING) {
      log.notice("generation %d serves", status.serving.number());
      context.tell(
          ProcessEvent.Type.RELOAD_DONE, name(), status.serving.zygotePid(), "reload done");
    }
    status.state = PoolState.RUNNING;
    String text = "pool " + name() + " serves with generation " + status.serving.number();
    reloadWaiters.done(text);
    context.onSettled(this);
  }

  @Override
  public void onWorkerExited(Generation generation, Worker worker, int waitStatus) {
    ExitStatus exit = new ExitStatus(waitStatus);
    exits.report(worker, exit);
    boolean serving = generation == status.serving && status.state != PoolState.DRAINING;
    if (serving && CrashBudget.isCrash(exit)) {
      spendCrashBudget();
    }
    Optional<Scaler> its = serving ? Optional.of(scaler) : former.scaler(generation);
    if (its.isPresent() && !worker.isSurplus()) {
      boolean abnormal = !WorkerExits.isOrderly(exit) && !worker.isLeaving();
      its.get().onExit(exits.lifetime(worker), abnormal);
    }
  }

  private void spendCrashBudget() {
    MasterSettings master = context.masterSettings();
    int threshold = master.emergencyRestartThreshold();
    Duration interval = master.emergencyRestartInterval();
    if (crashes.spend(context.loop().nanoTime(), threshold, interval) && boot == null) {
      String text =
          "failed processes threshold (%d in %d sec) is reached, initiating reload"
              .formatted(threshold, interval.toSeconds());
      log.warning("%s", text);
      context.tell(ProcessEvent.Type.EMERGENCY_RENEWAL, name(), 0, text);
      roll(status.settings);
    }
  }

  @Override
  public void onForkFailed(Generation generation, int errno) {
    log.systemError(Errno.text(errno), errno, "fork() failed");
    if (generation == status.serving && awaitedWorkers > 0) {
      countAwaited();
    }
  }

  @Override
  public void onDescriptors(Generation generation, List<Descriptor> descriptors) {
    accessLog.onDescriptors(generation, descriptors);
    pages.onDescriptors(generation, descriptors);
  }

  @Override
  public void onZygoteGone(Generation generation, String how) {
    if (boot != null && generation == boot.generation()) {
      onBootFailed("zygote exited " + how + " before its first accept()");
    } else if (generation == status.serving && status.state != PoolState.DRAINING) {
      log.warning(
          "zygote %d exited %s; its workers serve on, a new generation boots",
          generation.zygotePid(), how);
      awaitedWorkers = 0;
      if (boot == null) {
        roll(status.settings);
      }
    }
  }

  @Override
  public void onGone(Generation generation) {
    status.counters.onGenerationGone(generation);
    accessLog.onGone(generation);
    pages.onGone(generation);
    status.remove(generation);
    if (status.state == PoolState.DRAINING && status.generations.isEmpty()) {
      endOfPool();
    }
  }

  private void endOfPool() {
    requests.close();
    accessLog.close();
    pages.close();
    if (status.socket != null) {
      status.socket.close();
    }
    status.state = PoolState.STOPPED;
    deleteLedger();
    context.onStopped(this);
  }

  private void deleteLedger() {
    try {
      if (ledger.isPresent()) {
        ledger.get().delete();
      }
    } catch (IOException e) {
      log.warning("%s", e.getMessage());
    }
  }

  /**
   * Called once a second: statistics, spares, surplus, workers that do not leave (unless the master
   * stops: its {@link StopLadder} sees to them).
   */
  void onTick() {
    if (context.isNormal()) {
      for (Generation generation : status.generations) {
        leavers.check(generation, context.masterSettings().processControlTimeout());
      }
    }
    if (status.socket == null || status.state == PoolState.DRAINING) {
      return;
    }
    int queued = status.sample();
    ledger.ifPresent(
        kept -> kept.store(status.counters, status.startEpochMs, context.loop().nanoTime()));
    if (accessLog.isOn()) {
      accessDrops.check(status.generations, context.loop().nanoTime());
    }
    scale(queued);
  }

  private void scale(int queued) {
    if (context.isNormal() && status.serving != null && status.serving.canFork()) {
      scaler.onTick(queued);
    }
  }

  /**
   * Takes no requests until {@link #resume}: workers finish what they have and go, connections wait
   * in the listen queue. Generations to come start no workers either.
   */
  String hold() {
    requireLife();
    boolean news = !status.drained;
    setDrained(true);
    if (scaler != null) {
      scaler.hold();
    }
    int busy = 0;
    for (Generation generation : status.generations) {
      List<Worker> leaving = generation.candidatesToRetire();
      busy += (int) leaving.stream().filter(worker -> !generation.isIdle(worker)).count();
      generation.retire(leaving);
    }
    if (news) {
      log.notice("drained: no requests are taken, connections wait in the listen queue");
      context.tell(ProcessEvent.Type.POOL_DRAINED, name(), 0, "drained");
    }
    return "pool %s is drained%s; connections wait in the listen queue until it is resumed"
        .formatted(name(), busy == 0 ? "" : ", " + busy + " workers finish their requests");
  }

  /** Ends {@link #hold}: workers are started as at the pool's start. */
  String resume() {
    requireLife();
    if (!status.drained) {
      return "pool " + name() + " was not drained";
    }
    setDrained(false);
    if (scaler != null) {
      scaler.resume();
    }
    log.notice("resumed");
    context.tell(ProcessEvent.Type.POOL_RESUMED, name(), 0, "resumed");
    return "pool " + name() + " takes requests again";
  }

  private void setDrained(boolean drained) {
    status.drained = drained;
    ledger.ifPresent(kept -> kept.storeDrained(drained));
  }

  private void requireLife() {
    if (status.state == PoolState.DRAINING || status.state == PoolState.STOPPED) {
      throw new IllegalStateException("pool " + name() + " is stopping");
    }
  }

  /**
   * Ends the pool without a loss: nobody is let in any more, who waits in the listen queue is
   * served, then the workers go.
   */
  void drain() {
    if (status.state == PoolState.DRAINING || status.state == PoolState.STOPPED) {
      return;
    }
    status.state = PoolState.DRAINING;
    // Workers being forked are reported yet: they must not end a roll and make the pool run again.
    awaitedWorkers = 0;
    if (context.isNormal()) {
      context.storedSockets().left(name());
    }
    reloadWaiters.failed("pool " + name() + " stops");
    if (retry != null) {
      retry.cancel();
    }
    if (boot != null) {
      abortBoot();
    }
    pages.closeSocket();
    older().forEach(Generation::drain);
    if (status.serving != null) {
      former.leave(status.socket, status.serving, scaler);
    } else if (status.socket != null) {
      if (scaler != null) {
        scaler.close();
      }
      status.socket.unlink();
    }
    if (status.generations.isEmpty()) {
      endOfPool();
    }
  }

  /** Whether a generation has workers or may get some. */
  private boolean canServe(Generation generation) {
    return !generation.workers().isEmpty()
        || (context.isNormal() && generation.canFork() && !status.drained);
  }

  /** Ends the pool at once: no more workers, and who waits in the listen queue is turned out. */
  void end() {
    drain();
    former.finish();
  }

  /**
   * Opens the access log anew, after a rotation.
   *
   * @return whether there is one
   * @throws IOException when it cannot be opened; lines go on to the old file
   */
  boolean reopenAccessLog() throws IOException {
    accessLog.reopen();
    return accessLog.isOn();
  }

  /** Sends a signal to every worker, as the ladder of a stop does. */
  void signalAll(Signal signal) {
    for (Generation generation : status.generations) {
      for (Worker worker : generation.workers()) {
        generation.signal(worker, signal);
      }
    }
  }
}
