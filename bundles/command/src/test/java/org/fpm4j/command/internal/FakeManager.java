package org.fpm4j.command.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.MasterState;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestDurations;
import org.fpm4j.process.WorkerSnapshot;

/** One pool, www, with two workers; orders end as the test says. */
final class FakeManager implements ProcessManager {

  /** 3 h 7 min 30 s. */
  private static final long IN_STAGE_MS = 11_250_000;

  final List<String> orders = new ArrayList<>();
  CompletableFuture<String> outcome = CompletableFuture.completedFuture("done");
  boolean ready = true;
  PoolState state = PoolState.RUNNING;
  String lastError = "";
  String uri = "/index.php";

  @Override
  public MasterSnapshot master() {
    long start = System.currentTimeMillis() - 3_723_000;
    return new MasterSnapshot(42, MasterState.NORMAL, ready, start, 1, 2, 0, "epoll", 3, List.of());
  }

  @Override
  public List<PoolSnapshot> pools() {
    List<WorkerSnapshot> workers =
        List.of(worker(0, 1000, "Idle", true), worker(1, 1001, "Running", false));
    return List.of(
        new PoolSnapshot(
            "www",
            state,
            "static",
            "127.0.0.1:9000",
            1,
            99,
            0,
            1,
            1,
            2,
            0,
            2,
            5,
            0,
            0,
            0,
            511,
            17,
            16,
            new RequestDurations(1000, 2000, 3000),
            0,
            2,
            0,
            0,
            0,
            new ExitCounts(0, 0, 0, 0, 0, 0),
            0,
            0,
            lastError,
            workers));
  }

  private WorkerSnapshot worker(int slot, int pid, String stage, boolean idle) {
    return new WorkerSnapshot(
        slot,
        pid,
        1,
        stage,
        idle,
        !idle,
        0,
        System.currentTimeMillis() - IN_STAGE_MS,
        8,
        1250,
        "GET",
        uri,
        "a=b",
        "/srv/index.php",
        "",
        0,
        0,
        0);
  }

  @Override
  public Optional<PoolSnapshot> pool(String name) {
    return pools().stream().filter(pool -> pool.name().equals(name)).findFirst();
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
