package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestCommandTest {

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void addressesAreReadAsPhpFpmWritesThem() throws CommandFailure {
    assertAddress("/run/a:1.sock", "/run/a:1.sock");
    assertAddress("/127.0.0.1:9000", "127.0.0.1:9000");
    assertAddress("/127.0.0.1:9000", "9000");
    assertAddress("/127.0.0.1:9000", "*:9000");
    assertAddress("/[0:0:0:0:0:0:0:1]:9000", "[::]:9000");
  }

  private static void assertAddress(String expected, String listen) throws CommandFailure {
    String address = RequestCommand.address(listen).toString();
    assertTrue(address.endsWith(expected), address);
  }

  @Test
  void rejectsWhatIsNoAddress() {
    for (String wrong : List.of("", "relative.sock", "localhost:", "localhost:65536", "[::1]")) {
      CommandFailure failure =
          assertThrows(CommandFailure.class, () -> RequestCommand.address(wrong), wrong);
      assertEquals(ExitCode.USAGE, failure.exitCode());
    }
  }

  @Test
  void wantsEitherPoolOrAddress() {
    for (List<String> words :
        List.of(List.of("a.php"), List.of("--pool=a", "--listen=9000", "a.php"))) {
      CommandFailure failure = assertThrows(CommandFailure.class, () -> command(words));
      assertEquals(ExitCode.USAGE, failure.exitCode());
    }
  }

  @Test
  void printsWhatThePhpProgramAnswers() throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("show.php"),
            """
            <?php
            header('Content-Type: text/plain');
            echo $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['REQUEST_URI'], ' ', $_GET['a'], ' ';
            readfile('php://input');
            """);
    Path socket = directory.resolve("php.sock");
    Process php = startPhp(socket);
    try {
      int exitCode =
          command(
                  List.of(
                      "--listen",
                      socket.toString(),
                      script.toString(),
                      "--uri",
                      "/show.php?a=b",
                      "--data",
                      "-"))
              .run(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err));

      assertEquals(ExitCode.OK, exitCode);
      assertTrue(
          out.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\nPOST /show.php?a=b b input"),
          out.toString(StandardCharsets.UTF_8));
    } finally {
      php.destroyForcibly().onExit().join();
    }
  }

  @Test
  void addressNobodyListensOnIsAFailure() throws CommandFailure {
    RequestCommand command =
        command(List.of("--listen", directory.resolve("no.sock").toString(), "a.php"));

    CommandFailure failure =
        assertThrows(
            CommandFailure.class, () -> command.run(new PrintStream(out), new PrintStream(err)));
    assertEquals(ExitCode.FAILED, failure.exitCode());
  }

  /** Returns when php-cgi listens; php-cgi tells nobody, so it is asked again and again. */
  private static Process startPhp(Path socket) throws IOException {
    Process php = new ProcessBuilder("php-cgi", "-b", socket.toString()).inheritIO().start();
    while (php.isAlive()) {
      try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        assertTrue(probe.isConnected());
        return php;
      } catch (IOException ignored) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError("php-cgi ended with exit code " + php.exitValue());
  }

  private static RequestCommand command(List<String> words) throws CommandFailure {
    return new RequestCommand(
        new Options(words), new ByteArrayInputStream("input".getBytes(StandardCharsets.UTF_8)));
  }
}
