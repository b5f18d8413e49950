package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.fpm4j.agent.ControlProtocol;
import org.fpm4j.agent.ControlProtocolException;
import org.fpm4j.agent.MasterMessage;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Interest;
import org.fpm4j.event.Mode;
import org.fpm4j.event.Registration;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.ExitStatus;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;
import org.fpm4j.posix.SocketMessages;

/**
 * A zygote reached through its control socket and watched through a pidfd. Event loop only.
 *
 * <p>The zygote runs as the pool's user, so what it says is checked: packets that do not parse end
 * the connection, and a zygote without a connection is ended too.
 */
final class ControlledZygote implements Zygote {

  /**
   * What a zygote is reached through; the zygote owns the descriptors from now on.
   *
   * @param pid its process id
   * @param control the connected, non-blocking control socket
   * @param process its pidfd
   * @param kick the eventfd its idle workers wait on
   * @param files what to delete once the generation is gone
   */
  record Handles(
      int pid, Descriptor control, Descriptor process, EventDescriptor kick, List<Path> files) {}

  private final Log log;
  private final Handles handles;
  private final ZygoteEvents events;
  private final WorkerPipes captures;
  private final Map<Integer, OutputCapture> captureByPid = new HashMap<>();
  private final Deque<MasterMessage> unsent = new ArrayDeque<>();
  private final Registration controlWatch;
  private final Registration processWatch;
  private boolean gone;

  /**
   * Begins to watch; reports come from the loop's next turn on.
   *
   * @param captures makes the capture of a worker's pipes, given its pid
   */
  ControlledZygote(
      EventLoop loop, Log log, Handles handles, ZygoteEvents events, WorkerPipes captures) {
    this.log = log;
    this.handles = handles;
    this.events = events;
    this.captures = captures;
    this.controlWatch =
        loop.watch(handles.control(), EnumSet.of(Interest.READ), Mode.LEVEL, this::onControlReady);
    this.processWatch =
        loop.watch(
            handles.process(), EnumSet.of(Interest.READ), Mode.LEVEL, ready -> onProcessEnd());
  }

  @Override
  public int pid() {
    return handles.pid();
  }

  @Override
  public void spawn(int slot, boolean catchOutput) {
    send(new MasterMessage.Spawn(slot, catchOutput));
  }

  @Override
  public void signal(int workerPid, Signal signal) {
    send(new MasterMessage.Signal(workerPid, signal.number()));
  }

  @Override
  public void disown(int workerPid) {
    send(new MasterMessage.Disown(workerPid));
  }

  @Override
  public void handOver() {
    send(new MasterMessage.Handover());
  }

  @Override
  public void stop() {
    send(new MasterMessage.Stop());
  }

  @Override
  public void kick() {
    try {
      handles.kick().signal();
    } catch (PosixException e) {
      log.error("idle workers of zygote %d cannot be woken: %s", pid(), e.getMessage());
    }
  }

  @Override
  public void kill() {
    if (!gone) {
      try {
        Processes.kill(pid(), Signal.SIGKILL);
      } catch (PosixException e) {
        log.error("zygote %d cannot be killed: %s", pid(), e.getMessage());
      }
    }
  }

  private void send(MasterMessage message) {
    if (gone || controlWatch.isClosed()) {
      return;
    }
    unsent.add(message);
    if (unsent.size() == 1) {
      flush();
    }
  }

  private void flush() {
    try {
      while (!unsent.isEmpty()) {
        if (!SocketMessages.send(
            handles.control(), ControlProtocol.encode(unsent.peek()), List.of())) {
          controlWatch.interest(EnumSet.of(Interest.READ, Interest.WRITE));
          return;
        }
        unsent.remove();
      }
      controlWatch.interest(EnumSet.of(Interest.READ));
    } catch (PosixException e) {
      // The zygote is gone or going; its end is reported by the pidfd.
      log.debug("zygote %d takes no orders: %s", pid(), e.getMessage());
      unsent.clear();
    }
  }

  private void onControlReady(Set<Interest> ready) {
    if (ready.contains(Interest.WRITE)) {
      flush();
    }
    if (ready.contains(Interest.READ)) {
      receiveAll();
    }
  }

  /** Takes all that waits: an end is only told after everything said before it. */
  private void receiveAll() {
    try {
      while (!controlWatch.isClosed()) {
        Optional<SocketMessages.Message> message =
            SocketMessages.receive(
                handles.control(),
                ControlProtocol.MAX_PACKET_BYTES,
                ControlProtocol.MAX_DESCRIPTORS);
        if (message.isEmpty()) {
          return;
        }
        if (message.get().isEnd()) {
          controlWatch.close();
          return;
        }
        take(message.get());
      }
    } catch (PosixException e) {
      controlWatch.close();
    } catch (ControlProtocolException e) {
      log.error("zygote %d is ended, its control messages are damaged: %s", pid(), e.getMessage());
      controlWatch.close();
      kill();
    }
  }

  /** Takes what the zygote said to the {@link Handshake} before this object was there. */
  void replay(List<SocketMessages.Message> said) throws ControlProtocolException {
    for (SocketMessages.Message message : said) {
      take(message);
    }
  }

  private void take(SocketMessages.Message message) throws ControlProtocolException {
    try {
      dispatch(ControlProtocol.decodeFromZygote(message.bytes()), message);
    } finally {
      message.closeDescriptors();
    }
  }

  private void dispatch(ZygoteMessage report, SocketMessages.Message message) {
    if (report instanceof ZygoteMessage.Ready) {
      events.onReady();
    } else if (report instanceof ZygoteMessage.Worker worker) {
      capture(worker, message);
      events.onWorker(worker);
    } else if (report instanceof ZygoteMessage.Exited exited) {
      endCapture(exited.pid());
      events.onExited(exited);
    } else if (report instanceof ZygoteMessage.ForkFailed failed) {
      events.onForkFailed(failed.slot(), failed.errno());
    } else if (report instanceof ZygoteMessage.Descriptors) {
      events.onDescriptors(message.descriptors());
    } else if (report instanceof ZygoteMessage.Failed failed) {
      events.onSetUpFailed(failed.step(), failed.errno());
    } else if (report instanceof ZygoteMessage.Hello hello && hello.ready()) {
      events.onReady();
    }
  }

  private void capture(ZygoteMessage.Worker worker, SocketMessages.Message message) {
    if (message.descriptors().size() == 2) {
      List<Descriptor> pipes =
          message.descriptors().stream().map(d -> Descriptor.of(d.release())).toList();
      captures.capture(worker.pid(), pipes).ifPresent(c -> captureByPid.put(worker.pid(), c));
    }
  }

  private void endCapture(int workerPid) {
    OutputCapture capture = captureByPid.remove(workerPid);
    if (capture != null) {
      capture.close();
    }
  }

  private void onProcessEnd() {
    receiveAll();
    release();
    events.onGone(exitWords());
  }

  private String exitWords() {
    try {
      return Processes.poll(pid())
          .map(ExitStatus::toString)
          .map(words -> words.replaceFirst("^exited ", ""))
          .orElse("unexpectedly");
    } catch (PosixException e) {
      // Started by an earlier master: not this one's child, its status went to init.
      return "unexpectedly";
    }
  }

  private void release() {
    gone = true;
    controlWatch.close();
    processWatch.close();
    handles.control().close();
    handles.process().close();
  }

  @Override
  public void cleanUp() {
    handles.kick().close();
    captureByPid.values().forEach(OutputCapture::close);
    captureByPid.clear();
    for (Path file : handles.files()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.warning("%s cannot be removed: %s", file, e.getMessage());
      }
    }
  }
}
