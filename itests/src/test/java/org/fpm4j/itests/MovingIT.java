package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pool leaves its address while connections wait there: more clients than workers see to it that
 * they do. Whoever has connected is answered.
 */
class MovingIT {

  private static final int CLIENTS = 8;

  @RegisterExtension final Site site = new Site();

  private String place(String transport, String name) throws IOException {
    if (transport.equals("unix")) {
      return site.path(name + ".sock").toString();
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  private void pool(String name, String place) {
    site.pool(name, "pm = static", "pm.max_children = 2", "listen = " + place);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void changeOfListenLosesNoConnection(String transport) throws IOException {
    List<String> places = List.of(place(transport, "here"), place(transport, "there"));
    pool("www", places.get(0));
    RunningMaster master = site.start();
    List<SocketAddress> addresses = places.stream().map(PoolClient::address).toList();

    try (Clients clients =
        Clients.start("www", addresses, site.script("work.php", Clients.SCRIPT), CLIENTS, 1)) {
      clients.awaitMore(CLIENTS);
      for (int move = 1; move <= 4; move++) {
        pool("www", places.get(move % 2));
        master.awaitLog("generation %d serves".formatted(move + 1));
        clients.awaitMore(2 * CLIENTS);
      }
      assertEquals(List.of(), clients.losses());
    }
    site.awaitWorkers("www", 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void removalLosesNoConnection(String transport) throws IOException {
    String place = place(transport, "here");
    pool("www", place);
    site.pool("other", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();

    try (Clients clients =
        Clients.start(
            "www",
            List.of(PoolClient.address(place)),
            site.script("work.php", Clients.SCRIPT),
            CLIENTS,
            1)) {
      clients.awaitMore(2 * CLIENTS);
      Files.delete(site.poolFile("www"));
      master.awaitLog("\\[pool www\\] removed$");
      Await.until("refusal", () -> clients.refused() > 0);
      assertEquals(List.of(), clients.losses());
    }
    site.awaitWorkers("www", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void gracefulStopLosesNoConnection(String transport) throws IOException {
    String place = place(transport, "here");
    pool("www", place);
    RunningMaster master = site.start();

    try (Clients clients =
        Clients.start(
            "www",
            List.of(PoolClient.address(place)),
            site.script("work.php", Clients.SCRIPT),
            CLIENTS,
            1)) {
      clients.awaitMore(2 * CLIENTS);
      master.signal("QUIT");
      assertEquals(0, master.awaitExit());
      Await.until("refusal", () -> clients.refused() > 0);
      assertEquals(List.of(), clients.losses());
    }
  }

  @Test
  void busyWorkerOfALeftPortDoesNotKeepItOpen() throws IOException {
    String left = place("tcp", "left");
    pool("www", left);
    RunningMaster master = site.start();
    SocketAddress former = PoolClient.address(left);
    CompletableFuture<String> running = new PoolClient(former).getLater(site.heldScript());
    site.awaitStatus("www", "a running request", status -> status.active() == 1);
    pool("www", place("tcp", "new"));
    master.awaitLog("generation 2 serves");
    Await.until("refusal", () -> isRefused(former));
    assertFalse(running.isDone());
    pool("www", left);
    master.awaitLog("generation 3 serves");
    site.letGo();
    assertTrue(running.join().matches("\\d+"));
    assertTrue(new PoolClient(former).get(site.pidScript()).matches("\\d+"));
  }

  private static boolean isRefused(SocketAddress address) throws IOException {
    try {
      new PoolClient(address).connect().close();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }
}
