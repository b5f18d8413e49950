package org.fpm4j.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.Sockets.Accepted;
import org.fpm4j.posix.Sockets.Direction;
import org.fpm4j.posix.Sockets.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SocketsTest {
  @TempDir Path directory;

  private static Descriptor listening(SocketAddress address) throws IOException {
    Descriptor socket = Sockets.open(Family.of(address), Sockets.Type.STREAM);
    if (Family.of(address) != Family.UNIX) {
      SocketOptions.reuseAddress(socket, true);
    }
    Sockets.bind(socket, address);
    Sockets.listen(socket, 8);
    socket.configureBlocking(false);
    return socket;
  }

  private static void assertConversation(SocketAddress address) throws IOException {
    try (Descriptor server = listening(address);
        Descriptor client = Sockets.open(Family.of(address), Sockets.Type.STREAM)) {
      assertTrue(SocketOptions.isListening(server));
      assertFalse(SocketOptions.isListening(client));
      assertEquals(Optional.empty(), Sockets.accept(server));
      assertTrue(Sockets.connect(client, Sockets.localAddress(server)));
      assertEquals(Sockets.localAddress(server), Sockets.peerAddress(client));
      Arrival.await(server);
      Accepted accepted = Sockets.accept(server).orElseThrow();
      assertEquals(Sockets.localAddress(client), accepted.peer());
      try (Descriptor connection = accepted.connection()) {
        assertFalse(connection.isBlocking());
        ByteBuffer buffer = ByteBuffer.allocateDirect(16);
        assertEquals(Descriptor.WOULD_BLOCK, Sockets.receive(connection, buffer));
        assertEquals(4, Sockets.send(client, ByteBuffer.wrap("ping".getBytes(US_ASCII))));
        Arrival.await(connection);
        assertEquals(4, Sockets.receive(connection, buffer));
        Sockets.shutdown(client, Direction.WRITE);
        Arrival.await(connection);
        assertEquals(Descriptor.END, Sockets.receive(connection, buffer));
        assertEquals(0, SocketOptions.takeError(connection));
      }
    }
  }

  @Test
  void unixSocketsTalk() throws Exception {
    assertConversation(UnixDomainSocketAddress.of(directory.resolve("s")));
  }

  @ParameterizedTest
  @EnumSource(value = Loopback.class, mode = EnumSource.Mode.EXCLUDE, names = "ANY_IPV6")
  void internetSocketsTalk(Loopback loopback) throws Exception {
    assertConversation(loopback.address());
  }

  @Test
  void ipv4ClientOfAnIpv6SocketIsSeenAsIpv4() throws Exception {
    try (Descriptor server = Sockets.open(Family.INET6, Sockets.Type.STREAM);
        Descriptor client = Sockets.open(Family.INET, Sockets.Type.STREAM)) {
      SocketOptions.ipv6Only(server, false);
      Sockets.bind(server, Loopback.ANY_IPV6.address());
      Sockets.listen(server, 1);
      int port = ((InetSocketAddress) Sockets.localAddress(server)).getPort();
      Sockets.connect(client, Loopback.IPV4.address(port));
      Accepted accepted = Sockets.accept(server).orElseThrow();
      InetSocketAddress peer = assertInstanceOf(InetSocketAddress.class, accepted.peer());
      assertInstanceOf(Inet4Address.class, peer.getAddress());
      accepted.connection().close();
    }
  }

  @Test
  void pairIsToldFromConnections() throws Exception {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    assertTrue(Sockets.isOfPair(pair.first()));
    pair.second().close();
    assertTrue(Sockets.isOfPair(pair.first()), "also when the other end is closed");
    pair.first().close();
    for (SocketAddress address :
        List.of(
            UnixDomainSocketAddress.of(directory.resolve("named")),
            new AbstractAddress("fpm4j " + directory),
            Loopback.IPV4.address())) {
      try (Descriptor server = listening(address);
          Descriptor client = Sockets.open(Family.of(address), Sockets.Type.STREAM)) {
        boolean abstractName = address instanceof AbstractAddress;
        Sockets.connect(client, abstractName ? address : Sockets.localAddress(server));
        Arrival.await(server);
        try (Descriptor connection = Sockets.accept(server).orElseThrow().connection()) {
          assertFalse(Sockets.isOfPair(connection), address::toString);
          assertFalse(Sockets.isOfPair(client), address::toString);
        }
      }
    }
    try (Descriptor alone = Sockets.open(Family.UNIX, Sockets.Type.STREAM)) {
      assertThrows(PosixException.class, () -> Sockets.isOfPair(alone));
    }
  }

  @Test
  void namesTheAddressThatIsInUse() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("busy"));
    try (Descriptor first = listening(address);
        Descriptor second = Sockets.open(Family.UNIX, Sockets.Type.STREAM)) {
      PosixException refused =
          assertThrows(PosixException.class, () -> Sockets.bind(second, address));
      assertEquals("bind(" + address + "): Address already in use (98)", refused.getMessage());
      assertEquals(Errno.EADDRINUSE, refused.errno());
      assertEquals(Family.UNIX, Sockets.family(first));
    }
  }

  @Test
  void namesInternetAddressesAsPeopleWriteThem() throws Exception {
    for (Loopback loopback : List.of(Loopback.IPV4, Loopback.IPV6)) {
      try (Descriptor first = listening(loopback.address())) {
        SocketAddress taken = Sockets.localAddress(first);
        PosixException refused = assertThrows(PosixException.class, () -> listening(taken).close());
        String host = loopback == Loopback.IPV4 ? "127.0.0.1" : "[0:0:0:0:0:0:0:1]";
        assertEquals(
            "bind(" + host + ":" + ((InetSocketAddress) taken).getPort() + ")", refused.call());
      }
    }
  }

  @Test
  void tellsAMissingSocketFromADeadOne() throws Exception {
    Path dead = directory.resolve("dead");
    listening(UnixDomainSocketAddress.of(dead)).close();
    assertEquals(Errno.ECONNREFUSED, refusalToConnect(dead).errno());
    assertEquals(Errno.ENOENT, refusalToConnect(directory.resolve("missing")).errno());
  }

  private static PosixException refusalToConnect(Path path) throws IOException {
    try (Descriptor client = Sockets.open(Family.UNIX, Sockets.Type.STREAM)) {
      return assertThrows(
          PosixException.class, () -> Sockets.connect(client, UnixDomainSocketAddress.of(path)));
    }
  }

  @Test
  void refusesAPathLongerThanTheKernelTakes() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of("/" + "x".repeat(107));
    try (Descriptor socket = Sockets.open(Family.UNIX, Sockets.Type.STREAM)) {
      assertThrows(IllegalArgumentException.class, () -> Sockets.bind(socket, address));
    }
  }

  @Test
  void refusesAnIpv6AddressForAnIpv4Socket() throws Exception {
    try (Descriptor socket = Sockets.open(Family.INET, Sockets.Type.STREAM)) {
      InetSocketAddress v6 = Loopback.IPV6.address();
      assertThrows(IllegalArgumentException.class, () -> Sockets.bind(socket, v6));
    }
  }

  @Test
  void knowsTheProcessAtTheOtherEnd() throws Exception {
    Sockets.Pair pair = Sockets.pair(Sockets.Type.STREAM);
    SocketOptions.PeerCredentials peer = SocketOptions.peerCredentials(pair.first());
    assertEquals(Processes.pid(), peer.pid());
    assertEquals(Processes.effectiveUid(), peer.uid());
    assertEquals(Processes.effectiveGid(), peer.gid());
    pair.first().close();
    pair.second().close();
  }

  @Test
  void optionsOfAFileAreRefused() throws Exception {
    try (Descriptor file = Descriptor.ofNull()) {
      PosixException refused =
          assertThrows(PosixException.class, () -> SocketOptions.isListening(file));
      assertEquals(Errno.ENOTSOCK, refused.errno());
    }
  }

  @Test
  void connectionStillWaitsWhenDescriptorsHaveRunOut() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("full"));
    Processes.Limit limit = Processes.openFilesLimit();
    List<Descriptor> filling = new ArrayList<>();
    try (Descriptor server = listening(address);
        Descriptor client = Sockets.open(Family.UNIX, Sockets.Type.STREAM)) {
      Sockets.connect(client, address);
      // A class loaded while descriptors are short would fail: have all of them loaded.
      assertThrows(PosixException.class, () -> Sockets.accept(client));
      Processes.openFilesLimit(new Processes.Limit(client.number() + 8L, limit.hard()));
      PosixException noneLeft = null;
      PosixException refused = null;
      try {
        while (noneLeft == null) {
          try {
            filling.add(client.duplicate(0));
          } catch (PosixException full) {
            noneLeft = full;
          }
        }
        try {
          Sockets.accept(server);
        } catch (PosixException full) {
          refused = full;
        }
      } finally {
        filling.forEach(Descriptor::close);
        Processes.openFilesLimit(limit);
      }
      assertEquals(Errno.EMFILE, noneLeft.errno());
      assertEquals("accept4(" + server + "): Too many open files (24)", refused.getMessage());
      Sockets.accept(server).orElseThrow().connection().close();
    }
  }

  @Test
  void leaksNoDescriptor() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("once"));
    assertConversation(Loopback.IPV4.address());
    var before = OpenDescriptors.now();
    assertConversation(address);
    assertConversation(Loopback.IPV4.address());
    assertEquals(before, OpenDescriptors.now());
  }

  @Test
  void reachesDatagramSocketByItsAbstractName() throws IOException {
    AbstractAddress address = new AbstractAddress("fpm4j-test-" + Processes.pid());
    assertEquals(Family.UNIX, Family.of(address));
    try (Descriptor server = Sockets.open(Family.UNIX, Sockets.Type.DATAGRAM);
        Descriptor client = Sockets.open(Family.UNIX, Sockets.Type.DATAGRAM)) {
      Sockets.bind(server, address);
      assertTrue(Sockets.connect(client, address));
      assertEquals(4, Sockets.send(client, ByteBuffer.wrap("ping".getBytes(US_ASCII))));
      ByteBuffer buffer = ByteBuffer.allocate(16);
      assertEquals(4, Sockets.receive(server, buffer));
    }
  }
}
