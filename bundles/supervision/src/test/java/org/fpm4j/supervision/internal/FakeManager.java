package org.fpm4j.supervision.internal;

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

/** A master with two equal pools, in the state the test says; takes no orders. */
final class FakeManager implements ProcessManager {

  static final int PID = 4711;

  boolean ready;
  MasterState state = MasterState.NORMAL;
  long acceptedByEach;

  @Override
  public MasterSnapshot master() {
    return new MasterSnapshot(PID, state, ready, 1000, 2, 10, 0, "manual", 0, List.of());
  }

  @Override
  public List<PoolSnapshot> pools() {
    return List.of(snapshot("blog"), snapshot("www"));
  }

  @Override
  public Optional<PoolSnapshot> pool(String name) {
    return Optional.of(snapshot(name));
  }

  private PoolSnapshot snapshot(String name) {
    return new PoolSnapshot(
        name,
        PoolState.RUNNING,
        "static",
        "/run/www.sock",
        1,
        99,
        2000,
        3,
        2,
        5,
        0,
        2,
        5,
        0,
        0,
        0,
        128,
        acceptedByEach,
        acceptedByEach - 1,
        new RequestDurations(1, 2, 3),
        4,
        5,
        0,
        0,
        0,
        new ExitCounts(0, 0, 0, 0, 0, 0),
        0,
        0,
        "",
        List.of());
  }

  @Override
  public CompletableFuture<String> reload() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> reload(String pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> retire(String pool, int pid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> kill(String pool, int pid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> reopenLogs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> drain(String pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> resume(String pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> resetMaxima(String pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<PoolSettings> settings(String pool) {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<String> finish() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<String> terminate() {
    throw new UnsupportedOperationException();
  }
}
