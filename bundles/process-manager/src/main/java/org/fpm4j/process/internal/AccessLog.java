package org.fpm4j.process.internal;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.config.AccessLogSettings;
import org.fpm4j.log.AccessFile;
import org.fpm4j.log.AccessFormat;
import org.fpm4j.log.Log;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.scoreboard.AccessLogWishes;

/**
 * A pool's access log: tells the workers of all generations what to record, and keeps an {@link
 * AccessWriter} while there is a log. Event loop only.
 */
final class AccessLog {

  private final String pool;
  private final Log log;
  private final AccessWriters writers;
  private final Supplier<List<Generation>> generations;
  private final AtomicLong lost = new AtomicLong();
  private final Set<Generation> asked = new HashSet<>();
  private final Set<Generation> read = new HashSet<>();

  /** Null before the first. */
  private AccessLogSettings inForce;

  private Optional<AccessLogWishes> wishes = Optional.empty();
  private AccessWriter writer;

  /**
   * Makes one that is off.
   *
   * @param log the pool's
   * @param generations the pool's
   */
  AccessLog(String pool, Log log, AccessWriters writers, Supplier<List<Generation>> generations) {
    this.pool = pool;
    this.log = log;
    this.writers = writers;
    this.generations = generations;
  }

  /** Lines that could not be written since the pool's start. Any thread. */
  long lost() {
    return lost.get();
  }

  /** Puts settings in force; if the file cannot be opened, those before stay. */
  void onSettings(AccessLogSettings wanted) {
    if (inForce != null && wanted.equals(inForce)) {
      return;
    }
    if (wanted.log().isEmpty()) {
      end();
      wishes = Optional.empty();
    } else if (!open(wanted)) {
      return;
    }
    inForce = wanted;
    generations.get().forEach(this::publish);
    generations.get().forEach(this::ask);
  }

  private boolean open(AccessLogSettings wanted) {
    AccessFormat format =
        wanted.json()
            ? AccessFormat.json(wanted.format(), pool)
            : new AccessFormat(wanted.format(), pool);
    try {
      boolean stays = writer != null && wanted.log().equals(inForce.log());
      AccessFile file =
          stays ? writer.target().file() : AccessFile.open(wanted.log().orElseThrow());
      AccessWriter.Target target =
          new AccessWriter.Target(file, format, Set.copyOf(wanted.suppressPaths()));
      if (writer == null) {
        writer = writers.start(pool, log, target, lost);
      } else {
        writer.target(target);
      }
    } catch (IOException e) {
      log.error("%s", e.getMessage());
      return false;
    }
    wishes =
        Optional.of(new AccessLogWishes(format.showsCpu(), format.parameters(), format.headers()));
    List<String> unfulfilled = wishes.get().unfulfilled();
    if (!unfulfilled.isEmpty()) {
      log.warning(
          "access.format names more than workers can look for; logged as '-': %s",
          String.join(", ", unfulfilled));
    }
    return true;
  }

  /** Tells the workers of a new generation what to record. */
  void publish(Generation generation) {
    generation.publishAccessLog(wishes);
  }

  /** Asks a generation that is ready, or was taken over, for its pipe. */
  void ask(Generation generation) {
    if (writer != null && generation.isReady() && asked.add(generation)) {
      generation.requestDescriptors();
    }
  }

  /** Takes the pipe out of a zygote's answer, whoever asked for it, once while there is a log. */
  void onDescriptors(Generation generation, List<Descriptor> descriptors) {
    if (writer == null || !asked.contains(generation) || !read.add(generation)) {
      return;
    }
    if (descriptors.size() <= ZygoteMessage.Descriptors.ACCESS_RECORDS) {
      log.warning(
          "generation %d has no access log: its agent is older; reload", generation.number());
    } else {
      Descriptor pipe = descriptors.get(ZygoteMessage.Descriptors.ACCESS_RECORDS);
      writer.read(Descriptor.of(pipe.release()), generation.zygotePid());
    }
  }

  void onGone(Generation generation) {
    asked.remove(generation);
    read.remove(generation);
  }

  /**
   * Opens the file anew by its path.
   *
   * @throws IOException when it cannot be opened; lines go on to the old one
   */
  void reopen() throws IOException {
    if (writer != null) {
      AccessWriter.Target old = writer.target();
      writer.target(
          new AccessWriter.Target(
              AccessFile.open(inForce.log().orElseThrow()), old.format(), old.suppressed()));
    }
  }

  boolean isOn() {
    return writer != null;
  }

  /** Writes what is under way and stops, for good. */
  void close() {
    end();
  }

  private void end() {
    if (writer != null) {
      writers.end(writer);
      writer = null;
      asked.clear();
      read.clear();
    }
  }
}
