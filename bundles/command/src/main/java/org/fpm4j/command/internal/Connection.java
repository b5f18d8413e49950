package org.fpm4j.command.internal;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Sockets;

/** A client's connection, for one thread that may wait, but not for ever. */
final class Connection implements AutoCloseable {

  private final Descriptor socket;
  private final Poller poller;

  /**
   * Takes over a socket.
   *
   * @param socket connected, non-blocking
   */
  Connection(Descriptor socket) throws PosixException {
    this.socket = socket;
    this.poller = Pollers.open("poll");
    poller.add(socket, Poller.READ);
  }

  /**
   * Reads until the request is complete or its space is full.
   *
   * @return false if the client closed before
   * @throws SocketTimeoutException if it took longer than the patience
   */
  boolean read(Request request, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!request.isComplete() && request.space().hasRemaining()) {
      switch (Sockets.receive(socket, request.space())) {
        case Descriptor.END -> {
          return false;
        }
        case Descriptor.WOULD_BLOCK -> await(Poller.READ, deadline);
        default -> {}
      }
    }
    return true;
  }

  /**
   * Writes all of it.
   *
   * @throws SocketTimeoutException if the client took nothing for as long as the patience
   */
  void write(byte[] bytes, Duration patience) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      if (Sockets.send(socket, left) == Descriptor.WOULD_BLOCK) {
        await(Poller.WRITE, System.nanoTime() + patience.toNanos());
      }
    }
  }

  /** Whether the client has closed its end; what it still says is dropped. */
  boolean isAbandoned() throws IOException {
    ByteBuffer said = ByteBuffer.allocate(64);
    return Sockets.receive(socket, said) == Descriptor.END;
  }

  private void await(int interest, long deadline) throws IOException {
    poller.modify(socket, interest);
    long left = deadline - System.nanoTime();
    if (left <= 0 || poller.await(left) == 0) {
      throw new SocketTimeoutException();
    }
  }

  @Override
  public void close() {
    poller.remove(socket.number());
    poller.close();
    socket.close();
  }
}
