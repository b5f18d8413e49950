package org.fpm4j.process.internal;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fpm4j.event.EventLoop;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.EventDescriptor;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.SharedFile;
import org.fpm4j.posix.Sockets;
import org.fpm4j.scoreboard.MappedScoreboard;

/**
 * Finds the generations that a dead master left serving and takes them over. What the run directory
 * says is checked against the process table and the zygote's own words; what does not fit together
 * is reported and removed, never trusted. Event loop only.
 */
final class Takeover {

  private static final String SCOREBOARD = ".scoreboard";

  private final EventLoop loop;
  private final ErrorLog log;
  private final RunDirectory run;
  private final RescuedSockets rescued;

  Takeover(EventLoop loop, ErrorLog log, RunDirectory run) {
    this.loop = loop;
    this.log = log;
    this.run = run;
    this.rescued = new RescuedSockets(log);
  }

  /** Returns what {@link #find} has saved of generations that cannot be taken over. */
  RescuedSockets rescued() {
    return rescued;
  }

  /**
   * A generation that lives, not yet listened to.
   *
   * @param note what the former master noted about it
   * @param listening its listening socket, the taker's to own
   * @param scoreboard its scoreboard
   * @param handshake what its zygote said
   */
  record Found(
      GenerationFile note,
      Descriptor listening,
      MappedScoreboard scoreboard,
      Handshake handshake) {}

  /** Returns what lives, by pool and then by number of the generation; cleans up what does not. */
  Map<String, List<Found>> find() {
    Map<String, List<Found>> found = new TreeMap<>();
    for (Path file : notes()) {
      try {
        Found generation = meet(file);
        found.computeIfAbsent(generation.note().pool(), pool -> new ArrayList<>()).add(generation);
      } catch (IOException e) {
        log.warning("not taken over: %s", e.getMessage());
        removeLeftovers(file);
      }
    }
    found.values().forEach(list -> list.sort(Comparator.comparingInt(f -> f.note().number())));
    found.keySet().forEach(rescued::drop);
    return found;
  }

  /** Returns where the note of each generation is, or should be if only its scoreboard is there. */
  private Set<Path> notes() {
    Set<Path> notes = new TreeSet<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            run.path(), "*{" + GenerationFile.SUFFIX + "," + SCOREBOARD + "}")) {
      for (Path file : files) {
        notes.add(Path.of(stem(file) + GenerationFile.SUFFIX));
      }
    } catch (IOException e) {
      log.error("the run directory cannot be read: %s", e.getMessage());
    }
    return notes;
  }

  private Found meet(Path file) throws IOException {
    GenerationFile note = read(file);
    if (!note.isZygoteAlive()) {
      throw new IOException(
          "zygote %d of pool %s is gone".formatted(note.zygotePid(), note.pool()));
    }
    return attach(note, Handshake.with(run.control(note.pool(), note.number())));
  }

  private GenerationFile read(Path file) throws IOException {
    GenerationFile note = GenerationFile.read(file);
    if (!run.note(note.pool(), note.number()).equals(file)) {
      throw new IOException(file + " belongs to another pool or generation");
    }
    return note;
  }

  private static Found attach(GenerationFile note, Handshake handshake) throws IOException {
    try {
      long bytes = Files.size(Path.of("/proc/self/fd/" + handshake.scoreboard().number()));
      MappedScoreboard scoreboard =
          MappedScoreboard.attach(
              SharedFile.map(handshake.scoreboard(), bytes), "scoreboard of pool " + note.pool());
      return new Found(note, handshake.listening(), scoreboard, handshake);
    } catch (IOException e) {
      handshake.close();
      throw e;
    }
  }

  /** Whether two descriptors are of one socket, whatever its path has come to mean. */
  static boolean isSameSocket(Descriptor one, Descriptor other) throws IOException {
    return inode(one).equals(inode(other));
  }

  private static Path inode(Descriptor socket) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + socket.number()));
  }

  private static String stem(Path file) {
    return file.toString().substring(0, file.toString().lastIndexOf('.'));
  }

  private void removeLeftovers(Path note) {
    String stem = stem(note);
    Survivors survivors = new Survivors(Path.of(stem + SCOREBOARD), log);
    try {
      rescued.rescue(read(note), survivors);
    } catch (IOException ignored) {
      // It was reported; and where their socket listens, they alone would say.
    }
    int ended = survivors.end();
    if (ended > 0) {
      log.warning("%d processes of %s were ended", ended, run.path().relativize(Path.of(stem)));
    }
    for (String suffix : List.of(GenerationFile.SUFFIX, ".control", SCOREBOARD)) {
      try {
        Files.deleteIfExists(Path.of(stem + suffix));
      } catch (IOException e) {
        log.warning("%s cannot be removed: %s", stem + suffix, e.getMessage());
      }
    }
  }

  /** Makes the found generation report to {@code generation} from now on. */
  void listen(Found found, Generation generation, boolean decorateOutput) throws IOException {
    GenerationFile note = found.note();
    Handshake handshake = found.handshake();
    SocketAddress address = Sockets.localAddress(found.listening());
    List<Path> files =
        List.of(
            run.control(note.pool(), note.number()),
            run.scoreboard(note.pool(), note.number()),
            run.note(note.pool(), note.number()));
    ControlledZygote.Handles handles =
        new ControlledZygote.Handles(
            note.zygotePid(),
            handshake.control(),
            Processes.open(note.zygotePid()),
            EventDescriptor.of(handshake.kick()),
            files);
    ControlledZygote zygote =
        new ControlledZygote(
            loop,
            log.pool(note.pool()),
            handles,
            generation,
            new WorkerPipes(loop, log, note.pool(), decorateOutput));
    handshake.keep();
    handshake.close();
    generation.attach(new ZygoteLauncher.Launched(zygote, found.scoreboard()), address);
    zygote.replay(handshake.said());
  }
}
