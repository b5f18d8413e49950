package org.fpm4j.itests;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A pool whose file is edited over and over. One thread. */
final class ChaosPool {

  private static final int MOST_CHILDREN = 6;

  private final Site site;
  private final String name;
  private final String mode;
  private final List<String> places;
  private int place;
  private int children = 4;
  private int round;

  /**
   * Writes the pool's file for the first time.
   *
   * @param mode static, dynamic or ondemand
   * @param places the addresses it may listen at, as {@code listen} has them
   */
  ChaosPool(Site site, String name, String mode, List<String> places) {
    this.site = site;
    this.name = name;
    this.mode = mode;
    this.places = places;
    mend();
  }

  String name() {
    return name;
  }

  int round() {
    return round;
  }

  /** Returns where it should listen by now. */
  SocketAddress address() {
    return addresses().get(place);
  }

  /** Returns all addresses it may listen at. */
  List<SocketAddress> addresses() {
    return places.stream().map(PoolClient::address).toList();
  }

  /** Returns how many workers there are when nothing is to do; those of ondemand may go. */
  int workersAtRest() {
    return switch (mode) {
      case "static" -> children;
      case "dynamic" -> 2;
      default -> 0;
    };
  }

  void editLive(Random random) {
    children = 2 + random.nextInt(MOST_CHILDREN - 1);
    mend();
  }

  void editRoll() {
    round++;
    mend();
  }

  void editListen() {
    place = (place + 1) % places.size();
    mend();
  }

  /** Writes something the master must refuse, or that fails when it is tried. */
  void editBadly(Random random) {
    switch (random.nextInt(3)) {
      case 0 -> write(List.of("pm.max_children = 0"));
      case 1 -> write(List.of("program = /bin/false"));
      default -> site.write(site.poolFile(name), "listen = \nnonsense\n");
    }
  }

  /** Writes what is wanted last. */
  void mend() {
    write(List.of());
  }

  private void write(List<String> more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "pm = " + mode,
                "pm.max_children = " + children,
                "listen = " + places.get(place),
                "env[ROUND] = r" + round));
    switch (mode) {
      case "dynamic" ->
          settings.addAll(List.of("pm.min_spare_servers = 1", "pm.max_spare_servers = 2"));
      case "ondemand" -> settings.add("pm.process_idle_timeout = 2s");
      default -> {}
    }
    settings.addAll(more);
    site.pool(name, settings.toArray(String[]::new));
  }
}
