package org.fpm4j.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of every kind, and who may use them. */
class ListeningIT {

  @RegisterExtension final Site site = new Site();

  @ParameterizedTest
  @CsvSource({"127.0.0.1:%d, 127.0.0.1", "[::1]:%d, ::1", "%d, 127.0.0.1", "%d, ::1"})
  void servesByTcp(String listen, String host) throws IOException {
    int port = WebServer.freePort();
    site.pool("www", "pm = static", "pm.max_children = 1", "listen = " + listen.formatted(port));
    site.start();

    assertTrue(tcp(host, port).get(site.pidScript()).matches("\\d+"));
  }

  private static PoolClient tcp(String host, int port) throws IOException {
    return new PoolClient(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  @Test
  void servesItsAllowedClientsOnly() throws IOException {
    int port = WebServer.freePort();
    String[] settings = {
      "pm = static",
      "pm.max_children = 1",
      "listen = 127.0.0.1:" + port,
      "listen.allowed_clients = 127.0.0.2"
    };
    site.pool("www", settings);
    site.expectLog("Connection disallowed: IP address '127.0.0.1' has been dropped");
    site.start();
    Path script = site.pidScript();
    assertThrows(IOException.class, () -> tcp("127.0.0.1", port).get(script));

    settings[3] = "listen.allowed_clients = 127.0.0.2,127.0.0.1";
    site.pool("www", settings);

    Await.until("allowed now", () -> tcp("127.0.0.1", port).get(script).matches("\\d+"));
  }

  @Test
  void givesTheSocketItsOwnerGroupAndMode() throws IOException {
    assumeTrue(Site.ROOT, "root");
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "listen.owner = www-data",
        "listen.group = daemon",
        "listen.mode = 0640");
    site.start();

    PosixFileAttributes file = Files.readAttributes(site.socket("www"), PosixFileAttributes.class);

    assertEquals("www-data", file.owner().getName());
    assertEquals("daemon", file.group().getName());
    assertEquals("rw-r-----", PosixFilePermissions.toString(file.permissions()));
  }

  @Test
  void givesAccessByAccessControlList() {
    assumeTrue(Site.ROOT, "root");
    site.pool(
        "www",
        "pm = static",
        "pm.max_children = 1",
        "listen.acl_users = www-data,daemon",
        "listen.acl_groups = mail");
    site.expectLog("ACL set, listen.owner = .* is ignored|ACL set, listen.group");
    site.start();

    String acl = site.shell("getfacl", "-p", site.socket("www").toString()).expectSuccess();

    for (String entry : List.of("user:www-data:rw-", "user:daemon:rw-", "group:mail:rw-")) {
      assertTrue(acl.contains(entry), acl);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsConnectionsThatWait(boolean unix) throws IOException {
    int port = WebServer.freePort();
    String listen = unix ? site.socket("www").toString() : "127.0.0.1:" + port;
    site.pool("www", "pm = static", "pm.max_children = 1", "listen = " + listen);
    site.start();
    SocketAddress address =
        unix
            ? UnixDomainSocketAddress.of(site.socket("www"))
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    PoolClient client = new PoolClient(address);

    List<SocketChannel> waiting = new ArrayList<>();
    CompletableFuture<String> busy = client.getLater(site.heldScript());
    try {
      site.awaitStatus("www", "a busy worker", status -> status.active() == 1);
      for (int i = 0; i < 5; i++) {
        waiting.add(SocketChannel.open(address));
      }
      PoolStatus status =
          site.awaitStatus("www", "5 waiting", seen -> seen.number("listenQueue") == 5);
      assertTrue(status.number("listenQueueLen") >= 128, status::toString);
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
    site.letGo();
    assertTrue(busy.join().matches("\\d+"));
    site.awaitStatus("www", "an empty queue", status -> status.number("listenQueue") == 0);
    assertEquals(5, site.status("www").number("maxListenQueue"));
  }
}
