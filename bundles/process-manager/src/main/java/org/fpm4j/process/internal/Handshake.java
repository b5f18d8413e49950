package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fpm4j.agent.AgentEnvironment;
import org.fpm4j.agent.ControlProtocol;
import org.fpm4j.agent.MasterMessage;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Poller;
import org.fpm4j.posix.Pollers;
import org.fpm4j.posix.SocketMessages;
import org.fpm4j.posix.Sockets;

/**
 * The first exchange of a master that takes over with the zygote of a dead one: HELLO and the
 * workers come by themselves, the descriptors on HANDOVER. Blocks up to {@link #PATIENCE}; before
 * the loop has anything to do.
 */
final class Handshake implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Those taken; of what an agent hands over beyond them a copy is asked for when needed. */
  private static final int DESCRIPTORS = 3;

  private final Descriptor control;
  private final List<SocketMessages.Message> said = new ArrayList<>();
  private List<Descriptor> handedOver = List.of();
  private int workers;
  private boolean keep;

  private Handshake(Descriptor control) {
    this.control = control;
  }

  /**
   * Connects to a zygote and takes what it hands over.
   *
   * @throws IOException if nobody listens, or what answers is no agent of this version, or does not
   *     answer in time
   */
  static Handshake with(Path controlPath) throws IOException {
    Descriptor control = Sockets.open(Sockets.Family.UNIX, Sockets.Type.SEQPACKET);
    Handshake handshake = new Handshake(control);
    try {
      Sockets.connect(control, UnixDomainSocketAddress.of(controlPath));
      control.configureBlocking(false);
      handshake.exchange(System.nanoTime() + PATIENCE.toNanos());
      return handshake;
    } catch (IOException e) {
      handshake.close();
      throw new IOException(controlPath + ": " + e.getMessage(), e);
    }
  }

  private void exchange(long deadline) throws IOException {
    ZygoteMessage first = receive(deadline);
    if (!(first instanceof ZygoteMessage.Hello hello)) {
      throw new IOException("began with " + first + " instead of a HELLO");
    }
    if (hello.version() != AgentEnvironment.VERSION) {
      throw new IOException("speaks version " + hello.version());
    }
    workers = hello.workers();
    if (!hello.ready()) {
      throw new IOException("has not come to its first accept()");
    }
    SocketMessages.send(control, ControlProtocol.encode(new MasterMessage.Handover()), List.of());
    while (handedOver.isEmpty()) {
      receive(deadline);
    }
  }

  private ZygoteMessage receive(long deadline) throws IOException {
    Optional<SocketMessages.Message> message = Optional.empty();
    try (Poller poller = Pollers.open("poll")) {
      poller.add(control, Poller.READ);
      while (message.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || poller.await(left) == 0) {
          throw new IOException("did not answer within " + PATIENCE.toSeconds() + " s");
        }
        message =
            SocketMessages.receive(
                control, ControlProtocol.MAX_PACKET_BYTES, ControlProtocol.MAX_DESCRIPTORS);
      }
    }
    if (message.get().isEnd()) {
      throw new IOException("closed the connection");
    }
    ZygoteMessage report = ControlProtocol.decodeFromZygote(message.get().bytes());
    if (report instanceof ZygoteMessage.Descriptors) {
      List<Descriptor> all = message.get().descriptors();
      if (all.size() < DESCRIPTORS) {
        message.get().closeDescriptors();
        throw new IOException("handed over " + all.size());
      }
      all.subList(DESCRIPTORS, all.size()).forEach(Descriptor::close);
      handedOver = all.subList(0, DESCRIPTORS);
    } else {
      said.add(message.get());
    }
    return report;
  }

  /** Returns everything said but the handover, in order, to be replayed to who watches now. */
  List<SocketMessages.Message> said() {
    return said;
  }

  /** Returns how many workers the zygote has. */
  int workers() {
    return workers;
  }

  Descriptor control() {
    return control;
  }

  Descriptor listening() {
    return handedOver.get(ZygoteMessage.Descriptors.LISTENING_SOCKET);
  }

  Descriptor scoreboard() {
    return handedOver.get(ZygoteMessage.Descriptors.SCOREBOARD);
  }

  Descriptor kick() {
    return handedOver.get(ZygoteMessage.Descriptors.KICK);
  }

  /** Leaves control socket, listening socket and kick to their new owners on {@link #close}. */
  void keep() {
    keep = true;
  }

  @Override
  public void close() {
    if (!keep) {
      said.forEach(SocketMessages.Message::closeDescriptors);
      handedOver.forEach(Descriptor::close);
      control.close();
    } else {
      scoreboard().close();
    }
  }
}
