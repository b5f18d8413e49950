package org.fpm4j.scoreboard;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings that workers follow live, without a restart.
 *
 * @param maxRequests requests after which a worker recycles; 0 endless
 * @param maxRequestsJitter each worker serves up to this many requests more, so that they do not
 *     all recycle together
 * @param maxWorkerMemory a worker leaves after a request whose peak memory was above so many bytes;
 *     0 never
 * @param keepIdle how long a worker stays on an idle kept-alive connection; zero never gives it up
 *     by time; whole milliseconds, at most 49 days
 * @param allowedClients client addresses of TCP pools, at most {@link
 *     ScoreboardLayout#MAX_ALLOWED_CLIENTS}; absent lets anyone in, an empty list no one
 */
public record ScoreboardSettings(
    int maxRequests,
    int maxRequestsJitter,
    long maxWorkerMemory,
    Duration keepIdle,
    Optional<List<InetAddress>> allowedClients) {
  /** Endless requests, kept-alive connections never given up by time, anyone allowed. */
  public static final ScoreboardSettings NEUTRAL =
      new ScoreboardSettings(0, 0, 0, Duration.ZERO, Optional.empty());

  private static final int MAX_ALLOWED = ScoreboardLayout.MAX_ALLOWED_CLIENTS;
  private static final long MAX_KEEP_IDLE_MS = 0xffff_ffffL;

  public ScoreboardSettings {
    Objects.requireNonNull(keepIdle, "keepIdle");
    allowedClients = allowedClients.map(List::copyOf);
    if (maxRequests < 0 || maxRequestsJitter < 0 || maxWorkerMemory < 0) {
      throw new IllegalArgumentException(
          "max requests %d, jitter %d and memory %d must be >= 0"
              .formatted(maxRequests, maxRequestsJitter, maxWorkerMemory));
    }
    if (keepIdle.isNegative() || keepIdle.compareTo(Duration.ofMillis(MAX_KEEP_IDLE_MS)) > 0) {
      throw new IllegalArgumentException(
          "keep idle " + keepIdle + " not in 0.." + MAX_KEEP_IDLE_MS + " ms");
    }
    int allowed = allowedClients.map(List::size).orElse(0);
    if (allowed > MAX_ALLOWED) {
      throw new IllegalArgumentException(
          allowed + " allowed clients, the scoreboard holds " + MAX_ALLOWED);
    }
  }

  /** An address as the file holds it: 16 bytes, IPv4 mapped into IPv6 (::ffff:a.b.c.d). */
  static byte[] mapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      byte[] mapped = new byte[ScoreboardLayout.ALLOWED_CLIENT_SIZE];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(bytes, 0, mapped, 12, bytes.length);
      return mapped;
    }
    return bytes;
  }
}
