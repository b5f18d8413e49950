package org.fpm4j.status.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.status.MasterMXBean;
import org.fpm4j.status.PoolRow;

/** The master's attributes and operations. Any thread. */
final class MasterBean implements MasterMXBean {

  private final ProcessManager manager;
  private final History history;
  private final LongSupplier droppedLogLines;
  private final LongSupplier droppedNotifications;
  private final SnapshotScope<MasterSnapshot> scope;

  /**
   * @param history what the events of the master and its pools have told
   */
  MasterBean(
      ProcessManager manager,
      History history,
      LongSupplier droppedLogLines,
      LongSupplier droppedNotifications) {
    this.manager = manager;
    this.history = history;
    this.droppedLogLines = droppedLogLines;
    this.droppedNotifications = droppedNotifications;
    this.scope = new SnapshotScope<>(manager::master);
  }

  SnapshotScope<MasterSnapshot> scope() {
    return scope;
  }

  @Override
  public int getPid() {
    return scope.get().pid();
  }

  @Override
  public String getState() {
    return scope.get().state().name();
  }

  @Override
  public boolean isReady() {
    return scope.get().ready();
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
  public Map<String, PoolRow> getPools() {
    Map<String, PoolRow> rows = new LinkedHashMap<>();
    manager.pools().forEach(pool -> rows.put(pool.name(), row(pool)));
    return rows;
  }

  private static PoolRow row(PoolSnapshot pool) {
    return new PoolRow(
        pool.state().name(),
        pool.processManager(),
        pool.listen(),
        pool.generation(),
        pool.idle(),
        pool.active(),
        pool.total(),
        pool.listenQueue(),
        pool.acceptedConnections());
  }

  @Override
  public int getTotalProcesses() {
    return scope.get().workers();
  }

  @Override
  public int getProcessMax() {
    return scope.get().processMax();
  }

  @Override
  public String getEventMechanism() {
    return scope.get().eventMechanism();
  }

  @Override
  public long getReloads() {
    return scope.get().reloads();
  }

  @Override
  public String[] getRejections() {
    return scope.get().rejections().lines().toArray(String[]::new);
  }

  @Override
  public String getLastReload() {
    return history.lastReload();
  }

  @Override
  public long getDroppedLogLines() {
    return droppedLogLines.getAsLong();
  }

  @Override
  public long getDroppedNotifications() {
    return droppedNotifications.getAsLong();
  }

  @Override
  public String reload() {
    return Order.await("reload", manager.reload());
  }

  @Override
  public String reopenLogs() {
    return Order.await("reopening the logs", manager.reopenLogs());
  }

  @Override
  public String finish() {
    return Order.await("finishing", manager.stop(true));
  }

  @Override
  public String terminate() {
    return Order.await("terminating", manager.stop(false));
  }
}
