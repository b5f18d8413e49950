package org.fpm4j.scoreboard;

/**
 * Layout version 1 of the scoreboard file, the one place in Java that knows it. The worker agent's
 * header holds the same numbers, and a test compares both.
 *
 * <p>Host byte order (little endian on every platform the agent is built for). Longs are 8-byte
 * aligned. Each field has one writer, named here: M master, Z zygote, W worker of the slot.
 *
 * <pre>
 *  header, 4096 bytes
 *     0  u8[8] magic "FPM4JSB1"            M
 *     8  u32  layout version               M  stored last, release: the file is ready
 *    12  u32  header size                  M
 *    16  u32  slot size                    M
 *    20  u32  slot count                   M
 *    24  u64  file length                  M  bytes
 *    32  u32  generation                   M
 *    36  i32  zygote pid                   Z
 *    40  u64  created                      M  CLOCK_MONOTONIC, ns
 *    48  u64  created                      M  wall clock, ms since the epoch
 *    64  char pool[64]                     M  NUL padded
 *   128  u32  settings sequence            M  odd while the settings are being written
 *   132  u32  max requests                 M  0 endless
 *   136  u32  keep idle                    M  ms, 0 never by time
 *   140  u32  allowed clients              M  entries used, 0xffffffff anyone
 *   144  u32  max requests jitter          M
 *   192  u8   allowed clients[128][16]     M  IPv6, or IPv4 mapped into IPv6
 *  2560  char status path[128]             M  NUL padded, empty none; of the settings
 *  2688  char ping path[128]               M  likewise
 *  2816  char ping response[256]           M  empty: the master answers; of the settings
 *  3072  u32  access log                   M  bit 0 wanted, bit 1 with CPU time; of the settings
 *  3076  char access names[508]            M  'e' or 'o', name, NUL; of the settings
 *
 *  shared pages, 12288 bytes at 4096
 *     0  u64  last yield                   W  any worker, compare-and-set; ns
 *    64  u64  duration counts[1024]        W  any worker, atomic add; see {@link DurationHistogram}
 *
 *  slot i, 4096 bytes at 16384 + 4096 i
 *     0  u32  stage                        W  {@link Stage}, release
 *     4  i32  pid                          W  at its start; the zygote stores 0 after reaping
 *     8  u32  text sequence                W  odd while 1024..1968 are being written
 *    12  u32  flags                        W  bit 0 idle on a kept-alive connection, bit 1 retiring
 *    16  u64  start                        W  ns
 *    24  u64  stage since                  W  ns
 *    32  u64  accepted                     W  requests begun by this worker
 *    40  u64  requests                     W  requests finished by this worker
 *    48  u64  request start                W  ns
 *    56  u64  last duration                W  ns
 *    64  u64  content length               W  bytes
 *    72  u64  last CPU                     W  ns, user + system
 *    80  u64  last memory                  W  bytes, peak
 *    88  u64  total accepted               W  as accepted, over all workers of the slot
 *    96  u64  total requests               W  as requests, over all workers of the slot
 *   104  u64  connections                  W  accepted connections, over all workers of the slot
 *   112  u64  last finish                  W  ns
 *   128  i32  retire                       M  pid told to retire, 0 none; own cache line
 *  1024  char method[16]                   W  all text: NUL padded, cut to size - 1 bytes
 *  1040  char uri[128]                     W
 *  1168  char query[512]                   W
 *  1680  char script[256]                  W
 *  1936  char user[32]                     W
 *  2112  u64  access dropped               W  access records lost, over all workers of the slot
 *  2120  u64  total duration               W  us, finished requests of all workers of the slot
 * </pre>
 */
public final class ScoreboardLayout {
  /** Layout version this code writes and attaches to. */
  public static final int VERSION = 1;

  /**
   * Bytes before the first slot: the header's page, which workers have mapped read-only, and the
   * pages they share.
   */
  public static final int HEADER_SIZE = 16_384;

