package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two minutes of accidents under load. Only requests inside a killed worker are lost, at the end
 * all is as configured, and no log shows a stack trace.
 *
 * <p>{@code -Dfpm4j.chaos.seconds} and {@code -Dfpm4j.chaos.seed} change the length and repeat a
 * sequence of blows; their effects depend on the moment too. More than four minutes also want
 * another bound: {@code -Dtest.parameters=junit.jupiter.execution.timeout.default=2h}.
 */
class ChaosIT {

  private static final Duration TIME = Duration.ofSeconds(Long.getLong("fpm4j.chaos.seconds", 120));
  private static final long SEED = Long.getLong("fpm4j.chaos.seed", System.nanoTime() % 1_000_000);

  /** Long for a request of at most 1.5 s, short for a hang: a young crash waits before the next. */
  private static final Duration STALL = Duration.ofSeconds(90);

  @RegisterExtension final Site site = new Site();

  @Test
  void onlyRequestsInsideKilledWorkersAreLost() throws IOException {
    site.expectLog("");
    Path script = site.script("chaos.php", Clients.SCRIPT);
    List<ChaosPool> pools =
        List.of(
            new ChaosPool(site, "www", "static", unixPlaces("www")),
            new ChaosPool(site, "shop", "dynamic", List.of(freePort(), freePort())),
            new ChaosPool(site, "cron", "ondemand", unixPlaces("cron")));
    Casualties casualties = new Casualties();
    Havoc havoc = new Havoc(site, pools, casualties, new Random(SEED));

    List<Clients> load = new ArrayList<>();
    try {
      for (ChaosPool pool : pools) {
        load.add(Clients.start(pool.name(), pool.addresses(), script, 2, SEED));
      }
      havoc.rage(TIME);
    } finally {
      load.forEach(Clients::close);
    }

    report(havoc, load, casualties);
    List<Clients.Loss> losses = load.stream().flatMap(each -> each.losses().stream()).toList();
    assertEquals(List.of(), casualties.unexplained(losses), () -> "seed " + SEED);
    load.forEach(
        each ->
            assertTrue(
                each.longest().compareTo(STALL) < 0,
                () -> each.pool() + " took " + each.longest() + ", seed " + SEED));
    havoc.master().awaitReady();
    pools.forEach(this::checkCounts);
    havoc.masters().forEach(master -> assertEquals(List.of(), master.logged("\tat |Exception")));
  }

  private List<String> unixPlaces(String pool) {
    return List.of(site.path(pool + ".a.sock").toString(), site.path(pool + ".b.sock").toString());
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  /** The master's figures are those of /proc, and of the configuration written last. */
  private void checkCounts(ChaosPool pool) {
    String name = pool.name();
    site.awaitStatus(name, "running pool", status -> status.text("state").equals("RUNNING"));
    Await.until(
        "the last settings of pool " + name + " at " + pool.address(),
        () ->
            new PoolClient(pool.address())
                .get(site.script("round.php", "<?php echo getenv('ROUND');"))
                .equals("r" + pool.round()));
    Await.until(
        "pool %s at rest: workers %s".formatted(name, site.workers(name)),
        () -> {
          SortedSet<Integer> seen = new TreeSet<>(site.workers(name));
          return site.zygotes(name).size() == 1
              && seen.size() >= pool.workersAtRest()
              && seen.equals(told(name))
              && site.status(name).total() == seen.size()
              && seen.equals(new TreeSet<>(site.workers(name)));
        });
  }

  /** Returns the workers' pids as the master tells them. */
  private SortedSet<Integer> told(String pool) {
    SortedSet<Integer> pids = new TreeSet<>();
    String json = site.command("workers", pool, "--json").expectSuccess();
    for (JsonElement worker : JsonParser.parseString(json).getAsJsonArray()) {
      JsonObject fields = worker.getAsJsonObject();
      pids.add(fields.get("pid").getAsInt());
    }
    return pids;
  }

  private static void report(Havoc havoc, List<Clients> load, Casualties casualties) {
    System.out.printf(
        "chaos: seed %d, %d s, %d masters, %d workers killed, blows %s%n",
        SEED, TIME.toSeconds(), havoc.masters().size(), casualties.count(), havoc.struck());
    for (Clients clients : load) {
      System.out.printf(
          "chaos: pool %s served %d, lost %d, longest %d ms%n",
          clients.pool(), clients.served(), clients.losses().size(), clients.longest().toMillis());
    }
  }
}
