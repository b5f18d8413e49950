package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.agent.WorkerAgent;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.listener.ListeningSocket;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Program;
import org.fpm4j.posix.SharedFile;
import org.fpm4j.posix.Signal;
import org.fpm4j.posix.Sockets;
import org.fpm4j.posix.Spawn;
import org.fpm4j.scoreboard.MappedScoreboard;
import org.fpm4j.scoreboard.ScoreboardIdentity;

/** Starts zygotes with {@code posix_spawn(3)} and the agent preloaded. Event loop only. */
final class ZygoteSpawner implements ZygoteLauncher {

  private static final int CONTROL_BACKLOG = 8;

  private final EventLoop loop;
  private final ErrorLog log;
  private final RunDirectory run;
  private final Map<String, String> inherited;
  private Path agent;

  /**
   * Makes a launcher.
   *
   * @param inherited the master's environment
   */
  ZygoteSpawner(EventLoop loop, ErrorLog log, RunDirectory run, Map<String, String> inherited) {
    this.loop = loop;
    this.log = log;
    this.run = run;
    this.inherited = Map.copyOf(inherited);
  }

  @Override
  public Launched launch(
      PoolSettings settings, int generation, int slots, ListeningSocket socket, ZygoteEvents events)
      throws IOException {
    if (agent == null) {
      agent = WorkerAgent.extractTo(run.path());
    }
    Optional<Identity> identity =
        Processes.effectiveUid() == 0 ? Identity.resolve(settings.worker()) : Optional.empty();
    Program program = new ZygoteProgram(settings, generation, identity).program(agent, inherited);
    Path control = run.control(settings.name(), generation);
    Path scoreboard = run.scoreboard(settings.name(), generation);
    Path note = run.note(settings.name(), generation);
    Files.deleteIfExists(control);
    Files.deleteIfExists(scoreboard);
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      ScoreboardIdentity title =
          new ScoreboardIdentity(
              settings.name(), generation, System.nanoTime(), System.currentTimeMillis());
      MappedScoreboard board = MappedScoreboard.create(scoreboard, slots, title);
      opened.add(() -> Files.deleteIfExists(scoreboard));
      ControlledZygote zygote =
          start(settings, program, socket, List.of(control, scoreboard, note), events, opened);
      GenerationFile.of(settings, generation, zygote.pid()).write(note);
      return new Launched(zygote, board);
    } catch (IOException e) {
      undo(opened);
      throw e;
    }
  }

  private ControlledZygote start(
      PoolSettings settings,
      Program program,
      ListeningSocket socket,
      List<Path> files,
      ZygoteEvents events,
      List<AutoCloseable> opened)
      throws IOException {
    Path control = files.get(0);
    EventDescriptor kick = EventDescriptor.open();
    opened.add(kick);
    Descriptor.Pipe out = pipe(opened);
    Descriptor.Pipe err = pipe(opened);
    opened.add(() -> Files.deleteIfExists(control));
    final int pid;
    final Descriptor connection;
    try (Descriptor listening = listenControl(control);
        Descriptor board = SharedFile.open(files.get(1));
        Descriptor outEnd = out.write();
        Descriptor errEnd = err.write()) {
      // Before the start: a program that ends at once takes the listening end with it, and its
      // exit, not a refused connection, is what to report.
      connection = connectControl(control);
      opened.add(connection);
      pid =
          Spawn.start(
              program,
              List.of(socket.descriptor(), outEnd, errEnd, listening, board, kick.descriptor()));
    }
    opened.add(() -> Processes.kill(pid, Signal.SIGKILL));
    Descriptor process = Processes.open(pid);
    opened.add(process);
    ControlledZygote.Handles handles =
        new ControlledZygote.Handles(pid, connection, process, kick, files);
    WorkerPipes captures =
        new WorkerPipes(loop, log, settings.name(), settings.worker().decorateOutput());
    // What a program says while it starts, or why it cannot, always goes to the error log.
    captures.capture(pid, List.of(out.read(), err.read()));
    return new ControlledZygote(loop, log.pool(settings.name()), handles, events, captures);
  }

  private static Descriptor.Pipe pipe(List<AutoCloseable> opened) throws PosixException {
    Descriptor.Pipe pipe = Descriptor.pipe();
    opened.add(pipe.read());
    opened.add(pipe.write());
    return pipe;
  }

  private static Descriptor listenControl(Path path) throws PosixException {
    Descriptor listening = Sockets.open(Sockets.Family.UNIX, Sockets.Type.SEQPACKET);
    try {
      Sockets.bind(listening, UnixDomainSocketAddress.of(path));
      Sockets.listen(listening, CONTROL_BACKLOG);
      return listening;
    } catch (PosixException e) {
      listening.close();
      throw e;
    }
  }

  private static Descriptor connectControl(Path path) throws PosixException {
    Descriptor connection = Sockets.open(Sockets.Family.UNIX, Sockets.Type.SEQPACKET);
    try {
      Sockets.connect(connection, UnixDomainSocketAddress.of(path));
      connection.configureBlocking(false);
      return connection;
    } catch (PosixException e) {
      connection.close();
      throw e;
    }
  }

  private void undo(List<AutoCloseable> opened) {
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        log.warning("clean-up after a failed start: %s", e.getMessage());
      }
    }
  }
}
