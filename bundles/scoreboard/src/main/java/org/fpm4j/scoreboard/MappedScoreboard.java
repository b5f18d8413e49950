package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.CREATED_EPOCH_MS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.CREATED_NANOS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.GENERATION_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.HEADER_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.HEADER_SIZE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.LENGTH_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAGIC;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAGIC_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAX_SLOTS;
import static org.fpm4j.scoreboard.ScoreboardLayout.POOL_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.POOL_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.RETIRE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SLOT_COUNT_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SLOT_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.SLOT_SIZE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.VERSION;
import static org.fpm4j.scoreboard.ScoreboardLayout.VERSION_OFFSET;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A scoreboard file in this process's memory. The mapping lives until the last object that uses it
 * is collected; the file may be deleted at any time. Any thread.
 *
 * <p>The file is sparse: a slot takes memory once it is used. Should the file system be full at
 * that moment, or the file be cut short by someone, the access raises {@link InternalError} instead
 * of killing the JVM.
 */
public final class MappedScoreboard {
  private final ScoreboardMemory memory;
  private final ScoreboardIdentity identity;

  /** Where it was created; empty if it was attached to. */
  private final Optional<Path> file;

  private MappedScoreboard(
      ScoreboardMemory memory, ScoreboardIdentity identity, Optional<Path> file) {
    this.memory = memory;
    this.identity = identity;
    this.file = file;
  }

