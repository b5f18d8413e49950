package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.ACCEPTED_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.CONNECTIONS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.DURATION_COUNTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.FLAGS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.FLAG_KEPT_ALIVE_IDLE;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_DURATION_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.LAST_FINISH_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.METHOD_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.METHOD_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.PID_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.QUERY_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.QUERY_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.REQUESTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.REQUEST_START_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.RETIRE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SCRIPT_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SCRIPT_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.STAGE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.STAGE_SINCE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.START_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TEXT_SEQUENCE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_ACCEPTED_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_DURATION_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.TOTAL_REQUESTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.URI_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.URI_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.USER_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.USER_SIZE;

import java.lang.invoke.VarHandle;

/**
 * Plays the worker of one slot in tests: writes in the order the worker agent does. Times are
 * nanoseconds as {@link System#nanoTime()} gives them. One thread at a time.
 */
public final class ScoreboardWriter {
  private final ScoreboardMemory memory;
  private final int base;

  ScoreboardWriter(ScoreboardMemory memory, int slot) {
    this.memory = memory;
    this.base = memory.slotOffset(slot);
  }

  /** A worker of this pid starts in the slot; it has not reached accept() yet. */
  public void start(int pid, long nowNanos) {
    memory.setLong(base + START_OFFSET, nowNanos);
    memory.setLong(base + ACCEPTED_OFFSET, 0);
    memory.setLong(base + REQUESTS_OFFSET, 0);
    memory.setInt(base + FLAGS_OFFSET, 0);
    memory.setLong(base + STAGE_SINCE_OFFSET, nowNanos);
    memory.setIntRelease(base + STAGE_OFFSET, Stage.FREE.number());
    memory.setIntRelease(base + PID_OFFSET, pid);
  }

  /** The worker enters a stage. */
  public void enter(Stage stage, long nowNanos) {
    memory.setLong(base + STAGE_SINCE_OFFSET, nowNanos);
    memory.setIntRelease(base + STAGE_OFFSET, stage.number());
  }

  /** The worker has accepted a connection. */
  public void countConnection() {
    increment(CONNECTIONS_OFFSET);
  }

  /** The worker begins to read a request. */
  public void beginRequest(long nowNanos) {
    increment(ACCEPTED_OFFSET);
    increment(TOTAL_ACCEPTED_OFFSET);
    memory.setInt(base + FLAGS_OFFSET, 0);
    memory.setLong(base + REQUEST_START_OFFSET, nowNanos);
    enter(Stage.READING_HEADERS, nowNanos);
  }

  /** The worker has read PARAMS and runs the script. */
  public void execute(RequestText text, long nowNanos) {
    beginText();
    memory.setText(base + METHOD_OFFSET, METHOD_SIZE, text.method());
    memory.setText(base + URI_OFFSET, URI_SIZE, text.uri());
    memory.setText(base + QUERY_OFFSET, QUERY_SIZE, text.query());
    memory.setText(base + SCRIPT_OFFSET, SCRIPT_SIZE, text.script());
    memory.setText(base + USER_OFFSET, USER_SIZE, text.user());
    endText();
    enter(Stage.EXECUTING, nowNanos);
  }

  /** The sequence turns odd: whoever reads the text now cannot rely on it. */
  void beginText() {
    memory.setInt(base + TEXT_SEQUENCE_OFFSET, memory.getInt(base + TEXT_SEQUENCE_OFFSET) + 1);
    VarHandle.releaseFence();
  }

  void endText() {
    memory.setIntRelease(
        base + TEXT_SEQUENCE_OFFSET, memory.getInt(base + TEXT_SEQUENCE_OFFSET) + 1);
  }

  /** The request is over: counted, and its duration put into the histogram. */
  public void finishRequest(long nowNanos) {
    long duration = nowNanos - memory.getLong(base + REQUEST_START_OFFSET);
    memory.setLong(base + LAST_DURATION_OFFSET, duration);
    memory.setLong(base + LAST_FINISH_OFFSET, nowNanos);
    increment(REQUESTS_OFFSET);
    increment(TOTAL_REQUESTS_OFFSET);
    int total = base + TOTAL_DURATION_OFFSET;
    memory.setLong(total, memory.getLong(total) + duration / 1000);
    int bucket = DurationHistogram.bucket(duration / 1000);
    memory.addLong(DURATION_COUNTS_OFFSET + bucket * Long.BYTES, 1);
    enter(Stage.FINISHED, nowNanos);
  }

  /** The worker waits for the next request on the connection it has. */
  public void keepAlive(long nowNanos) {
    memory.setInt(base + FLAGS_OFFSET, FLAG_KEPT_ALIVE_IDLE);
    enter(Stage.READING_HEADERS, nowNanos);
  }

  /** The pid told to retire in this slot; 0 none. */
  public int retirePid() {
    return memory.getIntAcquire(base + RETIRE_OFFSET);
  }

  private void increment(int field) {
    memory.setLong(base + field, memory.getLong(base + field) + 1);
  }
}
