package org.fpm4j.status.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.DirectiveValues;
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
  private final LongSupplier suppressedNotifications;
  private final SettingOrders settings;
  private final Supplier<Optional<Configuration>> configuration;
  private final SnapshotScope<MasterSnapshot> scope;

  /**
   * @param history what the events of the master and its pools have told
   * @param configuration what is configured now
   */
  MasterBean(
      ProcessManager manager,
      History history,
      LongSupplier droppedLogLines,
      LongSupplier droppedNotifications,
      LongSupplier suppressedNotifications,
      SettingOrders settings,
      Supplier<Optional<Configuration>> configuration) {
    this.manager = manager;
    this.suppressedNotifications = suppressedNotifications;
    this.settings = settings;
    this.configuration = configuration;
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
  public List<String> getRejections() {
    return scope.get().rejections();
  }

  @Override
  public String getLastReload() {
    return history.lastReload();
  }

  @Override
  public String getLastError() {
    return history.lastError();
  }

  @Override
  public Map<String, String> getConfiguration() {
    SortedMap<String, String> none = new TreeMap<>();
    return configuration.get().map(each -> DirectiveValues.of(each.master())).orElse(none);
  }

  @Override
  public long getSuppressedNotifications() {
    return suppressedNotifications.getAsLong();
  }

  @Override
  public String rereadConfiguration() {
    return settings.reread();
  }

  @Override
  public String set(String key, String value) {
    return settings.set("", key, value);
  }

  @Override
  public String unset(String key) {
    return settings.set("", key, null);
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
    return Order.await("finishing", manager.finish());
  }

  @Override
  public String terminate() {
    return Order.await("terminating", manager.terminate());
  }
}
