package org.fpm4j.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fpm4j.posix.Sockets.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenQueueTest {
  @TempDir Path directory;

  private static Descriptor listening(SocketAddress address, int backlog) throws Exception {
    Descriptor socket = Sockets.open(Family.of(address), Sockets.Type.STREAM);
    Sockets.bind(socket, address);
    Sockets.listen(socket, backlog);
    return socket;
  }

  /** TCP ends its handshake here a moment after the client has been told. */
  private static void awaitLength(int expected, ListenQueue queue, Descriptor server)
      throws PosixException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    int seen = queue.measure(server);
    while (seen < expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      seen = queue.measure(server);
    }
    assertEquals(expected, seen);
  }

  private static void assertCountsWhoWaits(SocketAddress address) throws Exception {
    List<Descriptor> clients = new ArrayList<>();
    try (ListenQueue queue = new ListenQueue();
        Descriptor server = listening(address, 7)) {
      assertEquals(0, queue.measure(server));
      assertEquals(7, queue.limit());
      for (int i = 1; i <= 3; i++) {
        Descriptor client = Sockets.open(Family.of(address), Sockets.Type.STREAM);
        clients.add(client);
        Sockets.connect(client, Sockets.localAddress(server));
        awaitLength(i, queue, server);
      }
      Sockets.accept(server).orElseThrow().connection().close();
      assertEquals(2, queue.measure(server));
      assertEquals(2, queue.length());
      Sockets.listen(server, 5);
      queue.measure(server);
      assertEquals(5, queue.limit());
    } finally {
      clients.forEach(Descriptor::close);
    }
  }

  @Test
  void countsConnectionsWaitingOnAUnixSocket() throws Exception {
    assertCountsWhoWaits(UnixDomainSocketAddress.of(directory.resolve("s")));
  }

  @Test
  void countsConnectionsWaitingOnATcpSocket() throws Exception {
    assertCountsWhoWaits(Loopback.IPV4.address());
    assertCountsWhoWaits(Loopback.IPV6.address());
  }

  @Test
  void measuresASocketWhoseFileIsGone() throws Exception {
    Path path = directory.resolve("gone");
    try (ListenQueue queue = new ListenQueue();
        Descriptor server = listening(UnixDomainSocketAddress.of(path), 9)) {
      java.nio.file.Files.delete(path);
      assertEquals(0, queue.measure(server));
      assertEquals(9, queue.limit());
    }
  }

  @Test
  void refusesWhatDoesNotListen() throws Exception {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    try (ListenQueue queue = new ListenQueue();
        Descriptor file = Descriptor.ofNull()) {
      PosixException noSocket = assertThrows(PosixException.class, () -> queue.measure(file));
      assertEquals(Errno.ENOTSOCK, noSocket.errno());
    }
    pair.first().close();
    pair.second().close();
  }

  @Test
  void measuringMakesNoGarbage() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ListenQueue queue = new ListenQueue();
        Descriptor unix = listening(UnixDomainSocketAddress.of(directory.resolve("u")), 1);
        Descriptor tcp = listening(Loopback.IPV4.address(), 1)) {
      long allocated = 0;
      for (int round = 0; round < 2; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
          queue.measure(unix);
          queue.measure(tcp);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertTrue(allocated < 10_000, allocated + " bytes for 2000 measurements");
    }
  }
}