  /** Bytes of one slot: one page, so that an unused slot of the sparse file costs no memory. */
  public static final int SLOT_SIZE = 4096;

  /** Most slots a file may have; 256 MiB of address space, and far inside one Java mapping. */
  public static final int MAX_SLOTS = 65_536;

  /** "FPM4JSB1" as a little-endian long. */
  public static final long MAGIC = 0x3142534A344D5046L;

  public static final int MAGIC_OFFSET = 0;
  public static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
  public static final int HEADER_SIZE_OFFSET = VERSION_OFFSET + Integer.BYTES;
  public static final int SLOT_SIZE_OFFSET = HEADER_SIZE_OFFSET + Integer.BYTES;
  public static final int SLOT_COUNT_OFFSET = SLOT_SIZE_OFFSET + Integer.BYTES;
  public static final int LENGTH_OFFSET = SLOT_COUNT_OFFSET + Integer.BYTES;
  public static final int GENERATION_OFFSET = LENGTH_OFFSET + Long.BYTES;
  public static final int ZYGOTE_PID_OFFSET = GENERATION_OFFSET + Integer.BYTES;
  public static final int CREATED_NANOS_OFFSET = ZYGOTE_PID_OFFSET + Integer.BYTES;
  public static final int CREATED_EPOCH_MS_OFFSET = CREATED_NANOS_OFFSET + Long.BYTES;

  private static final int CACHE_LINE = 64;

  public static final int POOL_OFFSET = alignUp(CREATED_EPOCH_MS_OFFSET + Long.BYTES);
  public static final int POOL_SIZE = 64;

  public static final int SETTINGS_SEQUENCE_OFFSET = POOL_OFFSET + POOL_SIZE;
  public static final int MAX_REQUESTS_OFFSET = SETTINGS_SEQUENCE_OFFSET + Integer.BYTES;
  public static final int KEEP_IDLE_MS_OFFSET = MAX_REQUESTS_OFFSET + Integer.BYTES;
  public static final int ALLOWED_COUNT_OFFSET = KEEP_IDLE_MS_OFFSET + Integer.BYTES;
  public static final int MAX_REQUESTS_JITTER_OFFSET = ALLOWED_COUNT_OFFSET + Integer.BYTES;
  public static final int ALLOWED_CLIENTS_OFFSET =
      alignUp(MAX_REQUESTS_JITTER_OFFSET + Integer.BYTES);
  public static final int ALLOWED_CLIENT_SIZE = 16;
  public static final int MAX_ALLOWED_CLIENTS = 128;

  /** Value of the allowed-clients count that lets anyone in. */
  public static final int ANYONE = 0xffff_ffff;

  public static final int STATUS_PATH_OFFSET = 2560;
  public static final int PAGE_PATH_SIZE = 128;
  public static final int PING_PATH_OFFSET = STATUS_PATH_OFFSET + PAGE_PATH_SIZE;
  public static final int PING_RESPONSE_OFFSET = PING_PATH_OFFSET + PAGE_PATH_SIZE;
  public static final int PING_RESPONSE_SIZE = 256;
  public static final int ACCESS_LOG_OFFSET = 3072;
  public static final int ACCESS_NAMES_OFFSET = ACCESS_LOG_OFFSET + Integer.BYTES;
  public static final int ACCESS_NAMES_SIZE = 508;

  /** Bit of the access log field: workers write a record per request. */
  public static final int ACCESS_LOG_ON = 1;

  /** Bit of the access log field: records say what CPU time the request took. */
  public static final int ACCESS_LOG_CPU = 1 << 1;

  public static final int MAX_WORKER_MEMORY_OFFSET = 3840;

  /** The first of the shared pages. */
  public static final int LAST_YIELD_OFFSET = 4096;

  public static final int DURATION_COUNTS_OFFSET = alignUp(LAST_YIELD_OFFSET + Long.BYTES);
  public static final int DURATION_BUCKETS = 1024;

