package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.fpm4j.config.ListenSettings;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.config.StatusSettings;
import org.fpm4j.event.EventLoops;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.FastCgiResponse;
import org.fpm4j.listener.InheritedSockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class StatusSocketTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path temp;
  private final RecordingLog log = new RecordingLog();
  private EventLoops.Running loop;
  private StatusSocket socket;
  private int mode = 0660;

  @BeforeEach
  void open() throws IOException {
    loop = EventLoops.start("auto", "status");
    socket =
        new StatusSocket(
            loop,
            new PoolSockets(log, InheritedSockets.of(Map.of(), 0)),
            log,
            request -> FastCgiResponse.text(200, "text/plain", "page"));
  }

  @AfterEach
  void close() throws Exception {
    onLoop(
        () -> {
          socket.close();
          return null;
        });
    loop.close();
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  private void apply(String address, InetAddress... clients) throws Exception {
    PoolSettings base = new PoolFixture(temp).settings("www", PoolFixture.fixed(1));
    ListenSettings listen = base.listen();
    PoolSettings settings =
        new PoolSettings(
            base.name(),
            base.program(),
            new ListenSettings(
                listen.address(),
                1,
                Optional.empty(),
                Optional.empty(),
                mode,
                List.of(),
                List.of(),
                Optional.empty()),
            base.pm(),
            base.worker(),
            base.request(),
            new StatusSettings(
                Optional.empty(),
                Optional.ofNullable(address),
                Optional.empty(),
                "",
                clients.length == 0 ? Optional.empty() : Optional.of(List.of(clients))),
            base.access());
    onLoop(
        () -> {
          socket.apply(settings);
          return null;
        });
  }

  private static String ask(SocketAddress address) throws IOException {
    try (FastCgiClient client = FastCgiClient.connect(address, PATIENCE)) {
      return client.request(ClientRequest.of(Map.of()), PATIENCE).cgi().bodyText();
    }
  }

  private String ask(Path path) throws IOException {
    return ask(UnixDomainSocketAddress.of(path));
  }

  @Test
  void movesToAnotherAddressAndBack() throws Exception {
    Path first = temp.resolve("first.sock");
    Path second = temp.resolve("second.sock");
    apply(first.toString());
    assertEquals("page", ask(first));
    apply(second.toString());
    assertEquals("page", ask(second));
    assertFalse(Files.exists(first));
    apply(null);
    assertFalse(Files.exists(second));
    apply(second.toString());
    assertEquals("page", ask(second));
  }

  @Test
  void keepsTheFormerAddressIfTheNewOneCannotBeHad() throws Exception {
    Path first = temp.resolve("first.sock");
    apply(first.toString());
    assertThrows(Exception.class, () -> apply(temp.resolve("no/such/directory").toString()));
    assertEquals("page", ask(first));
  }

  @Test
  void takesModeFromThePoolAndChangesItInPlace() throws Exception {
    Path path = temp.resolve("status.sock");
    apply(path.toString());
    assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    Object inode = Files.getAttribute(path, "unix:ino");
    mode = 0600;
    apply(path.toString());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    assertEquals(inode, Files.getAttribute(path, "unix:ino"));
  }

  @Test
  void answersAllowedClientsOnlyAndFollowsTheList() throws Exception {
    InetSocketAddress address;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
    }
    String text = "127.0.0.1:" + address.getPort();
    apply(text, InetAddress.getByName("127.0.0.2"));
    assertThrows(IOException.class, () -> ask(address));
    assertTrue(log.contains("Connection disallowed: IP address '127.0.0.1' has been dropped."));
    apply(text, InetAddress.getByName("127.0.0.2"), InetAddress.getLoopbackAddress());
    assertEquals("page", ask(address));
    apply(text);
    assertEquals("page", ask(address));
  }
}
