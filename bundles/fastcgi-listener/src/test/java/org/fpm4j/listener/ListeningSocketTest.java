package org.fpm4j.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.SocketOptions;
import org.fpm4j.posix.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningSocketTest {
  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private ListeningSocket open(String address) throws IOException {
    return open(address, ListenOptions.DEFAULT);
  }

  private ListeningSocket open(String address, ListenOptions options) throws IOException {
    ListeningSocket socket = ListeningSocket.open(ListenAddress.parse(address), options);
    opened.add(socket);
    return socket;
  }

  private SocketChannel connect(SocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    opened.add(channel);
    return channel;
  }

  /** TCP ends its handshake on this side a moment after the client has been told. */
  private static void awaitLength(int expected, ListeningSocket socket) throws IOException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (socket.queueDepth().length() < expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(expected, socket.queueDepth().length());
  }

  private String refusal(String address) {
    return assertThrows(ListenException.class, () -> open(address)).getMessage();
  }

  private Path path() {
    return directory.resolve("www.sock");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & 0777;
  }

  private static ListenOptions mode(int mode) {
    return new ListenOptions(-1, Optional.empty(), Optional.empty(), mode, List.of(), List.of());
  }

  private static ListenOptions owner(String owner) {
    return new ListenOptions(-1, Optional.of(owner), Optional.empty(), 0660, List.of(), List.of());
  }

  @Test
  void tcpSocketListensWithoutBlocking() throws IOException {
    int port = freePort();
    ListeningSocket socket = open("127.0.0.1:" + port);
    assertEquals("127.0.0.1:" + port, socket.key());
    assertEquals(List.of(), socket.warnings());
    assertFalse(socket.descriptor().isBlocking());
    assertTrue(Sockets.accept(socket.descriptor()).isEmpty());
    connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    awaitLength(1, socket);
    assertTrue(Sockets.accept(socket.descriptor()).isPresent());
  }

  @Test
  void portAloneListensOnEveryAddressOfBothFamilies() throws IOException {
    int port = freePort();
    ListeningSocket socket = open(Integer.toString(port));
    assertTrue(
        socket.key().equals(":::" + port) || socket.key().equals("0.0.0.0:" + port), socket.key());
    connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
  }

  @Test
  void hostWithSeveralAddressesUsesTheFirstAndWarns() throws IOException {
    int port = freePort();
    ListeningSocket socket = open("*:" + port);
    Assumptions.assumeFalse(socket.key().startsWith("127."), "no IPv6 here");
    assertEquals("::1:" + port, socket.key());
    assertEquals(List.of("Found multiple addresses for *, 127.0.0.1 ignored"), socket.warnings());
  }

  @Test
  void tcpAddressInUseIsReportedAsPhpFpmDoes() throws IOException {
    String address = "127.0.0.1:" + freePort();
    open(address);
    assertEquals(
        "unable to bind listening socket for address '"
            + address
            + "': Address already in use (98)",
        refusal(address));
  }

  @Test
  void addressThatClosedConnectionsHoldCanBeBoundAgain() throws IOException {
    int port = freePort();
    try (ListeningSocket socket =
            ListeningSocket.open(ListenAddress.parse("127.0.0.1:" + port), ListenOptions.DEFAULT);
        SocketChannel client =
            connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      awaitLength(1, socket);
      // The side that closes first keeps the connection in TIME-WAIT.
      Sockets.accept(socket.descriptor()).orElseThrow().connection().close();
      client.shutdownInput();
    }
    open("127.0.0.1:" + port);
  }

  @Test
  void unknownHostIsReportedAsPhpFpmDoes() {
    assertEquals("getaddrinfo: Name or service not known", refusal("nosuch.invalid:9000"));
    assertEquals("getaddrinfo: Name or service not known", refusal(":9000"));
  }

  @Test
  void unixSocketHasItsModeWhateverTheUmask() throws IOException {
    for (int mode : new int[] {0660, 0600, 0777, 0}) {
      ListeningSocket socket = open(path().toString(), mode(mode));
      assertEquals(mode, mode(path()));
      socket.close();
    }
  }

  @Test
  void unixSocketIsConnectable() throws IOException {
    ListeningSocket socket = open(path().toString());
    connect(UnixDomainSocketAddress.of(path()));
    assertTrue(Sockets.accept(socket.descriptor()).isPresent());
    assertEquals(path().toString(), socket.key());
  }

  @Test
  void liveUnixSocketIsNotTakenAway() throws IOException {
    open(path().toString());
    assertEquals(
        "Another FPM instance seems to already listen on " + path(), refusal(path().toString()));
    connect(UnixDomainSocketAddress.of(path()));
  }

  @Test
  void liveUnixSocketWithAFullQueueIsNotTakenAway() throws IOException {
    ListenOptions one =
        new ListenOptions(0, Optional.empty(), Optional.empty(), 0660, List.of(), List.of());
    open(path().toString(), one);
    connect(UnixDomainSocketAddress.of(path()));
    assertTrue(refusal(path().toString()).startsWith("Another FPM instance"));
  }

  @Test
  void staleUnixSocketIsReplaced() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path()));
    }
    assertTrue(Files.exists(path()));
    open(path().toString());
    connect(UnixDomainSocketAddress.of(path()));
  }

  @Test
  void fileThatIsNoSocketIsNeverDeleted() throws IOException {
    Files.writeString(path(), "precious");
    assertTrue(refusal(path().toString()).endsWith("a file that is no socket is in the way"));
    assertEquals("precious", Files.readString(path()));
  }

  @Test
  void symbolicLinkIsNeverDeleted() throws IOException {
    Files.createSymbolicLink(path(), directory.resolve("elsewhere"));
    refusal(path().toString());
    assertTrue(Files.isSymbolicLink(path()));
  }

  @Test
  void missingDirectoryIsReportedAsPhpFpmDoes() {
    assertEquals(
        "unable to bind listening socket for address '/nosuchdir/x': No such file or directory (2)",
        refusal("/nosuchdir/x"));
  }

  @Test
  void unknownOwnersAreReportedBeforeAnythingIsTouched() throws IOException {
    ListenAddress address = ListenAddress.parse(path().toString());
    assertEquals(
        "cannot get uid for user 'nosuchuser'",
        assertThrows(
                ListenException.class, () -> ListeningSocket.open(address, owner("nosuchuser")))
            .getMessage());
    ListenOptions group =
        new ListenOptions(
            -1, Optional.empty(), Optional.of("nosuchgroup"), 0660, List.of(), List.of());
    assertEquals(
        "cannot get gid for group 'nosuchgroup'",
        assertThrows(ListenException.class, () -> ListeningSocket.open(address, group))
            .getMessage());
    assertFalse(Files.exists(path()));
  }

  @Test
  void ownOwnerAndGroupByNumberAreAccepted() throws IOException {
    Path file = Files.createFile(directory.resolve("mine"));
    Object uid = Files.getAttribute(file, "unix:uid");
    Object gid = Files.getAttribute(file, "unix:gid");
    open(
        path().toString(),
        new ListenOptions(
            -1,
            Optional.of(uid.toString()),
            Optional.of(gid.toString()),
            0640,
            List.of(),
            List.of()));
    assertEquals(uid, Files.getAttribute(path(), "unix:uid"));
    assertEquals(0640, mode(path()));
  }

  @Test
  void closingRemovesThePathOnlyIfItIsStillItsOwn() throws IOException {
    ListeningSocket first = open(path().toString());
    Files.delete(path());
    ListeningSocket second = open(path().toString());
    first.close();
    assertTrue(Files.exists(path()));
    second.close();
    assertFalse(Files.exists(path()));
  }

  @Test
  void queueIsMeasuredForTcpAndUnix() throws IOException {
    ListenOptions five =
        new ListenOptions(5, Optional.empty(), Optional.empty(), 0660, List.of(), List.of());
    int port = freePort();
    ListeningSocket tcp = open("127.0.0.1:" + port, five);
    ListeningSocket unix = open(path().toString(), five);
    for (int waiting = 0; waiting <= 3; waiting++) {
      awaitLength(waiting, tcp);
      assertEquals(waiting, unix.queueDepth().length());
      connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      connect(UnixDomainSocketAddress.of(path()));
    }
    assertEquals(5, tcp.queueDepth().maximum());
    assertEquals(5, unix.queueDepth().maximum());
  }

  @Test
  void reconfiguringChangesModeAndBacklogOfTheLiveSocket() throws IOException {
    ListeningSocket socket = open(path().toString());
    connect(UnixDomainSocketAddress.of(path()));
    assertEquals(
        List.of(),
        socket.reconfigure(
            new ListenOptions(7, Optional.empty(), Optional.empty(), 0600, List.of(), List.of())));
    assertEquals(7, socket.queueDepth().maximum());
    assertEquals(1, socket.queueDepth().length());
    assertEquals(0600, mode(path()));
  }

  @Test
  void accessListLetsNamedUsersInAndGoesAgain() throws IOException {
    ListenOptions list =
        new ListenOptions(
            -1,
            Optional.of("root"),
            Optional.empty(),
            0600,
            List.of("daemon"),
            List.of("daemon", "root"));
    ListeningSocket socket = open(path().toString(), list);
    assertEquals(List.of("ACL set, listen.owner = 'root' is ignored"), socket.warnings());
    // With an access list the group bits show its mask.
    assertEquals(0660, mode(path()));
    socket.reconfigure(mode(0600));
    assertEquals(0600, mode(path()));
  }

  @Test
  void adoptsASocketThatListensAtTheAddress() throws IOException {
    ListeningSocket first = open(path().toString());
    Descriptor handed = first.descriptor().duplicate(3);
    ListeningSocket adopted = ListeningSocket.adopt(handed, ListenAddress.parse(path().toString()));
    adopted.close();
    assertFalse(Files.exists(path()));
    int port = freePort();
    ListeningSocket tcp = open("127.0.0.1:" + port);
    for (String text : List.of("127.0.0.1:" + port, "localhost:" + port)) {
      ListeningSocket.adopt(tcp.descriptor().duplicate(3), ListenAddress.parse(text)).close();
    }
    assertTrue(SocketOptions.isListening(tcp.descriptor()));
  }

  @Test
  void turnsConnectionsAwayFromAFormerSocketByItsOwnPathAlone() throws IOException {
    ListenAddress address = ListenAddress.parse(path().toString());
    ListeningSocket first = open(path().toString());
    ListeningSocket former = ListeningSocket.adoptFormer(first.descriptor().duplicate(3), address);
    former.turnAway();
    assertFalse(Files.exists(path()));
    open(path().toString());
    ListeningSocket.adoptFormer(former.descriptor().duplicate(3), address).turnAway();
    assertTrue(Files.exists(path()));
  }

  @Test
  void refusesToAdoptASocketOfAnotherAddressOrNone() throws IOException {
    int port = freePort();
    ListeningSocket tcp = open("127.0.0.1:" + port);
    for (String other :
        List.of("127.0.0.1:" + (port == 1 ? 2 : 1), Integer.toString(port), path().toString())) {
      ListenAddress address = ListenAddress.parse(other);
      assertThrows(ListenException.class, () -> ListeningSocket.adopt(tcp.descriptor(), address));
    }
    try (Descriptor file = Descriptor.ofNull();
        Descriptor idle = Sockets.open(Sockets.Family.INET, Sockets.Type.STREAM)) {
      ListenAddress address = ListenAddress.parse("127.0.0.1:" + port);
      assertThrows(ListenException.class, () -> ListeningSocket.adopt(file, address));
      assertThrows(ListenException.class, () -> ListeningSocket.adopt(idle, address));
      assertTrue(file.isOpen());
    }
  }
}
