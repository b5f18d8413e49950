package org.fpm4j.process.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fpm4j.agent.ZygoteMessage;
import org.fpm4j.posix.Signal;
import org.fpm4j.scoreboard.MappedScoreboard;
import org.fpm4j.scoreboard.RequestText;
import org.fpm4j.scoreboard.ScoreboardWriter;
import org.fpm4j.scoreboard.Stage;

/**
 * A zygote whose forks are entries in a table: orders are kept, the test says when they are carried
 * out and what workers do.
 */
final class FakeZygote implements Zygote {

  private static int nextPid = 1000;

  final int pid = nextPid++;
  final MappedScoreboard board;
  final ZygoteEvents events;
  final Map<Integer, Integer> pidBySlot = new LinkedHashMap<>();
  final List<Integer> orderedSlots = new ArrayList<>();
  final List<String> signals = new ArrayList<>();
  boolean stopOrdered;
  boolean killed;
  boolean cleanedUp;
  int kicks;
  int handovers;

  FakeZygote(MappedScoreboard board, ZygoteEvents events) {
    this.board = board;
    this.events = events;
  }

  /** Forks all workers ordered, which come to their accept at {@code nowNanos}. */
  void forkAll(long nowNanos) {
    List<Integer> slots = List.copyOf(orderedSlots);
    orderedSlots.clear();
    for (int slot : slots) {
      int worker = nextPid++;
      pidBySlot.put(slot, worker);
      ScoreboardWriter writer = board.workerWriter(slot);
      writer.start(worker, nowNanos);
      writer.enter(Stage.ACCEPTING, nowNanos);
      events.onWorker(new ZygoteMessage.Worker(slot, worker, nowNanos, false, false, worker));
    }
  }

  /** Makes a worker busy. */
  void accept(int slot, long nowNanos) {
    board.workerWriter(slot).enter(Stage.EXECUTING, nowNanos);
  }

  /** Lets a worker begin the request {@code GET /slow.php?a=1}. */
  void execute(int slot, long nowNanos) {
    ScoreboardWriter writer = board.workerWriter(slot);
    writer.beginRequest(nowNanos);
    writer.execute(new RequestText("GET", "/slow.php", "a=1", "/srv/slow.php", ""), nowNanos);
  }

  void exit(int slot, int waitStatus, long startNanos) {
    int worker = pidBySlot.remove(slot);
    events.onExited(
        new ZygoteMessage.Exited(slot, worker, waitStatus, startNanos, 0, 0, 0, worker));
  }

  /** Lets idle workers that are told to retire do so, and the zygote go if it was told to. */
  void settle() {
    for (int slot : List.copyOf(pidBySlot.keySet())) {
      if (board.workerWriter(slot).retirePid() == pidBySlot.get(slot)
          && board.reader().stage(slot) == Stage.ACCEPTING) {
        exit(slot, 0, 0);
      }
    }
    if (stopOrdered && pidBySlot.isEmpty()) {
      stopOrdered = false;
      events.onGone("with code 0");
    }
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public void spawn(int slot, boolean catchOutput) {
    orderedSlots.add(slot);
  }

  @Override
  public void signal(int workerPid, Signal signal) {
    signals.add(signal + " " + workerPid);
  }

  @Override
  public void disown(int workerPid) {}

  @Override
  public void kick() {
    kicks++;
  }

  @Override
  public void handOver() {
    handovers++;
  }

  @Override
  public void stop() {
    stopOrdered = true;
  }

  @Override
  public void kill() {
    killed = true;
  }

  @Override
  public void cleanUp() {
    cleanedUp = true;
  }
}
