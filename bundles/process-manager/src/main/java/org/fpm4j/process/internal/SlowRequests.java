package org.fpm4j.process.internal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.fpm4j.log.Log;
import org.fpm4j.process.SlowRequest;
import org.fpm4j.process.SlowRequestListener;

/**
 * Passes slow requests on, on a thread that is there only while there are any: neither loading a
 * listener nor its work may hold up the event loop. Any thread.
 */
final class SlowRequests implements AutoCloseable {

  private static final int WAITING = 64;
  private static final long IDLE_SECONDS = 10;

  private final Log log;
  private final List<Supplier<Optional<SlowRequestListener>>> listeners =
      new CopyOnWriteArrayList<>();
  private ThreadPoolExecutor thread;

  SlowRequests(Log log) {
    this.log = log;
  }

  /**
   * Adds a listener.
   *
   * @param listener asked for it at each slow request, on the thread it is then called by; empty if
   *     it has gone
   */
  void add(Supplier<Optional<SlowRequestListener>> listener) {
    listeners.add(listener);
  }

  void remove(Supplier<Optional<SlowRequestListener>> listener) {
    listeners.remove(listener);
  }

  /** Tells the listeners; returns at once. */
  synchronized void tell(SlowRequest request) {
    if (thread == null) {
      thread = newThread();
    }
    try {
      thread.execute(() -> pass(request));
    } catch (RejectedExecutionException full) {
      log.warning(
          "[pool %s] the stack of child %d is not logged: too many slow requests",
          request.pool(), request.pid());
    }
  }

  private static ThreadPoolExecutor newThread() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread made = new Thread(task, "fpm4j slow requests");
              made.setDaemon(true);
              return made;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private void pass(SlowRequest request) {
    boolean heard = false;
    for (Supplier<Optional<SlowRequestListener>> each : listeners) {
      try {
        Optional<SlowRequestListener> listener = each.get();
        listener.ifPresent(present -> present.onSlowRequest(request));
        heard |= listener.isPresent();
      } catch (RuntimeException e) {
        log.error("slow request of child %d: %s", request.pid(), e);
      }
    }
    if (!heard) {
      log.warning("[pool %s] no bundle is there to write the slow log", request.pool());
    }
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
