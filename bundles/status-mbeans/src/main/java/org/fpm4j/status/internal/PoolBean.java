package org.fpm4j.status.internal;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.openmbean.OpenType;
import org.fpm4j.config.DirectiveValues;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.stack.WorkerStack;
import org.fpm4j.status.PoolMXBean;
import org.fpm4j.status.WorkerRow;

/** One pool's attributes and operations. Any thread. */
final class PoolBean implements PoolMXBean {

  private final ProcessManager manager;
  private final String name;
  private final History history;
  private final LongSupplier suppressedNotifications;
  private final SettingOrders settings;
  private final ProcessCosts costs;
  private final Supplier<Optional<PhpStacks>> stacks;
  private final RequestRate rate = new RequestRate();
  private final WorkerTable workerTable = new WorkerTable();
  private final SnapshotScope<PoolSnapshot> scope;

  /**
   * @param history what the pool's events have told
   * @param background reads what takes longer than a caller may wait
   * @param stacks asked for at each dump
   */
  PoolBean(
      ProcessManager manager,
      String name,
      History history,
      LongSupplier suppressedNotifications,
      SettingOrders settings,
      Executor background,
      Supplier<Optional<PhpStacks>> stacks) {
    this.stacks = stacks;
    this.suppressedNotifications = suppressedNotifications;
    this.settings = settings;
    this.costs = new ProcessCosts(Path.of("/proc"), background, System::nanoTime);
    this.manager = manager;
    this.name = name;
    this.history = history;
    this.scope =
        new SnapshotScope<>(
            () ->
                manager
                    .pool(name)
                    .orElseThrow(() -> new IllegalStateException("no pool " + name + " any more")));
  }

  /** Workers of all generations, and the zygote that forks new ones. */
  private static Collection<Integer> processes(PoolSnapshot pool) {
    return Stream.concat(
            Stream.of(pool.zygotePid()), pool.workers().stream().map(WorkerSnapshot::pid))
        .filter(pid -> pid > 0)
        .toList();
  }

  SnapshotScope<PoolSnapshot> scope() {
    return scope;
  }

