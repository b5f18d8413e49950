package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A pool's counters in a file of the run directory, so that they outlive the master. Mapped into
 * memory: keeping them costs no system call. Only the master can write it.
 *
 * <pre>
 *   0 magic "FPM4JLG1"   1 spawned             2 exited            3 exited by signal  4 recycled
 *   5 max children       6 slow requests       7 max active        8 max listen queue
 *     reached            9 requests begun in generations that are gone   10 pool's start, epoch ms
 *  11 saturated, ms     12 drained: 1         13 ... 18 exits by reason, see ExitReason
 * </pre>
 *
 * All are 64-bit, in host byte order. Event loop only.
 */
final class PoolLedger {

  static final String SUFFIX = ".ledger";

  private static final long MAGIC = 0x31474C4A344D5046L;
  private static final int ENTRIES = 19;
  private static final int EXITS = 13;

  private final Path file;
  private final LongBuffer entries;

  private PoolLedger(Path file, LongBuffer entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * Opens a pool's ledger, makes it if it is missing or no ledger.
   *
   * @throws IOException if it cannot be written
   */
  static PoolLedger open(Path file) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel channel =
        FileChannel.open(
            file,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      long bytes = (long) ENTRIES * Long.BYTES;
      if (channel.size() < bytes) {
        // Takes the space now: a store into a hole would fail later, by a signal.
        channel.write(ByteBuffer.allocate((int) bytes));
      }
      LongBuffer entries =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, bytes)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
      if (entries.get(0) != MAGIC) {
        for (int i = 1; i < ENTRIES; i++) {
          entries.put(i, 0);
        }
        entries.put(0, MAGIC);
      }
      return new PoolLedger(file, entries);
    }
  }

  /** Notes the counters as they are. */
  void store(PoolCounters counters, long startEpochMs, long nowNanos) {
    entries.put(1, counters.spawned);
    entries.put(2, counters.exited);
    entries.put(3, counters.exitedBySignal);
    entries.put(4, counters.recycled);
    entries.put(5, counters.maxChildrenReached);
    entries.put(6, counters.slowRequests);
    entries.put(7, counters.maxActive);
    entries.put(8, counters.maxListenQueue.get());
    entries.put(9, counters.acceptedInGoneGenerations);
    entries.put(10, startEpochMs);
    entries.put(11, counters.saturation.totalMs(nowNanos));
    for (int reason = 0; reason < counters.exits.length(); reason++) {
      entries.put(EXITS + reason, counters.exits.get(reason));
    }
  }

  /** Goes on from what a former master noted; returns the pool's start, 0 if nothing is known. */
  long restore(PoolCounters counters) {
    counters.spawned = entries.get(1);
    counters.exited = entries.get(2);
    counters.exitedBySignal = entries.get(3);
    counters.recycled = entries.get(4);
    counters.maxChildrenReached = entries.get(5);
    counters.slowRequests = entries.get(6);
    counters.maxActive = (int) entries.get(7);
    counters.maxListenQueue.set((int) entries.get(8));
    counters.acceptedInGoneGenerations = entries.get(9);
    counters.saturation.restore(entries.get(11));
    for (int reason = 0; reason < counters.exits.length(); reason++) {
      counters.exits.set(reason, entries.get(EXITS + reason));
    }
    return entries.get(10);
  }

  /** Notes whether the pool is drained, for a later master. */
  void storeDrained(boolean drained) {
    entries.put(12, drained ? 1 : 0);
  }

  boolean isDrained() {
    return entries.get(12) == 1;
  }

  /** Deletes the file: the pool has come to its end. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
