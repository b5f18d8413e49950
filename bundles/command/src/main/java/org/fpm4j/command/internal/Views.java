package org.fpm4j.command.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.fpm4j.log.Json;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.WorkerSnapshot;

/** The commands that only show something. Any thread. */
final class Views {

  private static final String JSON = "--json";

  private final ProcessManager manager;

  Views(ProcessManager manager) {
    this.manager = manager;
  }

  List<Command> commands() {
    return List.of(
        new Command("status", "[--json]", "the master and its pools", this::status),
        new Command("pools", "[--json]", "the pools", this::pools),
        new Command("workers", "[POOL] [--json]", "the workers of one pool or all", this::workers),
        new Command("address", "POOL", "the address a pool listens on", this::address),
        new Command("ready", "", "succeeds once every pool is up or has failed", this::ready));
  }

  private Reply status(Arguments arguments) throws UsageException {
    boolean json = arguments.flag(JSON);
    arguments.end();
    MasterSnapshot master = manager.master();
    List<PoolSnapshot> pools = manager.pools();
    if (json) {
      Map<String, Object> status = new LinkedHashMap<>();
      status.put("master", master);
      status.put("pools", pools.stream().map(Views::withoutWorkers).toList());
      return Reply.ok(Json.of(status) + "\n");
    }
    StringBuilder text = new StringBuilder(headline(master)).append("\n\n").append(table(pools));
    List<String> troubles = troubles(master, pools);
    troubles.forEach(line -> text.append(line).append('\n'));
    return Reply.ok(text.toString());
  }

  private static String headline(MasterSnapshot master) {
    return "master %d %s, up %s, %d %s, %d %s, %s"
        .formatted(
            master.pid(),
            master.ready() ? lower(master.state()) : "starting",
            Elapsed.text(Duration.ofMillis(System.currentTimeMillis() - master.startEpochMs())),
            master.pools(),
            master.pools() == 1 ? "pool" : "pools",
            master.workers(),
            master.workers() == 1 ? "worker" : "workers",
            master.eventMechanism());
  }

  private static List<String> troubles(MasterSnapshot master, List<PoolSnapshot> pools) {
    List<String> lines = new ArrayList<>();
    master.rejections().forEach(line -> lines.add("rejected: " + line));
    pools.stream()
        .filter(pool -> !pool.lastError().isEmpty())
        .forEach(pool -> lines.add("pool " + pool.name() + ": " + pool.lastError()));
    if (!lines.isEmpty()) {
      lines.add(0, "");
    }
    return lines;
  }

  private Reply pools(Arguments arguments) throws UsageException {
    boolean json = arguments.flag(JSON);
    arguments.end();
    List<PoolSnapshot> pools = manager.pools();
    return Reply.ok(
        json
            ? Json.of(pools.stream().map(Views::withoutWorkers).toList()) + "\n"
            : table(pools).toString());
  }

  private static Map<String, Object> withoutWorkers(PoolSnapshot pool) {
    Map<String, Object> members = Json.members(pool);
    members.remove("workers");
    return members;
  }

  private static Table table(List<PoolSnapshot> pools) {
    Table table =
        new Table(
            "POOL",
            "STATE",
            "PM",
            "LISTEN",
            "GEN",
            "IDLE",
            "ACTIVE",
            "TOTAL",
            "MAX",
            "QUEUE",
            "ACCEPTED",
            "EXITED");
    for (PoolSnapshot pool : pools) {
      table.row(
          pool.name(),
          lower(pool.state()),
          pool.processManager(),
          pool.listen(),
          pool.generation(),
          pool.idle(),
          pool.active(),
          pool.total(),
          pool.maxChildren(),
          pool.listenQueue(),
          pool.acceptedConnections(),
          pool.exited());
    }
    return table;
  }

  private Reply workers(Arguments arguments) throws UsageException {
    boolean json = arguments.flag(JSON);
    Optional<String> name = arguments.next();
    arguments.end();
    List<PoolSnapshot> pools =
        name.isPresent() ? manager.pool(name.get()).stream().toList() : manager.pools();
    if (name.isPresent() && pools.isEmpty()) {
      return noPool(name.get());
    }
    return Reply.ok(json ? workersJson(pools) : workersTable(pools));
  }

  private static String workersJson(List<PoolSnapshot> pools) {
    List<Map<String, Object>> workers = new ArrayList<>();
    for (PoolSnapshot pool : pools) {
      for (WorkerSnapshot worker : pool.workers()) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("pool", pool.name());
        members.putAll(Json.members(worker));
        workers.add(members);
      }
    }
    return Json.of(workers) + "\n";
  }

  private static String workersTable(List<PoolSnapshot> pools) {
    Table table =
        new Table(
            "POOL",
            "GEN",
            "SLOT",
            "PID",
            "STAGE",
            "SINCE",
            "REQUESTS",
            "DURATION",
            "METHOD",
            "URI");
    long nowEpochMs = System.currentTimeMillis();
    for (PoolSnapshot pool : pools) {
      for (WorkerSnapshot worker : pool.workers()) {
        table.row(
            pool.name(),
            worker.generation(),
            worker.slot(),
            worker.pid(),
            worker.retiring() ? worker.stage() + ", retiring" : worker.stage(),
            Elapsed.text(Duration.ofMillis(nowEpochMs - worker.stageSinceEpochMs())),
            worker.requests(),
            "%.2f ms".formatted(worker.requestDurationMicros() / 1000.0),
            worker.method(),
            worker.query().isEmpty() ? worker.uri() : worker.uri() + "?" + worker.query());
      }
    }
    return table.toString();
  }

  private Reply address(Arguments arguments) throws UsageException {
    String name = arguments.require("POOL");
    arguments.end();
    return manager
        .pool(name)
        .map(pool -> Reply.ok(pool.listen() + "\n"))
        .orElseGet(() -> noPool(name));
  }

  private Reply noPool(String name) {
    String known =
        manager.pools().stream().map(PoolSnapshot::name).collect(Collectors.joining(", "));
    return Reply.failed(
        "no pool '" + name + "'; there " + (known.isEmpty() ? "is none" : "are: " + known));
  }

  private Reply ready(Arguments arguments) throws UsageException {
    arguments.end();
    if (manager.master().ready()) {
      return Reply.ok("ready\n");
    }
    String starting =
        manager.pools().stream()
            .filter(pool -> pool.state() == PoolState.STARTING)
            .map(PoolSnapshot::name)
            .collect(Collectors.joining(", "));
    return Reply.failed("not ready yet" + (starting.isEmpty() ? "" : ", starting: " + starting));
  }

  private static String lower(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
