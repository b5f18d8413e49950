package org.fpm4j.command.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fpm4j.log.Log;
import org.fpm4j.log.LogLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CommandServerTest {

  private static final Log SILENT =
      new Log() {
        @Override
        public void write(LogLevel level, String text) {}

        @Override
        public boolean isEnabled(LogLevel level) {
          return false;
        }
      };

  @TempDir Path run;

  private final FakeManager manager = new FakeManager();
  private Path socket;
  private CommandServer server;

  @BeforeEach
  void start() throws IOException {
    socket = run.resolve("command.sock");
    server = server(Duration.ofSeconds(60));
    server.start();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void answersWithExitCodeAndBody() throws IOException {
    assertEquals("0\n127.0.0.1:9000\n", ask("address\nwww\n\n"));
    assertTrue(ask("what\n\n").startsWith("64\nunknown command 'what'\n"));
    assertTrue(ask("\n").startsWith("64\nno command\n"));
    assertEquals("64\nthe request is not UTF-8\n", ask(new byte[] {(byte) 0xff, '\n', '\n'}));
  }

  @Test
  void letsOnlyTheOwnerNearItsSocket() throws IOException {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
  }

  @Test
  void replacesWhatADeadMasterLeft() throws IOException {
    server.close();
    Files.createFile(socket);
    server = server(Duration.ofSeconds(60));
    server.start();
    assertEquals("0\nready\n", ask("ready\n\n"));
  }

  @Test
  void survivesBadClients() throws IOException {
    connect().close();
    try (SocketChannel halfway = connect()) {
      halfway.write(ByteBuffer.wrap("sta".getBytes(UTF_8)));
    }
    assertEquals("64\nthe request is longer than 16384 bytes\n", ask("x".repeat(Request.LIMIT)));
    try (SocketChannel endless = connect()) {
      ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
      assertThrows(
          IOException.class,
          () -> {
            while (bytes.hasRemaining()) {
              endless.write(bytes);
            }
          });
    }
    assertEquals("0\nready\n", ask("ready\n\n"));
  }

  @Test
  void turnsASilentClientAwayInTime() throws IOException {
    server.close();
    server = server(Duration.ofSeconds(2));
    server.start();
    assertEquals("64\nno complete request within 2s\n", ask("status"));
  }

  @Test
  void servesOthersWhileAnOrderTakesLong() throws Exception {
    manager.outcome = new CompletableFuture<>();
    try (SocketChannel reload = connect()) {
      reload.write(ByteBuffer.wrap("reload\n\n".getBytes(UTF_8)));
      assertEquals("0\nready\n", ask("ready\n\n"));
      manager.outcome.complete("reload done");
      assertEquals("0\nreload done\n", replyOf(reload));
    }
  }

  @Test
  void turnsAwayMoreClientsThanItHasThreadsFor() throws IOException {
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      silent.add(connect());
    }
    try (SocketChannel extra = connect()) {
      assertEquals("", replyOf(extra));
    }
    for (SocketChannel each : silent) {
      each.write(ByteBuffer.wrap("ready\n\n".getBytes(UTF_8)));
      assertEquals("0\nready\n", replyOf(each));
      each.close();
    }
  }

  @Test
  void leavesNothingBehind() throws IOException {
    server.close();
    assertFalse(Files.exists(socket));
    assertThrows(IOException.class, this::connect);
  }

  private CommandServer server(Duration patience) {
    return new CommandServer(
        socket,
        new CommandLine(manager, new FakeEditor(), listener -> () -> {}, FakeStacks.none(manager)),
        SILENT,
        patience);
  }

  private String ask(String request) throws IOException {
    return ask(request.getBytes(UTF_8));
  }

  private String ask(byte[] request) throws IOException {
    try (SocketChannel channel = connect()) {
      channel.write(ByteBuffer.wrap(request));
      return replyOf(channel);
    }
  }

  private static String replyOf(SocketChannel channel) throws IOException {
    return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }
}