  /** The attribute whose conversion by JMX would take longer than all others together. */
  Map<String, Function<OpenType<?>, ?>> openData() {
    return Map.of("Workers", type -> workerTable.of(getWorkers(), type));
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String getState() {
    return scope.get().state().name();
  }

  @Override
  public String getProcessManager() {
    return scope.get().processManager();
  }

  @Override
  public String getListen() {
    return scope.get().listen();
  }

  @Override
  public int getGeneration() {
    return scope.get().generation();
  }

  @Override
  public int getZygotePid() {
    return scope.get().zygotePid();
  }

  @Override
  public long getStartTime() {
    return scope.get().startEpochMs();
  }

  @Override
  public long getUptime() {
    return System.currentTimeMillis() - scope.get().startEpochMs();
  }

  @Override
  public int getIdleProcesses() {
    return scope.get().idle();
  }

  @Override
  public int getActiveProcesses() {
    return scope.get().active();
  }

  @Override
  public int getTotalProcesses() {
    return scope.get().total();
  }

  @Override
  public int getDrainingProcesses() {
    return scope.get().draining();
  }

  @Override
  public int getMaxActiveProcesses() {
    return scope.get().maxActive();
  }

  @Override
  public int getMaxChildren() {
    return scope.get().maxChildren();
  }

  @Override
  public long getMaxChildrenReached() {
    return scope.get().maxChildrenReached();
  }

  @Override
  public long getSaturatedTime() {
    return scope.get().saturatedMs();
  }

  @Override
  public int getListenQueue() {
    return scope.get().listenQueue();
  }

  @Override
  public int getMaxListenQueue() {
    return scope.get().maxListenQueue();
  }

  @Override
  public int getListenQueueLen() {
    return scope.get().listenQueueLen();
  }

  @Override
  public long getAcceptedConnections() {
    return scope.get().acceptedConnections();
  }

  @Override
  public long getRequests() {
    return scope.get().requests();
  }

  @Override
  public double getRequestsPerSecond() {
    return rate.read(System.nanoTime(), scope.get().acceptedConnections());
  }

  @Override
  public long getRequestDurationP50() {
    return scope.get().durations().p50Micros();
  }

  @Override
  public long getRequestDurationP95() {
    return scope.get().durations().p95Micros();
  }

  @Override
  public long getRequestDurationP99() {
    return scope.get().durations().p99Micros();
  }

  @Override
  public long getSlowRequests() {
    return scope.get().slowRequests();
  }

  @Override
  public long getSpawned() {
    return scope.get().spawned();
  }

  @Override
  public long getExited() {
    return scope.get().exited();
  }

  @Override
  public long getExitedBySignal() {
    return scope.get().exitedBySignal();
  }

  @Override
  public long getDroppedAccessLogLines() {
    return scope.get().accessDropped();
  }

  @Override
  public long getRecycled() {
    return scope.get().recycled();
  }

  @Override
  public ExitCounts getExits() {
    return scope.get().exits();
  }

  @Override
  public long getMemory() {
    Collection<ProcessCosts.Cost> known = costs.get(processes(scope.get())).values();
    return known.isEmpty() || known.stream().allMatch(each -> each.pss() < 0)
        ? ProcessCosts.Cost.UNKNOWN.pss()
        : known.stream().mapToLong(each -> Math.max(0, each.pss())).sum();
  }

  @Override
  public Map<String, String> getConfiguration() {
    SortedMap<String, String> none = new TreeMap<>();
    return manager.settings(name).map(DirectiveValues::of).orElse(none);
  }

  @Override
  public long getSuppressedNotifications() {
    return suppressedNotifications.getAsLong();
  }

  @Override
  public String getLastError() {
    return scope.get().lastError();
  }

  @Override
  public String getLastReload() {
    return history.lastReload();
  }

  @Override
  public Map<String, WorkerRow> getWorkers() {
    PoolSnapshot pool = scope.get();
    Map<Integer, ProcessCosts.Cost> known = costs.get(processes(pool));
    Map<String, WorkerRow> workers = new LinkedHashMap<>();
    pool.workers().stream()
        .sorted(
            Comparator.comparingInt(WorkerSnapshot::generation)
                .thenComparingInt(WorkerSnapshot::slot))
        .forEach(
            worker ->
                workers.put(
                    key(worker, pool.generation()),
                    row(worker, known.getOrDefault(worker.pid(), ProcessCosts.Cost.UNKNOWN))));
    return workers;
  }

  private static WorkerRow row(WorkerSnapshot worker, ProcessCosts.Cost cost) {
    return new WorkerRow(
        worker.slot(),
        worker.pid(),
        worker.generation(),
        worker.stage(),
        worker.stageSinceEpochMs(),
        worker.idle(),
        worker.retiring(),
        worker.startEpochMs(),
        worker.requests(),
        worker.requestDurationMicros(),
        worker.method(),
        worker.uri(),
        worker.query(),
        worker.script(),
        worker.user(),
        worker.contentLength(),
        worker.lastRequestCpuMicros(),
        worker.lastRequestMemory(),
        cost.cpuMs(),
        cost.pss());
  }

  private static String key(WorkerSnapshot worker, int serving) {
    return worker.generation() == serving
        ? Integer.toString(worker.slot())
        : worker.slot() + "@" + worker.generation();
  }

  @Override
  public String dumpStacks() {
    return stacks().ofPool(name).stream()
        .flatMap(List::stream)
        .map(WorkerStack::text)
        .collect(Collectors.joining("\n"));
  }

  @Override
  public String dumpStack(int pid) {
    return stacks()
        .ofWorker(pid)
        .filter(stack -> stack.pool().equals(name))
        .map(WorkerStack::text)
        .orElseThrow(() -> new IllegalArgumentException("no worker " + pid + " in pool " + name));
  }

  private PhpStacks stacks() {
    return stacks
        .get()
        .orElseThrow(() -> new IllegalStateException("the bundle php-stack is not there"));
  }

  @Override
  public String reload() {
    return Order.await("reload of pool " + name, manager.reload(name));
  }

  @Override
  public String drain() {
    return Order.await("draining of pool " + name, manager.drain(name));
  }

  @Override
  public String resume() {
    return Order.await("resuming of pool " + name, manager.resume(name));
  }

  @Override
  public String resetMaxima() {
    return Order.await("resetting the maxima of pool " + name, manager.resetMaxima(name));
  }

  @Override
  public String set(String key, String value) {
    return settings.set(name, key, value);
  }

  @Override
  public String unset(String key) {
    return settings.set(name, key, null);
  }

  @Override
  public String retireWorker(int pid) {
    return Order.await("retiring worker " + pid, manager.retire(name, pid));
  }

  @Override
  public String killWorker(int pid) {
    return Order.await("killing worker " + pid, manager.kill(name, pid));
  }
}
