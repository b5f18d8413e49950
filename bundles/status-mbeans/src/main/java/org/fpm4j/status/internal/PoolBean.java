package org.fpm4j.status.internal;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.WorkerSnapshot;
import org.fpm4j.status.PoolMXBean;

/** One pool's attributes and operations. Any thread. */
final class PoolBean implements PoolMXBean {

  private final ProcessManager manager;
  private final String name;
  private final History history;
  private final RequestRate rate = new RequestRate();
  private final SnapshotScope<PoolSnapshot> scope;

  /**
   * @param history what the pool's events have told
   */
  PoolBean(ProcessManager manager, String name, History history) {
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

  SnapshotScope<PoolSnapshot> scope() {
    return scope;
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
    return history.saturatedMs();
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
  public long getRecycled() {
    return scope.get().recycled();
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
  public Map<String, WorkerSnapshot> getWorkers() {
    PoolSnapshot pool = scope.get();
    Map<String, WorkerSnapshot> workers = new LinkedHashMap<>();
    pool.workers().stream()
        .sorted(
            Comparator.comparingInt(WorkerSnapshot::generation)
                .thenComparingInt(WorkerSnapshot::slot))
        .forEach(worker -> workers.put(key(worker, pool.generation()), worker));
    return workers;
  }

  private static String key(WorkerSnapshot worker, int serving) {
    return worker.generation() == serving
        ? Integer.toString(worker.slot())
        : worker.slot() + "@" + worker.generation();
  }

  @Override
  public String reload() {
    return Order.await("reload of pool " + name, manager.reload(name));
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
