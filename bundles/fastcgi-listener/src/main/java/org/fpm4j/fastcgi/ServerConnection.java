package org.fpm4j.fastcgi;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.event.Timer;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.SocketOptions;
import org.fpm4j.posix.Sockets;

/**
 * A connection of {@link FastCgiServer}. Reads no further record while output is unsent, so that a
 * client that sends requests and reads no answers costs one answer's memory. Closes in two steps,
 * because a close with unread input would make the kernel throw away the answer: first its own
 * direction, then, when the client has closed or time is up, the rest. Event loop only.
 */
final class ServerConnection {
  private static final int INPUT_BYTES = 8 * 1024;

  /** Loaded early: nothing should stand between an answer and the end that follows it. */
  private static final Sockets.Direction OURS = Sockets.Direction.WRITE;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final EventLoop loop;
  private final Descriptor descriptor;
  private final ServerLimits limits;
  private final Consumer<ServerConnection> onClosed;
  private final ResponderProtocol protocol;
  private final FastCgiParser parser;
  private ByteBuffer input = NOTHING;
  private ByteBuffer output = NOTHING;
  private Registration registration;
  private Set<Interest> interest = EnumSet.of(Interest.READ);
  private Timer timeout;
  private boolean inputEnded;
  private boolean lingering;

  ServerConnection(
      EventLoop loop,
      Sockets.Accepted accepted,
      FastCgiHandler handler,
      ServerLimits limits,
      Consumer<ServerConnection> onClosed) {
    this.loop = loop;
    this.descriptor = accepted.connection();
    this.limits = limits;
    this.onClosed = onClosed;
    this.protocol = new ResponderProtocol(handler, limits, accepted.peer());
    this.parser = new FastCgiParser(protocol);
  }

  /**
   * Serves it until either side closes. Closed if this throws.
   *
   * @param received what was read before; consumed
   */
  void start(ByteBuffer received) {
    try {
      registration = loop.watch(descriptor, interest, Mode.LEVEL, this::onReady);
    } catch (RuntimeException e) {
      closeDescriptor();
      onClosed.accept(this);
      throw e;
    }
    timeout = loop.schedule(limits.timeout(), this::close);
    input = ByteBuffer.allocate(Math.max(INPUT_BYTES, received.remaining())).put(received).flip();
    if (input.hasRemaining()) {
      onReady(EnumSet.noneOf(Interest.class));
    }
  }

  private void onReady(Set<Interest> ready) {
    try {
      if (ready.contains(Interest.READ)) {
        receive();
      }
      if (lingering) {
        discard();
      } else {
        advance();
      }
    } catch (FastCgiProtocolException | PosixException e) {
      // Anyone who may connect can cause these at will: no line in the log is worth that.
      close();
    }
    RuntimeException failure = protocol.takeFailure();
    if (failure != null) {
      throw failure;
    }
  }

  private void receive() throws PosixException {
    input.compact();
    try {
      inputEnded = Sockets.receiveNow(descriptor, input) == Descriptor.END;
    } finally {
      input.flip();
    }
  }

  /** Sends what there is to send and parses what has come, in turn, as far as it goes. */
  private void advance() throws FastCgiProtocolException, PosixException {
    while (flush()) {
      if (protocol.isFinished()) {
        linger();
        return;
      }
      boolean wasIdle = protocol.isIdle();
      if (!parser.parseRecord(input)) {
        if (inputEnded) {
          close();
        } else {
          watch(Interest.READ);
        }
        return;
      }
      output = protocol.takeOutput();
      if (!wasIdle && protocol.isIdle()) {
        timeout.cancel();
        timeout = loop.schedule(limits.timeout(), this::close);
      }
    }
    watch(Interest.WRITE);
  }

  /** Returns whether all output is sent. */
  private boolean flush() throws PosixException {
    while (output.hasRemaining()) {
      if (Sockets.sendNow(descriptor, output) == Descriptor.WOULD_BLOCK) {
        return false;
      }
    }
    return true;
  }

  private void linger() throws PosixException {
    if (inputEnded) {
      close();
      return;
    }
    lingering = true;
    Sockets.shutdown(descriptor, OURS);
    watch(Interest.READ);
    discard();
  }

  private void discard() {
    input.clear().flip();
    if (inputEnded) {
      close();
    }
  }

  private void watch(Interest wanted) {
    Set<Interest> set = EnumSet.of(wanted);
    if (!set.equals(interest)) {
      interest = set;
      registration.interest(set);
    }
  }

  /** Closes it now; unsent output is lost. Closing again does nothing. */
  void close() {
    if (descriptor.isOpen()) {
      timeout.cancel();
      registration.close();
      closeDescriptor();
      onClosed.accept(this);
    }
  }

  /** A worker that handed the connection over may have made its close wait for the client. */
  private void closeDescriptor() {
    try {
      SocketOptions.noLinger(descriptor);
    } catch (PosixException e) {
      // No socket at all: its close does not wait either.
    } finally {
      descriptor.close();
    }
  }
}
