package org.fpm4j.command.internal;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.SocketOptions;
import org.fpm4j.posix.SocketOptions.PeerCredentials;
import org.fpm4j.posix.Sockets;

/**
 * The command channel: a Unix stream socket on which one thread accepts and a few others, there
 * only while needed, serve one client each. Only root and the master's own user are served. A
 * client that is silent, endless or does not read costs one of {@value #CLIENTS} threads for a few
 * seconds.
 *
 * <p>The sockets are those of the posix bundle, which the master has loaded anyway;
 * jnr-unixsocket's were measured to add 70 ms to the start and 6 MB.
 */
final class CommandServer implements AutoCloseable {

  private static final int CLIENTS = 16;
  private static final int BACKLOG = 64;
  private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(1);
  private static final long RETRY_MS = 100;

  private final Path path;
  private final CommandLine commands;
  private final Log log;
  private final Duration patience;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ThreadPoolExecutor clients;
  private final Thread acceptor = new Thread(this::acceptAll, "fpm4j command channel");
  private Descriptor listening;

  /**
   * @param path where the socket's file is made, replacing what a dead master left there
   * @param patience how long a client may take for its request, and between two reads of the reply
   */
  CommandServer(Path path, CommandLine commands, Log log, Duration patience) {
    this.path = path;
    this.commands = commands;
    this.log = log;
    this.patience = patience;
    AtomicInteger numbers = new AtomicInteger();
    this.clients =
        new ThreadPoolExecutor(
            0,
            CLIENTS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "fpm4j command " + numbers.incrementAndGet()));
    acceptor.setDaemon(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Begins to serve.
   *
   * @throws IOException if the socket cannot be made
   * @throws IllegalArgumentException if its path is longer than 107 bytes
   */
  void start() throws IOException {
    Files.deleteIfExists(path);
    listening = Sockets.open(Sockets.Family.UNIX, Sockets.Type.STREAM);
    try {
      Sockets.bind(listening, UnixDomainSocketAddress.of(path));
      // Before listen() nobody can connect, so the mode is never too wide.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      Sockets.listen(listening, BACKLOG);
    } catch (IOException | IllegalArgumentException e) {
      listening.close();
      throw e;
    }
    acceptor.start();
  }

  private void acceptAll() {
    while (closing.getCount() > 0) {
      try {
        Optional<Sockets.Accepted> accepted = Sockets.accept(listening);
        if (accepted.isPresent()) {
          admit(accepted.get().connection());
        }
      } catch (IOException e) {
        pause(e);
      }
    }
  }

  /** After {@link #close}'s shutdown() nothing is left to do; out of descriptors, some may free. */
  private void pause(IOException e) {
    try {
      if (!closing.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
        log.debug("command channel: %s", e.getMessage());
      }
    } catch (InterruptedException interrupted) {
      closing.countDown();
    }
  }

  private void admit(Descriptor socket) {
    try {
      clients.execute(() -> serve(socket));
    } catch (RejectedExecutionException tooMany) {
      socket.close();
      log.warning("command channel: %d clients at once, another one was turned away", CLIENTS);
    }
  }

  private void serve(Descriptor socket) {
    try (Connection connection = new Connection(socket)) {
      Optional<Reply> reply = answer(socket, connection);
      if (reply.isPresent()) {
        connection.write(reply.get().encoded(), patience);
        if (reply.get().more() != null) {
          reply.get().more().to(sink(connection));
        }
      }
    } catch (IOException e) {
      log.debug("command channel: client lost: %s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      socket.close();
    }
  }

  private Reply.Sink sink(Connection connection) {
    return new Reply.Sink() {
      @Override
      public boolean isOpen() throws IOException {
        return closing.getCount() > 0 && !connection.isAbandoned();
      }

      @Override
      public void write(String lines) throws IOException {
        connection.write(lines.getBytes(StandardCharsets.UTF_8), patience);
      }
    };
  }

  private Optional<Reply> answer(Descriptor socket, Connection connection)
      throws IOException, InterruptedException {
    PeerCredentials peer = SocketOptions.peerCredentials(socket);
    if (peer.uid() != 0 && peer.uid() != Processes.effectiveUid()) {
      log.warning("command channel: user %d (pid %d) was refused", peer.uid(), peer.pid());
      return Optional.of(Reply.failed("only root and the master's user may command it"));
    }
    Request request = new Request();
    try {
      return connection.read(request, patience) ? Optional.of(answer(request)) : Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.of(wrong("no complete request within " + Elapsed.text(patience)));
    }
  }

  private Reply answer(Request request) throws InterruptedException {
    if (!request.isComplete()) {
      return wrong("the request is longer than " + Request.LIMIT + " bytes");
    }
    try {
      return commands.run(request.arguments());
    } catch (UsageException e) {
      return wrong(e.getMessage());
    } catch (RuntimeException e) {
      log.error("command channel: a command failed: %s", e);
      return new Reply(Reply.INTERNAL, "the master failed: " + e + "\n");
    }
  }

  private static Reply wrong(String line) {
    return new Reply(Reply.USAGE, line + "\n");
  }

  /**
   * Serves no more, removes the socket's file and waits for at most two seconds for its threads.
   */
  @Override
  public void close() throws IOException {
    if (!listening.isOpen()) {
      return;
    }
    closing.countDown();
    try {
      // Unlike close(), this wakes a thread that waits in accept().
      Sockets.shutdown(listening, Sockets.Direction.BOTH);
      TimeUnit.NANOSECONDS.timedJoin(acceptor, CLOSING_PATIENCE.toNanos());
      clients.shutdown();
      if (!clients.awaitTermination(CLOSING_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        clients.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listening.close();
      Files.deleteIfExists(path);
    }
  }
}
