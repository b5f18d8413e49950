package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.ACCEPTED_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.ACCESS_DROPPED_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.CONNECTIONS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.CONTENT_LENGTH_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_BUCKETS;
import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_COUNTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.FLAGS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.FLAG_KEPT_ALIVE_IDLE;
import static org.fpm4j.scoreboard.ScoreboardLayout.FLAG_RETIRING;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_CPU_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_DURATION_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_FINISH_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_MEMORY_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.METHOD_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.METHOD_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.PID_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.QUERY_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.QUERY_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.REQUESTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.REQUEST_START_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SCRIPT_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SCRIPT_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.STAGE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.STAGE_SINCE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.START_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TEXT_END;
import static org.fpm4j.scoreboard.ScoreboardLayout.TEXT_SEQUENCE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_ACCEPTED_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_DURATION_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_REQUESTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.URI_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.URI_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.USER_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.USER_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.ZYGOTE_PID_OFFSET;

import java.lang.invoke.VarHandle;
import java.util.function.IntUnaryOperator;

/**
 * Reads a scoreboard: no system calls, no locks, and no allocation but where a method returns an
 * object. Any thread. Methods that take a slot throw {@link IndexOutOfBoundsException} if there is
 * no such slot; nothing stored in the file makes a method throw, loop or allocate.
 */
public final class ScoreboardReader {
  /**
   * A worker's text is 944 bytes and written once per request: a second try nearly always succeeds.
   */
  private static final int TEXT_TRIES = 8;

  private final ScoreboardMemory memory;

  ScoreboardReader(ScoreboardMemory memory) {
    this.memory = memory;
  }

  /** Number of slots, as fixed at creation. */
  public int slots() {
    return memory.slots();
  }

  /** What the worker of the slot does. */
  public Stage stage(int slot) {
    return Stage.of(memory.getIntAcquire(memory.slotOffset(slot) + STAGE_OFFSET));
  }

  /** The pid the worker of the slot stored, not to be trusted; 0 none. */
  public int pid(int slot) {
    return memory.getIntAcquire(memory.slotOffset(slot) + PID_OFFSET);
  }

  /** The pid the zygote stored, not to be trusted; 0 none yet. */
  public int zygotePid() {
    return memory.getIntAcquire(ZYGOTE_PID_OFFSET);
  }

  /** When the stage began, {@link System#nanoTime()}. */
  public long stageSinceNanos(int slot) {
    return slotLong(slot, STAGE_SINCE_OFFSET);
  }

  /** When the worker started, {@link System#nanoTime()}; 0 never. */
  public long startNanos(int slot) {
    return slotLong(slot, START_OFFSET);
  }

  /** When the request at hand, or else the last one, began, {@link System#nanoTime()}; 0 never. */
  public long requestStartNanos(int slot) {
    return slotLong(slot, REQUEST_START_OFFSET);
  }

  /** When the last request ended, {@link System#nanoTime()}; 0 never. */
  public long lastFinishNanos(int slot) {
    return slotLong(slot, LAST_FINISH_OFFSET);
  }

  /**
   * Requests begun by the worker; differs from one look to the next if a new request began between.
   */
  public long accepted(int slot) {
    return natural(slotLong(slot, ACCEPTED_OFFSET));
  }

  /** Requests finished by the worker. */
  public long requests(int slot) {
    return natural(slotLong(slot, REQUESTS_OFFSET));
  }

  /** Peak memory in bytes of the last request the worker finished; 0 none. */
  public long lastMemoryBytes(int slot) {
    return natural(slotLong(slot, LAST_MEMORY_OFFSET));
  }

  /** Whether the worker waits for the next request on a kept-alive connection. */
  public boolean keptAliveIdle(int slot) {
    return (memory.getInt(memory.slotOffset(slot) + FLAGS_OFFSET) & FLAG_KEPT_ALIVE_IDLE) != 0;
  }

  /**
   * Requests begun by all workers there ever were; php-fpm's accepted conn. A counter.
   *
   * @param used slots to look at, from the first: reading a slot that was never used would make the
   *     sparse file take its memory
   */
  public long totalAccepted(int used) {
    return sum(TOTAL_ACCEPTED_OFFSET, used);
  }

  /** Requests finished by all workers there ever were, as {@link #totalAccepted}. A counter. */
  public long totalRequests(int used) {
    return sum(TOTAL_REQUESTS_OFFSET, used);
  }

