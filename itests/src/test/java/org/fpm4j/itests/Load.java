package org.fpm4j.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests without a pause from some threads at once until it is closed; remembers what failed. The
 * script's answer is taken for the pid of the worker.
 */
final class Load implements AutoCloseable {

  /** Keeps a load of four threads from taking the processors from what is tested. */
  private static final long BREATH_NANOS = Duration.ofMillis(2).toNanos();

  private final PoolClient client;
  private final Path script;
  private final String query;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong served = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<String> answers = ConcurrentHashMap.newKeySet();
  private final AtomicLongArray servedByClient;
  private volatile boolean ending;

  private Load(PoolClient client, Path script, String query, int clients) {
    this.servedByClient = new AtomicLongArray(clients);
    this.client = client;
    this.script = script;
    this.query = query;
  }

  /** Starts the requests and returns after the first were served. */
  static Load of(PoolClient client, Path script, int clients) {
    Load load = start(client, script, "", clients);
    load.awaitMore(clients);
    return load;
  }

  /** Starts the requests; does not wait. */
  static Load start(PoolClient client, Path script, String query, int clients) {
    Load load = new Load(client, script, query, clients);
    for (int i = 0; i < clients; i++) {
      int number = i;
      Thread thread = new Thread(() -> load.run(number), "load " + i);
      thread.setDaemon(true);
      load.threads.add(thread);
      thread.start();
    }
    return load;
  }

  private void run(int number) {
    while (!ending) {
      try {
        String answer = client.get(script, query);
        if (answer.isEmpty()) {
          failures.add("empty answer");
        }
        answers.add(answer);
        served.incrementAndGet();
        servedByClient.incrementAndGet(number);
      } catch (IOException e) {
        failures.add(e.toString());
      }
      LockSupport.parkNanos(BREATH_NANOS);
    }
  }

  /** Waits until so many more requests were served. */
  void awaitMore(int requests) {
    long goal = served.get() + requests;
    try {
      Await.value("requests served, goal " + goal, served::get, count -> count >= goal);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; failures: " + failures, e);
    }
  }

  /** Waits until each client was served so many times more. */
  void awaitMoreOfEach(int requests) {
    for (int i = 0; i < servedByClient.length(); i++) {
      int client = i;
      long goal = servedByClient.get(client) + requests;
      Await.until(
          requests + " more requests of client " + client,
          () -> servedByClient.get(client) >= goal);
    }
  }

  long served() {
    return served.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Returns the different answers so far. */
  Set<String> answers() {
    return Set.copyOf(answers);
  }

  /** Forgets the answers so far. */
  void forgetAnswers() {
    answers.clear();
  }

  /** Ends the requests, each after its answer. */
  @Override
  public void close() {
    ending = true;
    try {
      for (Thread thread : threads) {
        thread.join(PoolClient.TIMEOUT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