  /**
   * Creates the file with mode 0600 and maps it. The master does this before it starts the zygote.
   * All settings are at their neutral values: endless requests, kept-alive connections never given
   * up by time, anyone allowed.
   *
   * @param slots 1..{@link ScoreboardLayout#MAX_SLOTS}
   * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
   * @throws IOException if the file cannot be created or mapped, or its file system is full; a
   *     half-made file is deleted
   */
  public static MappedScoreboard create(Path file, int slots, ScoreboardIdentity identity)
      throws IOException {
    long length = ScoreboardLayout.fileLength(slots);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      MappedByteBuffer buffer;
      try {
        // What is written takes its space or fails; a store into a hole would raise a signal.
        channel.write(ByteBuffer.allocate(HEADER_SIZE));
        buffer = channel.map(MapMode.READ_WRITE, 0, length);
      } catch (IOException e) {
        Files.deleteIfExists(file);
        throw e;
      }
      ScoreboardMemory memory = new ScoreboardMemory(buffer, slots);
      writeHeader(memory, length, identity);
      return new MappedScoreboard(memory, identity, Optional.of(file));
    }
  }

  private static void writeHeader(
      ScoreboardMemory memory, long length, ScoreboardIdentity identity) {
    memory.setLong(MAGIC_OFFSET, MAGIC);
    memory.setInt(HEADER_SIZE_OFFSET, HEADER_SIZE);
    memory.setInt(SLOT_SIZE_OFFSET, SLOT_SIZE);
    memory.setInt(SLOT_COUNT_OFFSET, memory.slots());
    memory.setLong(LENGTH_OFFSET, length);
    memory.setInt(GENERATION_OFFSET, identity.generation());
    memory.setLong(CREATED_NANOS_OFFSET, identity.createdNanos());
    memory.setLong(CREATED_EPOCH_MS_OFFSET, identity.createdEpochMs());
    memory.setText(POOL_OFFSET, POOL_SIZE, identity.pool());
    new MasterWriter(memory).publish(ScoreboardSettings.NEUTRAL);
    memory.setIntRelease(VERSION_OFFSET, VERSION);
  }

  /**
   * Maps an existing file, as a master does that takes over from a dead one.
   *
   * @throws ScoreboardFormatException if the file is no ready scoreboard of this layout
   * @throws IOException if it cannot be opened or mapped
   */
  public static MappedScoreboard attach(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return attach(channel, file.toString());
    }
  }

  /**
   * Maps the scoreboard behind an open channel, as one received from a zygote; the channel may be
   * closed afterwards.
   *
   * @param name for messages
   * @throws ScoreboardFormatException if it is no ready scoreboard of this layout
   * @throws IOException if it cannot be mapped
   */
  public static MappedScoreboard attach(FileChannel channel, String name) throws IOException {
    long length = channel.size();
    require(
        length >= ScoreboardLayout.fileLength(1)
            && length <= ScoreboardLayout.fileLength(MAX_SLOTS),
        name,
        "length",
        length);
    return attach(channel.map(MapMode.READ_WRITE, 0, length), name);
  }

  /**
   * Attaches to a scoreboard that is already mapped, whole and writable.
   *
   * @param name for messages
   * @throws ScoreboardFormatException if it is no ready scoreboard of this layout
   */
  public static MappedScoreboard attach(MappedByteBuffer mapped, String name)
      throws ScoreboardFormatException {
    int length = mapped.capacity();
    require(
        length >= ScoreboardLayout.fileLength(1) && length % SLOT_SIZE == 0,
        name,
        "length",
        length);
    require(mapped.alignmentOffset(0, Long.BYTES) == 0, name, "alignment", 0);
    int slots = (length - HEADER_SIZE) / SLOT_SIZE;
    ScoreboardMemory memory = new ScoreboardMemory(mapped.duplicate().clear(), slots);
    int version = memory.getIntAcquire(VERSION_OFFSET);
    require(version == VERSION, name, "layout version", version);
    require(memory.getLong(MAGIC_OFFSET) == MAGIC, name, "magic", memory.getLong(MAGIC_OFFSET));
    requireInt(memory, HEADER_SIZE_OFFSET, HEADER_SIZE, name, "header size");
    requireInt(memory, SLOT_SIZE_OFFSET, SLOT_SIZE, name, "slot size");
    requireInt(memory, SLOT_COUNT_OFFSET, slots, name, "slot count");
    require(
        memory.getLong(LENGTH_OFFSET) == length,
        name,
        "recorded length",
        memory.getLong(LENGTH_OFFSET));
    ScoreboardIdentity identity =
        new ScoreboardIdentity(
            ScoreboardMemory.text(memory.getBytes(POOL_OFFSET, POOL_SIZE), 0, POOL_SIZE),
            memory.getInt(GENERATION_OFFSET),
            memory.getLong(CREATED_NANOS_OFFSET),
            memory.getLong(CREATED_EPOCH_MS_OFFSET));
    return new MappedScoreboard(memory, identity, Optional.empty());
  }

  private static void requireInt(
      ScoreboardMemory memory, int offset, int expected, String name, String field)
      throws ScoreboardFormatException {
    int found = memory.getInt(offset);
    if (found != expected) {
      throw new ScoreboardFormatException(
          "scoreboard " + name + ": " + field + " is " + found + ", expected " + expected);
    }
  }

  private static void require(boolean valid, String name, String field, long found)
      throws ScoreboardFormatException {
    if (!valid) {
      throw new ScoreboardFormatException(
          "scoreboard " + name + ": " + field + " " + found + " is not of layout " + VERSION);
    }
  }

  /** Number of slots, as fixed at creation. */
  public int slots() {
    return memory.slots();
  }

  /**
   * Takes the space of a slot that had no worker yet, by taking back an order to retire. Where the
   * file is known it is written to: a store into a hole of a full file system raises a signal, of
   * which compiled Java code is told some calls later, where nobody expects it.
   *
   * @throws IOException if the file system is full
   * @throws InternalError likewise, at once or later, where the file is not known
   * @throws IndexOutOfBoundsException if there is no such slot
   */
  public void takeSpace(int slot) throws IOException {
    if (file.isPresent()) {
      try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.WRITE)) {
        channel.write(
            ByteBuffer.allocate(Integer.BYTES), memory.slotOffset(slot) + (long) RETIRE_OFFSET);
      } catch (FileSystemException notOpened) {
        // Deleted, or no descriptor is free: the mapping serves as well if there is space.
      }
    }
    masterWriter().retire(slot, 0);
  }

  /** What the header said at creation or at attaching; a worker may have forged it before that. */
  public ScoreboardIdentity identity() {
    return identity;
  }

  /** What the master reads. */
  public ScoreboardReader reader() {
    return new ScoreboardReader(memory);
  }

  /** What the master writes. */
  public MasterWriter masterWriter() {
    return new MasterWriter(memory);
  }

  /** What a worker writes, for tests that play one. */
  public ScoreboardWriter workerWriter(int slot) {
    return new ScoreboardWriter(memory, slot);
  }
}