  /** Connections accepted by all workers there ever were, as {@link #totalAccepted}. A counter. */
  public long totalConnections(int used) {
    return sum(CONNECTIONS_OFFSET, used);
  }

  /** Microseconds all finished requests took together, as {@link #totalAccepted}. A counter. */
  public long totalDurationMicros(int used) {
    return sum(TOTAL_DURATION_OFFSET, used);
  }

  /** Access records lost by all workers there ever were, as {@link #totalAccepted}. A counter. */
  public long totalAccessDropped(int used) {
    return sum(ACCESS_DROPPED_OFFSET, used);
  }

  /**
   * Counts the workers the master knows. A worker is idle only if its slot bears the pid the master
   * knows and is in stage accepting; so a forged or outdated slot never makes an idle worker.
   *
   * @param pidOfSlot the master's own table: pid of the live worker in a slot, 0 none
   */
  public WorkerCounts counts(IntUnaryOperator pidOfSlot) {
    int idle = 0;
    int active = 0;
    int keptAliveIdle = 0;
    for (int slot = 0; slot < memory.slots(); slot++) {
      int pid = pidOfSlot.applyAsInt(slot);
      if (pid == 0) {
        continue;
      }
      boolean own = pid(slot) == pid;
      if (own && stage(slot) == Stage.ACCEPTING) {
        idle++;
      } else {
        active++;
        if (own && keptAliveIdle(slot)) {
          keptAliveIdle++;
        }
      }
    }
    return new WorkerCounts(idle, active, keptAliveIdle);
  }

  /** Durations of the requests finished by all workers there ever were. */
  public DurationHistogram durations() {
    return DurationHistogram.ofStored(memory.getLongs(DURATION_COUNTS_OFFSET, DURATION_BUCKETS));
  }

  /**
   * Everything in the slot. The text is read anew, at most {@value #TEXT_TRIES} times, while the
   * worker writes it.
   */
  public SlotSnapshot snapshot(int slot) {
    int base = memory.slotOffset(slot);
    Stage stage = stage(slot);
    int flags = memory.getInt(base + FLAGS_OFFSET);
    byte[] text = null;
    boolean consistent = false;
    for (int tries = 0; tries < TEXT_TRIES && !consistent; tries++) {
      int before = memory.getIntAcquire(base + TEXT_SEQUENCE_OFFSET);
      text = memory.getBytes(base + METHOD_OFFSET, TEXT_END - METHOD_OFFSET);
      VarHandle.acquireFence();
      consistent = (before & 1) == 0 && memory.getInt(base + TEXT_SEQUENCE_OFFSET) == before;
    }
    return new SlotSnapshot(
        slot,
        pid(slot),
        stage,
        stageSinceNanos(slot),
        startNanos(slot),
        accepted(slot),
        requests(slot),
        requestStartNanos(slot),
        natural(slotLong(slot, LAST_DURATION_OFFSET)),
        natural(slotLong(slot, CONTENT_LENGTH_OFFSET)),
        natural(slotLong(slot, LAST_CPU_OFFSET)),
        lastMemoryBytes(slot),
        natural(slotLong(slot, CONNECTIONS_OFFSET)),
        lastFinishNanos(slot),
        (flags & FLAG_KEPT_ALIVE_IDLE) != 0,
        (flags & FLAG_RETIRING) != 0,
        requestText(text),
        consistent);
  }

  private static RequestText requestText(byte[] text) {
    return new RequestText(
        ScoreboardMemory.text(text, 0, METHOD_SIZE),
        ScoreboardMemory.text(text, URI_OFFSET - METHOD_OFFSET, URI_SIZE),
        ScoreboardMemory.text(text, QUERY_OFFSET - METHOD_OFFSET, QUERY_SIZE),
        ScoreboardMemory.text(text, SCRIPT_OFFSET - METHOD_OFFSET, SCRIPT_SIZE),
        ScoreboardMemory.text(text, USER_OFFSET - METHOD_OFFSET, USER_SIZE));
  }

  private long sum(int field, int used) {
    long sum = 0;
    for (int slot = 0; slot < Math.min(used, memory.slots()); slot++) {
      sum += natural(slotLong(slot, field));
    }
    return natural(sum);
  }

  private long slotLong(int slot, int field) {
    return memory.getLong(memory.slotOffset(slot) + field);
  }

  private static long natural(long stored) {
    return Math.max(0, stored);
  }
}