  public static final int STAGE_OFFSET = 0;
  public static final int PID_OFFSET = STAGE_OFFSET + Integer.BYTES;
  public static final int TEXT_SEQUENCE_OFFSET = PID_OFFSET + Integer.BYTES;
  public static final int FLAGS_OFFSET = TEXT_SEQUENCE_OFFSET + Integer.BYTES;
  public static final int START_OFFSET = FLAGS_OFFSET + Integer.BYTES;
  public static final int STAGE_SINCE_OFFSET = START_OFFSET + Long.BYTES;
  public static final int ACCEPTED_OFFSET = STAGE_SINCE_OFFSET + Long.BYTES;
  public static final int REQUESTS_OFFSET = ACCEPTED_OFFSET + Long.BYTES;
  public static final int REQUEST_START_OFFSET = REQUESTS_OFFSET + Long.BYTES;
  public static final int LAST_DURATION_OFFSET = REQUEST_START_OFFSET + Long.BYTES;
  public static final int CONTENT_LENGTH_OFFSET = LAST_DURATION_OFFSET + Long.BYTES;
  public static final int LAST_CPU_OFFSET = CONTENT_LENGTH_OFFSET + Long.BYTES;
  public static final int LAST_MEMORY_OFFSET = LAST_CPU_OFFSET + Long.BYTES;
  public static final int TOTAL_ACCEPTED_OFFSET = LAST_MEMORY_OFFSET + Long.BYTES;
  public static final int TOTAL_REQUESTS_OFFSET = TOTAL_ACCEPTED_OFFSET + Long.BYTES;
  public static final int CONNECTIONS_OFFSET = TOTAL_REQUESTS_OFFSET + Long.BYTES;
  public static final int LAST_FINISH_OFFSET = CONNECTIONS_OFFSET + Long.BYTES;
  public static final int RETIRE_OFFSET = alignUp(LAST_FINISH_OFFSET + Long.BYTES);

  public static final int METHOD_OFFSET = 1024;
  public static final int METHOD_SIZE = 16;
  public static final int URI_OFFSET = METHOD_OFFSET + METHOD_SIZE;
  public static final int URI_SIZE = 128;
  public static final int QUERY_OFFSET = URI_OFFSET + URI_SIZE;
  public static final int QUERY_SIZE = 512;
  public static final int SCRIPT_OFFSET = QUERY_OFFSET + QUERY_SIZE;
  public static final int SCRIPT_SIZE = 256;
  public static final int USER_OFFSET = SCRIPT_OFFSET + SCRIPT_SIZE;
  public static final int USER_SIZE = 32;
  public static final int ACCESS_DROPPED_OFFSET = 2112;
  public static final int TOTAL_DURATION_OFFSET = ACCESS_DROPPED_OFFSET + Long.BYTES;
  public static final int TEXT_END = USER_OFFSET + USER_SIZE;

  /** Bit of the flags: the worker waits for the next request on a connection kept alive. */
  public static final int FLAG_KEPT_ALIVE_IDLE = 1;

  /** Bit of the flags: the worker has seen that it is to retire. */
  public static final int FLAG_RETIRING = 1 << 1;

  private ScoreboardLayout() {}

  /**
   * Length in bytes of a file with so many slots.
   *
   * @throws IllegalArgumentException if slots is not in 1..{@link #MAX_SLOTS}
   */
  public static long fileLength(int slots) {
    if (slots < 1 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException("scoreboard slots " + slots + " not in 1.." + MAX_SLOTS);
    }
    return HEADER_SIZE + (long) slots * SLOT_SIZE;
  }

  /** Offset in the file of a slot's first byte; the caller has checked the index. */
  static int slotOffset(int slot) {
    return HEADER_SIZE + slot * SLOT_SIZE;
  }

  private static int alignUp(int offset) {
    return (offset + CACHE_LINE - 1) & -CACHE_LINE;
  }
}
