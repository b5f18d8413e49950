package org.fpm4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandChannelTest {

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private RunDirectory run;

  @BeforeEach
  void createRunDirectory() throws CommandFailure {
    run = RunDirectory.create(directory.resolve("run"));
  }

  @Test
  void argumentsAreLinesAndAnEmptyLineEndsThem() {
    assertEquals(
        "set\na\\\\b\\nc\n\\0\nü\n\n",
        StandardCharsets.UTF_8
            .decode(CommandChannel.encode(List.of("set", "a\\b\nc", "", "ü")))
            .toString());
  }

  @Test
  void answerOfSuccessGoesToStandardOutput() throws Exception {
    assertEquals(0, askMasterThatAnswers("0\nall\nwell"));
    assertEquals("all\nwell", out.toString(StandardCharsets.UTF_8));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void answerOfFailureGoesToStandardErrorWithItsCode() throws Exception {
    assertEquals(78, askMasterThatAnswers("78\nno such pool\n"));
    assertEquals("", out.toString(StandardCharsets.UTF_8));
    assertEquals("no such pool\n", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void answerWithoutAnExitCodeIsTheMastersFailure() {
    for (String answer : new String[] {"", "0", "\n", "x\n", "1234\n", "-1\n"}) {
      CommandFailure failure =
          assertThrows(CommandFailure.class, () -> askMasterThatAnswers(answer), answer);
      assertEquals(ExitCode.INTERNAL, failure.exitCode());
    }
  }

  @Test
  void socketNobodyListensOnMeansNotRunning() throws IOException {
    assertNotRunning();
    listen().close();
    assertNotRunning();
  }

  private void assertNotRunning() {
    CommandFailure failure =
        assertThrows(
            CommandFailure.class, () -> CommandChannel.ask(run, List.of("status"), out, err));
    assertEquals(ExitCode.NOT_RUNNING, failure.exitCode());
  }

  private int askMasterThatAnswers(String answer) throws Exception {
    try (ServerSocketChannel listening = listen()) {
      CompletableFuture<Void> master =
          CompletableFuture.runAsync(() -> answerOne(listening, answer));
      int exitCode = CommandChannel.ask(run, List.of("status"), out, err);
      master.get();
      return exitCode;
    } finally {
      Files.delete(run.commandSocket());
    }
  }

  private ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(run.commandSocket()));
  }

  private static void answerOne(ServerSocketChannel listening, String answer) {
    try (SocketChannel client = listening.accept()) {
      ByteBuffer request = ByteBuffer.allocate(64);
      while (request.position() < "status\n\n".length()) {
        client.read(request);
      }
      client.write(StandardCharsets.UTF_8.encode(answer));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
