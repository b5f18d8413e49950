package org.fpm4j.status.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestDurations;
import org.fpm4j.process.WorkerSnapshot;

/** Pools whose every snapshot differs, and orders that end as the test says. */
final class FakeManager implements ProcessManager {

  final Map<String, Integer> idleWorkers = new ConcurrentSkipListMap<>();
  final List<String> orders = new ArrayList<>();
  final AtomicInteger snapshots = new AtomicInteger();
  CompletableFuture<String> outcome = CompletableFuture.completedFuture("done");

  @Override
  public MasterSnapshot master() {
    return new MasterSnapshot(
        42,
        MasterState.NORMAL,
        true,
        1000,
        idleWorkers.size(),
        7,
        0,
        "epoll",
        3,
        List.of("a: b", "c: d"));
  }

  @Override
  public List<PoolSnapshot> pools() {
    return idleWorkers.keySet().stream().map(name -> pool(name).orElseThrow()).toList();
  }

  @Override
  public Optional<PoolSnapshot> pool(String name) {
    return Optional.ofNullable(idleWorkers.get(name)).map(idle -> snapshot(name, idle));
  }

  private PoolSnapshot snapshot(String name, int idle) {
    int active = snapshots.incrementAndGet();
    List<WorkerSnapshot> workers = new ArrayList<>();
    for (int slot = 0; slot < idle; slot++) {
      workers.add(worker(slot, 3, true));
    }
    for (int slot = 0; slot < active; slot++) {
      workers.add(worker(slot, 2, false));
    }
    return new PoolSnapshot(
        name,
        PoolState.RUNNING,
        "dynamic",
        "/run/www.sock",
        3,
        99,
        2000,
        idle,
        active,
        idle + active,
        active,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        170,
        new RequestDurations(1000, 2000, 3000),
        18,
        19,
        20,
        21,
        22,
        new ExitCounts(1, 22, 0, 0, 1, 1),
        2500,
        23,
        "last error",
        workers);
  }

  private static WorkerSnapshot worker(int slot, int generation, boolean idle) {
    return new WorkerSnapshot(
        slot,
        1000 * generation + slot,
        generation,
        idle ? "Idle" : "Running",
        idle,
        false,
        3000,
        10,
        5,
        250,
        "GET",
        "/index.php",
        "a=b",
        "/srv/index.php",
        "",
        0,
        100,
        2_097_152);
  }

  @Override
  public CompletableFuture<String> reload() {
    return order("reload");
  }

  @Override
  public CompletableFuture<String> reload(String pool) {
    return order("reload " + pool);
  }

  @Override
  public CompletableFuture<String> retire(String pool, int pid) {
    return order("retire " + pool + " " + pid);
  }

  @Override
  public CompletableFuture<String> kill(String pool, int pid) {
    return order("kill " + pool + " " + pid);
  }

  @Override
  public CompletableFuture<String> reopenLogs() {
    return order("reopenLogs");
  }

  @Override
  public CompletableFuture<String> drain(String pool) {
    return order("drain " + pool);
  }

  @Override
  public CompletableFuture<String> resume(String pool) {
    return order("resume " + pool);
  }

  @Override
  public CompletableFuture<String> resetMaxima(String pool) {
    return order("resetMaxima " + pool);
  }

  @Override
  public Optional<PoolSettings> settings(String pool) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<String> finish() {
    return order("finish");
  }

  @Override
  public CompletableFuture<String> terminate() {
    return order("terminate");
  }

  private CompletableFuture<String> order(String what) {
    orders.add(what);
    return outcome;
  }
}
