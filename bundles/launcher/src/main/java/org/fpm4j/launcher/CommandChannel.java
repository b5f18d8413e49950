package org.fpm4j.launcher;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The client's end of the command channel, the stream socket {@code command.sock} in the run
 * directory. A request is UTF-8 text, one argument a line, closed by an empty line; within an
 * argument a backslash is written {@code \\}, a line feed {@code \n}, and an argument of no
 * characters {@code \0}. The reply's first line is the exit code in decimal; what follows, up to
 * the end of the stream, is for the operator and may come over hours.
 */
final class CommandChannel {

  private static final int EXIT_CODE_DIGITS = 3;

  private CommandChannel() {}

  /**
   * Sends the words and copies the answer as it comes: to {@code out} if the exit code is 0, else
   * to {@code err}. Blocks until the master has ended its answer.
   *
   * @return the master's exit code
   * @throws CommandFailure with {@link ExitCode#NOT_RUNNING} if nobody listens, with {@link
   *     ExitCode#INTERNAL} if the master went away before its answer was complete
   */
  static int ask(RunDirectory run, List<String> words, OutputStream out, OutputStream err)
      throws CommandFailure {
    try (SocketChannel channel = connect(run)) {
      ByteBuffer request = encode(words);
      while (request.hasRemaining()) {
        channel.write(request);
      }
      InputStream reply = Channels.newInputStream(channel);
      int exitCode = readExitCode(reply);
      OutputStream sink = exitCode == ExitCode.OK ? out : err;
      byte[] buffer = new byte[8192];
      for (int n = reply.read(buffer); n >= 0; n = reply.read(buffer)) {
        sink.write(buffer, 0, n);
        sink.flush();
      }
      return exitCode;
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.INTERNAL, "the master at " + run.path() + " gave no answer: " + e, e);
    }
  }

  private static SocketChannel connect(RunDirectory run) throws CommandFailure {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(run.commandSocket()));
    } catch (IOException ignored) {
      // no socket, or one that a dead master left behind
      throw run.notRunning();
    }
  }

  static ByteBuffer encode(List<String> words) {
    StringBuilder request = new StringBuilder();
    for (String word : words) {
      String escaped = word.replace("\\", "\\\\").replace("\n", "\\n");
      request.append(escaped.isEmpty() ? "\\0" : escaped).append('\n');
    }
    return StandardCharsets.UTF_8.encode(request.append('\n').toString());
  }

  private static int readExitCode(InputStream reply) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = reply.read(); c != '\n' || line.isEmpty(); c = reply.read()) {
      if (c < 0) {
        throw new EOFException("it closed the connection");
      }
      line.append((char) c);
      if (!Character.isDigit(c) || line.length() > EXIT_CODE_DIGITS) {
        throw new IOException("it gave no exit code");
      }
    }
    return Integer.parseInt(line.toString());
  }
}
