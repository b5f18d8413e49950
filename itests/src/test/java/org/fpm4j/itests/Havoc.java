package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.fpm4j.fastcgi.FastCgiClient;

/**
 * Accidents and orders in random order: workers, zygotes and the master are killed, configurations
 * edited well and badly, reloads ordered, descriptors used up. It waits for nothing but what a
 * restart needs: the next blow falls while the last one is being mended. One exception: master and
 * serving zygote are not taken together, as then nobody is left who holds the listening socket
 * safely. One thread.
 */
final class Havoc {

  /** What may happen. */
  enum Blow {
    KILL_WORKER(10),
    KILL_ZYGOTE(2),
    KILL_MASTER(2),
    RELOAD(2),
    RELOAD_ONE(1),
    LIVE_EDIT(2),
    ROLL_EDIT(2),
    BIND_EDIT(1),
    BAD_EDIT(2),
    FEW_DESCRIPTORS(1),
    HELD_CONNECTIONS(1);

    private final int weight;

    Blow(int weight) {
      this.weight = weight;
    }
  }

  private final Site site;
  private final List<ChaosPool> pools;
  private final Casualties casualties;
  private final Random random;
  private final Map<Blow, Integer> struck = new EnumMap<>(Blow.class);
  private final List<RunningMaster> masters = new ArrayList<>();

  Havoc(Site site, List<ChaosPool> pools, Casualties casualties, Random random) {
    this.site = site;
    this.pools = pools;
    this.casualties = casualties;
    this.random = random;
    masters.add(site.start());
  }

  /** Strikes for so long; afterwards a master runs and the configuration is a good one. */
  void rage(Duration time) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Blow blow = draw();
      strike(blow);
      struck.merge(blow, 1, Integer::sum);
      rest(100, 700);
    }
    pools.forEach(ChaosPool::mend);
  }

  private Blow draw() {
    int total = 0;
    for (Blow blow : Blow.values()) {
      total += blow.weight;
    }
    int drawn = random.nextInt(total);
    for (Blow blow : Blow.values()) {
      drawn -= blow.weight;
      if (drawn < 0) {
        return blow;
      }
    }
    throw new AssertionError("unreachable");
  }

  private void strike(Blow blow) throws IOException {
    ChaosPool pool = pools.get(random.nextInt(pools.size()));
    switch (blow) {
      case KILL_WORKER -> killWorker(pool);
      case KILL_ZYGOTE -> killZygote(pool);
      case KILL_MASTER -> killMaster();
      case RELOAD -> Signals.trySend(random.nextBoolean() ? "HUP" : "USR2", master().pid());
      case RELOAD_ONE -> site.command("reload", pool.name());
      case LIVE_EDIT -> pool.editLive(random);
      case ROLL_EDIT -> pool.editRoll();
      case BIND_EDIT -> pool.editListen();
      case BAD_EDIT -> badEdit(pool);
      case FEW_DESCRIPTORS -> fewDescriptors(pool);
      case HELD_CONNECTIONS -> holdConnections(pool);
    }
  }

  private void killWorker(ChaosPool pool) {
    List<Integer> workers = site.workers(pool.name());
    if (!workers.isEmpty()) {
      casualties.kill(pool.name(), workers.get(random.nextInt(workers.size())));
    }
  }

  private void killZygote(ChaosPool pool) {
    master().awaitReady();
    List<Integer> zygotes = site.zygotes(pool.name());
    if (!zygotes.isEmpty()) {
      Signals.trySend("KILL", zygotes.get(random.nextInt(zygotes.size())));
      awaitServing(pool);
    }
  }

  /** Waits until a zygote is ready: it has a worker, or forks one for a request. */
  private void awaitServing(ChaosPool pool) {
    Await.until(
        "a zygote of pool " + pool.name() + " with workers, after\n" + master().log(),
        () -> {
          List<Integer> zygotes = site.zygotes(pool.name());
          return site.workers(pool.name()).stream()
              .flatMap(pid -> ProcessEntry.of(pid).stream())
              .anyMatch(worker -> zygotes.contains(worker.parent()));
        });
  }

  private void killMaster() {
    pools.forEach(this::awaitServing);
    master().kill();
    if (random.nextBoolean()) {
      rest(0, 1500);
    }
    masters.add(site.launch());
    if (random.nextInt(3) == 0) {
      rest(0, 1500);
      master().kill();
      masters.add(site.launch());
    }
  }

  private void badEdit(ChaosPool pool) {
    pool.editBadly(random);
    rest(300, 1500);
    pool.mend();
  }

  /** The master gets no descriptor for a while; workers die meanwhile. */
  private void fewDescriptors(ChaosPool pool) throws IOException {
    master().awaitReady();
    site.awaitWholeStart();
    Path limits = Path.of("/proc/" + master().pid() + "/fd");
    int open;
    try (var descriptors = Files.list(limits)) {
      open = (int) descriptors.count();
    }
    limitFiles(open + random.nextInt(4));
    killWorker(pool);
    Signals.trySend("HUP", master().pid());
    rest(300, 1500);
    killWorker(pool);
    limitFiles(4096);
  }

  private void limitFiles(int files) {
    site.shell("prlimit", "--pid", Integer.toString(master().pid()), "--nofile=" + files + ":4096")
        .expectSuccess();
  }

  /** Clients that connect and say nothing keep workers busy for up to 5 s, as with php-fpm. */
  private void holdConnections(ChaosPool pool) {
    List<FastCgiClient> held = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        held.add(FastCgiClient.connect(pool.address(), Duration.ofSeconds(1)));
      }
    } catch (IOException ignored) {
      // The pool moves just now, or its queue is full.
    }
    rest(300, 1500);
    for (FastCgiClient client : held) {
      try {
        client.close();
      } catch (IOException ignored) {
        // It was closed from the other side.
      }
    }
  }

  private void rest(int fromMs, int toMs) {
    LockSupport.parkNanos(Duration.ofMillis(fromMs + random.nextInt(toMs - fromMs)).toNanos());
  }

  /** Returns the master of the moment. */
  RunningMaster master() {
    return masters.get(masters.size() - 1);
  }

  List<RunningMaster> masters() {
    return masters;
  }

  /** Returns how often what struck. */
  Map<Blow, Integer> struck() {
    return struck;
  }
}
