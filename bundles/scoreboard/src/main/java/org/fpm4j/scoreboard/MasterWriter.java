package org.fpm4j.scoreboard;

import static org.fpm4j.scoreboard.ScoreboardLayout.ACCESS_LOG_CPU;
import static org.fpm4j.scoreboard.ScoreboardLayout.ACCESS_LOG_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.ACCESS_LOG_ON;
import static org.fpm4j.scoreboard.ScoreboardLayout.ACCESS_NAMES_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.ALLOWED_CLIENTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.ALLOWED_CLIENT_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.ALLOWED_COUNT_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.ANYONE;
import static org.fpm4j.scoreboard.ScoreboardLayout.KEEP_IDLE_MS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAX_REQUESTS_JITTER_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAX_REQUESTS_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.MAX_WORKER_MEMORY_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.PAGE_PATH_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.PING_PATH_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.PING_RESPONSE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.PING_RESPONSE_SIZE;
import static org.fpm4j.scoreboard.ScoreboardLayout.RETIRE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.SETTINGS_SEQUENCE_OFFSET;
import static org.fpm4j.scoreboard.ScoreboardLayout.STATUS_PATH_OFFSET;

import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The fields of the scoreboard that the master writes after creation. One thread at a time, the
 * event loop's.
 */
public final class MasterWriter {
  private final ScoreboardMemory memory;

  MasterWriter(ScoreboardMemory memory) {
    this.memory = memory;
  }

  /**
   * Replaces the settings; each worker follows them from its next look, which sees all or nothing
   * of them.
   */
  public void publish(ScoreboardSettings settings) {
    final int odd = begin();
    memory.setInt(MAX_REQUESTS_OFFSET, settings.maxRequests());
    memory.setInt(MAX_REQUESTS_JITTER_OFFSET, settings.maxRequestsJitter());
    memory.setLong(MAX_WORKER_MEMORY_OFFSET, settings.maxWorkerMemory());
    memory.setInt(KEEP_IDLE_MS_OFFSET, (int) settings.keepIdle().toMillis());
    memory.setInt(ALLOWED_COUNT_OFFSET, settings.allowedClients().map(List::size).orElse(ANYONE));
    int offset = ALLOWED_CLIENTS_OFFSET;
    for (InetAddress client : settings.allowedClients().orElse(List.of())) {
      memory.setBytes(offset, ScoreboardSettings.mapped(client));
      offset += ALLOWED_CLIENT_SIZE;
    }
    memory.setIntRelease(SETTINGS_SEQUENCE_OFFSET, odd + 1);
  }

  /**
   * Says what workers are to tell of each finished request, from the next one on.
   *
   * @param wishes empty if the pool has no access log
   */
  public void publishAccessLog(Optional<AccessLogWishes> wishes) {
    final int odd = begin();
    int flags = wishes.map(w -> w.cpu() ? ACCESS_LOG_ON | ACCESS_LOG_CPU : ACCESS_LOG_ON).orElse(0);
    memory.setInt(ACCESS_LOG_OFFSET, flags);
    memory.setBytes(
        ACCESS_NAMES_OFFSET, wishes.map(AccessLogWishes::names).orElseGet(() -> new byte[1]));
    memory.setIntRelease(SETTINGS_SEQUENCE_OFFSET, odd + 1);
  }

  /**
   * Says which requests workers do not pass to the program. A text that does not fit counts as
   * empty.
   *
   * @param statusPath requests for it are handed over to the master; empty for none
   * @param pingPath requests for it are answered; empty for none
   * @param pingResponse the answer; empty to hand those requests over too
   */
  public void publishPages(String statusPath, String pingPath, String pingResponse) {
    final int odd = begin();
    memory.setText(STATUS_PATH_OFFSET, PAGE_PATH_SIZE, fitting(statusPath, PAGE_PATH_SIZE));
    memory.setText(PING_PATH_OFFSET, PAGE_PATH_SIZE, fitting(pingPath, PAGE_PATH_SIZE));
    memory.setText(
        PING_RESPONSE_OFFSET, PING_RESPONSE_SIZE, fitting(pingResponse, PING_RESPONSE_SIZE));
    memory.setIntRelease(SETTINGS_SEQUENCE_OFFSET, odd + 1);
  }

  /** A text cut short would be another path, or another answer. */
  private static String fitting(String text, int size) {
    return text.getBytes(StandardCharsets.UTF_8).length < size && text.indexOf('\0') < 0
        ? text
        : "";
  }

  /** Makes the sequence odd and returns it. */
  private int begin() {
    // A master killed in here leaves an odd sequence; the next one goes on from any value.
    int odd = (memory.getInt(SETTINGS_SEQUENCE_OFFSET) + 1) | 1;
    memory.setInt(SETTINGS_SEQUENCE_OFFSET, odd);
    VarHandle.releaseFence();
    return odd;
  }

  /**
   * Tells the worker with this pid to retire; it sees it before its next request, an idle one once
   * the kick descriptor is written. Another worker in the slot is not concerned.
   *
   * @param pid the worker's, by the master's own table; 0 takes an order back
   * @throws IndexOutOfBoundsException if there is no such slot
   */
  public void retire(int slot, int pid) {
    memory.setIntRelease(memory.slotOffset(slot) + RETIRE_OFFSET, pid);
  }
}
