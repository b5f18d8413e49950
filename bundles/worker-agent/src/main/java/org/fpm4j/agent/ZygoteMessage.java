package org.fpm4j.agent;

/** A message from a zygote to the master. Process ids are those the zygote sees. */
public sealed interface ZygoteMessage {

  /**
   * First message on every control connection, followed by one {@link Worker} per living worker.
   *
   * @param version {@link AgentEnvironment#VERSION} of the agent
   * @param zygotePid process id of the zygote
   * @param generation number of the generation
   * @param slots capacity of the scoreboard in slots
   * @param workers how many living workers follow
   * @param ready whether the program has reached its first {@code accept}
   * @param pool name of the pool, at most 63 bytes
   * @param spawned workers forked since the zygote started
   * @param exited workers reaped since the zygote started
   */
  record Hello(
      int version,
      int zygotePid,
      int generation,
      int slots,
      int workers,
      boolean ready,
      String pool,
      long spawned,
      long exited)
      implements ZygoteMessage {}

  /** The program has reached its first {@code accept}: workers can be forked now. */
  record Ready() implements ZygoteMessage {}

  /**
   * A worker lives. With caught output the packet carries the read ends of its standard output and
   * error, in this order.
   *
   * @param slot index of its slot
   * @param pid process id
   * @param startNs when it was forked, {@code CLOCK_MONOTONIC}
   * @param adopted whether this answers a connection rather than tells of a new fork
   * @param respawned whether the zygote forked it on its own while no master was connected
   * @param serial number of the fork, counted from 1 within the zygote
   */
  record Worker(int slot, int pid, long startNs, boolean adopted, boolean respawned, long serial)
      implements ZygoteMessage {}

  /**
   * A worker has been reaped.
   *
   * @param slot index of its slot
   * @param pid process id
   * @param waitStatus as from {@code waitpid}
   * @param startNs when it was forked, {@code CLOCK_MONOTONIC}
   * @param userTimeUs CPU time in user mode, of the worker and the children it reaped
   * @param systemTimeUs CPU time in system mode, likewise
   * @param maxRssKb peak resident set
   * @param serial number of the fork
   */
  record Exited(
      int slot,
      int pid,
      int waitStatus,
      long startNs,
      long userTimeUs,
      long systemTimeUs,
      long maxRssKb,
      long serial)
      implements ZygoteMessage {}

  /**
   * An order to fork was not carried out.
   *
   * @param slot the slot of the order
   * @param errno reason: that of {@code fork}, {@code EBUSY} for a slot whose worker lives, {@code
   *     EINVAL} for a slot beyond the scoreboard, {@code ESHUTDOWN} after {@link
   *     MasterMessage.Stop}, {@code EAGAIN} before {@link Ready}
   */
  record ForkFailed(int slot, int errno) implements ZygoteMessage {}

  /**
   * Answer to {@link MasterMessage.Handover}; the packet carries the listening socket, the
   * scoreboard file, the kick eventfd, the pipe of access records and the channel of handed over
   * connections, at the places named here; an agent of another age may send fewer or more.
   *
   * @param count how many descriptors were sent
   */
  record Descriptors(int count) implements ZygoteMessage {
    public static final int LISTENING_SOCKET = 0;
    public static final int SCOREBOARD = 1;
    public static final int KICK = 2;
    public static final int ACCESS_RECORDS = 3;
    public static final int HANDED_OVER = 4;
  }

  /**
   * Set-up failed; the zygote exits with {@link AgentEnvironment#EXIT_SETUP_FAILED}.
   *
   * @param errno reason, 0 when no system call failed
   * @param step the step that failed, for people, at most 63 bytes
   */
  record Failed(int errno, String step) implements ZygoteMessage {}

  /** The zygote carried out {@link MasterMessage.Stop} and exits with status 0. */
  record Stopped() implements ZygoteMessage {}
}
