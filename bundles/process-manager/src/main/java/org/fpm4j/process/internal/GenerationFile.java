package org.fpm4j.process.internal;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;
import org.fpm4j.config.ChangeClass;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.posix.Processes;

/**
 * What a master notes about a generation for the one that comes after it. Only the master can write
 * in the run directory, so this is believed where the zygote's own word is not.
 *
 * @param pool name of the pool
 * @param number number of the generation
 * @param zygotePid its zygote
 * @param startTicks when the zygote started, as /proc has it: tells it from a later process of the
 *     same pid
 * @param listen the listen address of its pool
 * @param socket digest of the settings of the listening socket in force
 * @param fingerprint digest of the settings its zygote was started with
 */
record GenerationFile(
    String pool,
    int number,
    int zygotePid,
    long startTicks,
    String listen,
    String socket,
    String fingerprint) {

  static final String SUFFIX = ".generation";

  /** Notes a generation whose zygote was just started. */
  static GenerationFile of(PoolSettings settings, int number, int zygotePid) throws IOException {
    return new GenerationFile(
        settings.name(),
        number,
        zygotePid,
        Processes.startTicks(zygotePid),
        settings.listen().address(),
        socket(settings),
        fingerprint(settings));
  }

  /** Returns a digest of what of the listening socket changes in place while it stays there. */
  static String socket(PoolSettings settings) {
    return digest(settings.text(ChangeClass.BIND));
  }

  /** Notes in a generation's file, if it has one, that its socket was given other settings. */
  static void noteSocket(Path file, PoolSettings settings) throws IOException {
    if (Files.exists(file)) {
      GenerationFile note = read(file);
      new GenerationFile(
              note.pool,
              note.number,
              note.zygotePid,
              note.startTicks,
              note.listen,
              socket(settings),
              note.fingerprint)
          .write(file);
    }
  }

  /** Returns a digest of what a zygote cannot change while it runs. */
  static String fingerprint(PoolSettings settings) {
    return digest(
        settings.name()
            + '\n'
            + settings.listen().address()
            + '\n'
            + settings.text(ChangeClass.ROLL));
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Reads a note.
   *
   * @throws IOException if it is damaged
   */
  static GenerationFile read(Path file) throws IOException {
    Properties note = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      note.load(in);
      return new GenerationFile(
          required(note, "pool"),
          Integer.parseInt(required(note, "generation")),
          Integer.parseInt(required(note, "zygote")),
          Long.parseLong(required(note, "start-ticks")),
          required(note, "listen"),
          required(note, "socket"),
          required(note, "settings"));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static String required(Properties note, String key) {
    String value = note.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("it has no '" + key + "'");
    }
    return value;
  }

  /** Writes the note whole or not at all. */
  void write(Path file) throws IOException {
    // Not Properties.store(): the date it writes loads the names of all time zones, 25 ms of a
    // start.
    String text =
        "# fpm4j: a generation, for the master that takes over\n"
            + line("pool", pool)
            + line("generation", Integer.toString(number))
            + line("zygote", Integer.toString(zygotePid))
            + line("start-ticks", Long.toString(startTicks))
            + line("listen", listen)
            + line("socket", socket)
            + line("settings", fingerprint);
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A line as {@link Properties#load(Reader)} takes it; no value begins with a blank. */
  private static String line(String key, String value) {
    return key + "=" + value.replace("\\", "\\\\").replace("\n", "\\n") + "\n";
  }

  /** Whether the zygote noted here still runs. */
  boolean isZygoteAlive() throws IOException {
    return Processes.startTicks(zygotePid) == startTicks;
  }
}
