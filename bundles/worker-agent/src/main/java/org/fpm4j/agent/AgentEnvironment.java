package org.fpm4j.agent;

/**
 * The environment and the descriptors a zygote is started with.
 *
 * <p>The agent reads the variables before the program's {@code main} and removes them, so neither
 * the program nor what it executes sees them. An absent variable leaves the property as it is.
 */
public final class AgentEnvironment {

  /** Version of the control protocol and of the scoreboard layout the agent speaks. */
  public static final int VERSION = 1;

  /** {@link #VERSION} in decimal. Without it the agent passes every call through. */
  public static final String AGENT = "FPM4J_AGENT";

  /** Name of the pool, at most 63 bytes. */
  public static final String POOL = "FPM4J_POOL";

  /** Number of the generation, decimal. */
  public static final String GENERATION = "FPM4J_GENERATION";

  /** User id to change to, decimal. Set-up as a whole needs root when this differs. */
  public static final String UID = "FPM4J_UID";

  /** Group id to change to, decimal. */
  public static final String GID = "FPM4J_GID";

  /** Supplementary group ids, decimal, separated by commas; empty for none. */
  public static final String GROUPS = "FPM4J_GROUPS";

  /** Absolute path each worker calls {@code chroot} with. Ids are then dropped in the worker. */
  public static final String CHROOT = "FPM4J_CHROOT";

  /** Absolute path of the working directory; seen from inside the new root if there is one. */
  public static final String CHDIR = "FPM4J_CHDIR";

  /** Soft and hard {@code RLIMIT_NOFILE} of a worker: a number or {@code unlimited}. */
  public static final String RLIMIT_FILES = "FPM4J_RLIMIT_FILES";

  /** Soft and hard {@code RLIMIT_CORE} of a worker in bytes: a number or {@code unlimited}. */
  public static final String RLIMIT_CORE = "FPM4J_RLIMIT_CORE";

  /** Scheduling priority, -20 to 19. */
  public static final String NICE = "FPM4J_NICE";

  /** File mode creation mask, octal. */
  public static final String UMASK = "FPM4J_UMASK";

  /** Value for {@code /proc/self/oom_score_adj}, -1000 to 1000. */
  public static final String OOM_SCORE_ADJ = "FPM4J_OOM_SCORE_ADJ";

  /** 1 to let the process be traced and dump core after the change of user, 0 not to. */
  public static final String DUMPABLE = "FPM4J_DUMPABLE";

  /** Process title of the zygote. */
  public static final String ZYGOTE_TITLE = "FPM4J_ZYGOTE_TITLE";

  /** Process title of the workers. */
  public static final String WORKER_TITLE = "FPM4J_WORKER_TITLE";

  /** AppArmor hat each worker changes to, at most 255 bytes. */
  public static final String APPARMOR_HAT = "FPM4J_APPARMOR_HAT";

  /** Names of the ini entries set by {@code php_value}, a line each: those unknown are reported. */
  public static final String PHP_VALUES = "FPM4J_PHP_VALUES";

  /**
   * Names of the ini entries set by {@code php_admin_value}, a line each: no script changes them.
   */
  public static final String PHP_ADMIN = "FPM4J_PHP_ADMIN";

  /** Functions to disable besides those php.ini disables, separated by commas or blanks. */
  public static final String PHP_DISABLE_FUNCTIONS = "FPM4J_PHP_DISABLE_FUNCTIONS";

  /** Classes to disable besides those php.ini disables, separated by commas or blanks. */
  public static final String PHP_DISABLE_CLASSES = "FPM4J_PHP_DISABLE_CLASSES";

  /** Suffixes a PHP script must have to run, separated by blanks; absent: any. */
  public static final String PHP_EXTENSIONS = "FPM4J_PHP_EXTENSIONS";

  /** What {@link #LD_PRELOAD} shall be once the agent is loaded; absent: unset. */
  public static final String SPARE_PRELOAD = "FPM4J_SPARE_PRELOAD";

  /** The dynamic loader's variable that carries the path of the agent. */
  public static final String LD_PRELOAD = "LD_PRELOAD";

  /** Descriptor of the pool's listening socket, non-blocking. */
  public static final int LISTENING_FD = 0;

  /** Descriptor of the listening control socket ({@code AF_UNIX}, {@code SOCK_SEQPACKET}). */
  public static final int CONTROL_FD = 3;

  /** Descriptor of the generation's scoreboard file, opened for reading and writing. */
  public static final int SCOREBOARD_FD = 4;

  /** Descriptor of the eventfd that wakes idle workers, non-blocking. */
  public static final int KICK_FD = 5;

  /** The lowest descriptor a zygote must not inherit. */
  public static final int FIRST_CLOSED_FD = 6;

  /** Exit status of a zygote or worker whose set-up failed. */
  public static final int EXIT_SETUP_FAILED = 70;

  private AgentEnvironment() {}
}
