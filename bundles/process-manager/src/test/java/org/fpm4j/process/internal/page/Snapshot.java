package org.fpm4j.process.internal.page;

import java.util.List;
import org.fpm4j.process.ExitCounts;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.PoolState;
import org.fpm4j.process.RequestDurations;
import org.fpm4j.process.WorkerSnapshot;

/** A pool as the tests of the pages want it: two workers, one idle, one busy. */
final class Snapshot {

  static final long START_MS = 1_795_329_125_250L;
  static final long NOW_MS = START_MS + 3_000;

  private static final ExitCounts EXITS = new ExitCounts(0, 0, 0, 0, 0, 0);

  private Snapshot() {}

  static PoolSnapshot pool(WorkerSnapshot... workers) {
    return new PoolSnapshot(
        "www",
        PoolState.RUNNING,
        "static",
        "/www.sock",
        4,
        99,
        START_MS,
        1,
        1,
        2,
        0,
        2,
        2,
        5,
        6,
        7,
        8,
        9,
        10,
        new RequestDurations(11, 12, 13),
        14,
        15,
        16,
        17,
        18,
        EXITS,
        0,
        0,
        "",
        List.of(workers));
  }

  static WorkerSnapshot fresh(int pid) {
    return worker(pid, true, "", "", "");
  }

  static WorkerSnapshot worker(int pid, boolean idle, String uri, String query, String script) {
    return new WorkerSnapshot(
        0,
        pid,
        4,
        idle ? "Idle" : "Running",
        idle,
        false,
        START_MS,
        0,
        uri.isEmpty() ? 0 : 3,
        uri.isEmpty() ? 0 : 2_000,
        uri.isEmpty() ? "" : "GET",
        uri,
        query,
        script,
        "",
        0,
        uri.isEmpty() ? 0 : 1_500,
        uri.isEmpty() ? 0 : 2_097_152);
  }
}
