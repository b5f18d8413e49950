package org.fpm4j.itests;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.fpm4j.fastcgi.ClientRequest;
import org.fpm4j.fastcgi.FastCgiClient;
import org.fpm4j.fastcgi.ResponseListener;

/**
 * Clients of one pool that know which worker served a request that was lost: the script tells its
 * pid at once. They know all addresses the pool may listen at; a connection that is refused is no
 * loss but tried at the next one, if there is one; a connection that was made counts.
 */
final class Clients implements AutoCloseable {

  /** Tells its pid, works for so many milliseconds as the query says, and tells that it is done. */
  static final String SCRIPT =
      "<?php while (ob_get_level()) ob_end_flush(); echo getmypid(), \"\\n\"; flush();"
          + " $end = microtime(true) + $_SERVER['QUERY_STRING'] / 1000;"
          + " while (microtime(true) < $end) usleep(1000); echo 'done';";

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** For finding the address the pool listens at just now. */
  private static final Duration REFUSED_AT_MOST = Duration.ofSeconds(60);

  /**
   * A request that was not answered.
   *
   * @param pid the worker's, 0 if it was not told
   * @param beginNanos when the connection was asked for, {@link System#nanoTime()}
   * @param endNanos when it failed
   */
  record Loss(String pool, int pid, long beginNanos, long endNanos, String failure) {}

  private final String pool;
  private final List<SocketAddress> addresses;
  private final Path script;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile int current;
  private volatile boolean ending;

  private Clients(String pool, List<SocketAddress> addresses, Path script) {
    this.pool = pool;
    this.addresses = addresses;
    this.script = script;
  }

  /** Starts so many clients; each has a random sequence of its own, made from {@code seed}. */
  static Clients start(
      String pool, List<SocketAddress> addresses, Path script, int count, long seed) {
    Clients clients = new Clients(pool, addresses, script);
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> clients.run(random), "client " + i + " of " + pool);
      thread.setDaemon(true);
      clients.threads.add(thread);
      thread.start();
    }
    return clients;
  }

  private void run(Random random) {
    while (!ending) {
      // Most requests are short, some long enough to be met by anything.
      int milliseconds = random.nextInt(10) == 0 ? 200 + random.nextInt(1300) : random.nextInt(40);
      request(Integer.toString(milliseconds));
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(20)).toNanos());
    }
  }

  private void request(String query) {
    long begin = System.nanoTime();
    StringBuilder body = new StringBuilder();
    try (FastCgiClient client = connect(begin)) {
      begin = System.nanoTime();
      client.request(ClientRequest.of(PoolClient.params(script, query)), into(body), TIMEOUT);
      if (!body.toString().endsWith("done")) {
        throw new IOException("answered '" + body + "'");
      }
      served.incrementAndGet();
      longestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
    } catch (ConnectException e) {
      refused.incrementAndGet();
    } catch (IOException e) {
      losses.add(new Loss(pool, pid(body), begin, System.nanoTime(), e + " after '" + body + "'"));
    }
  }

  /** Connects where the pool listens; nobody there is no loss while it moves. */
  private FastCgiClient connect(long begin) throws IOException {
    int index = current;
    for (; ; ) {
      try {
        FastCgiClient client = FastCgiClient.connect(addresses.get(index), TIMEOUT);
        current = index;
        return client;
      } catch (SocketException e) {
        if (addresses.size() == 1) {
          // A Unix socket whose path is gone is another SocketException.
          throw new ConnectException(e.getMessage());
        }
        if (System.nanoTime() - begin > REFUSED_AT_MOST.toNanos()) {
          throw new SocketException("refused everywhere for " + REFUSED_AT_MOST);
        }
        index = (index + 1) % addresses.size();
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }
  }

  private static ResponseListener into(StringBuilder text) {
    return new ResponseListener() {
      @Override
      public void stdout(ByteBuffer bytes) {
        text.append(StandardCharsets.ISO_8859_1.decode(bytes));
      }

      @Override
      public void stderr(ByteBuffer bytes) {
        text.append(StandardCharsets.ISO_8859_1.decode(bytes));
      }
    };
  }

  /** Returns the pid that stands after the headers, 0 if it has not come. */
  private static int pid(StringBuilder answer) {
    int begin = answer.indexOf("\r\n\r\n") + 4;
    int end = answer.indexOf("\n", begin);
    return begin < 4 || end < 0 ? 0 : Integer.parseInt(answer.substring(begin, end));
  }

  String pool() {
    return pool;
  }

  long served() {
    return served.get();
  }

  /** Returns how many connections were refused, of a pool with one address. */
  long refused() {
    return refused.get();
  }

  List<Loss> losses() {
    return List.copyOf(losses);
  }

  /** Waits until so many more requests were served. */
  void awaitMore(int requests) {
    long goal = served.get() + requests;
    Await.value("requests served, goal " + goal, served::get, count -> count >= goal);
  }

  /** Returns how long the slowest request took. */
  Duration longest() {
    return Duration.ofNanos(longestNanos.get());
  }

  /** Ends the requests, each after its answer. */
  @Override
  public void close() {
    ending = true;
    try {
      for (Thread thread : threads) {
        thread.join(TIMEOUT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
