package org.fpm4j.process.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationListener;
import org.fpm4j.config.Notice;
import org.fpm4j.config.PoolSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.event.Registration;
import org.fpm4j.listener.InheritedSockets;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.fpm4j.posix.PosixException;
import org.fpm4j.posix.Processes;
import org.fpm4j.posix.Signal;
import org.fpm4j.process.MasterSnapshot;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestStatistics;
import org.fpm4j.process.SlowRequestListener;
import org.fpm4j.process.SocketStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The process manager as a service: hands configurations and orders to the {@link Master} on the
 * event loop.
 *
 * <p>Framework properties: {@code org.fpm4j.run}, the run directory; {@code org.fpm4j.signals}, set
 * by the launcher of a framework that is ours alone: then TERM, INT and QUIT stop it, and the
 * framework stops once nothing runs any more. In a container that somebody else started, stopping
 * this bundle ends all workers. With {@code org.fpm4j.end}, {@code now} or {@code graceful}, it
 * only ends what a dead master left serving. With {@code org.fpm4j.conf_alone} a php-fpm.conf is
 * all there is: if no pool of it can be used the start fails, as php-fpm's does; and as php-fpm's
 * it fails without the pid file. {@code org.fpm4j.stop_timeout}: seconds for which TERM lets
 * requests finish.
 */
@Component(
    service = {
      ProcessManager.class,
      RequestStatistics.class,
      ConfigurationListener.class,
      EventSource.class
    },
    immediate = true) // signals must be taken whether or not anybody asks for the service
public final class ProcessManagerComponent
    implements ProcessManager, RequestStatistics, ConfigurationListener, EventSource {

  private static final String RUN = "org.fpm4j.run";
  private static final String SIGNALS = "org.fpm4j.signals";
  private static final String END = "org.fpm4j.end";
  private static final String STOP_TIMEOUT = "org.fpm4j.stop_timeout";
  private static final String CONF_ALONE = "org.fpm4j.conf_alone";
  private static final String EXIT_CODE = "org.fpm4j.exit.code";
  private static final String WRONG_CONFIGURATION = "78";
  private static final String GRACEFUL = "graceful";
  private static final long STOP_SECONDS = 10;
  private static final Duration ACCESS_LOG_PATIENCE = Duration.ofSeconds(1);

  private final BundleContext bundles;
  private final EventLoop loop;
  private final ErrorLog log;
  private final RunDirectory run;
  private final SlowRequests slowRequests;
  private final Master master;
  private final Snapshots snapshots;
  private final TermSignal term;
  private final UnknownChildren unknownChildren;
  private final List<ProcessListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<ServiceReference<SlowRequestListener>, Supplier<Optional<SlowRequestListener>>>
      slowRequestListeners = new ConcurrentHashMap<>();
  private final AccessWriters accessWriters = new AccessWriters();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final boolean ownsFramework;

  /** What {@link #END} says, null if this master is to serve; asked once, as contexts end early. */
  private final String end;

  private Registration signals;

  /**
   * Opens the run directory.
   *
   * @throws IOException if another master has it or it cannot be used
   */
  @Activate
  public ProcessManagerComponent(
      BundleContext bundles, @Reference EventLoop loop, @Reference ErrorLog log)
      throws IOException {
    this.bundles = bundles;
    this.loop = loop;
    this.log = log;
    this.ownsFramework = Boolean.parseBoolean(bundles.getProperty(SIGNALS));
    this.end = bundles.getProperty(END);
    this.run = openRunDirectory();
    this.slowRequests = new SlowRequests(log);
    PoolParts parts =
        new PoolParts(
            log,
            new ZygoteSpawner(loop, log, run, System.getenv()),
            new PoolSockets(log, InheritedSockets.of(System.getenv(), Processes.pid())),
            new AdoptedOrphans(loop, log),
            new Takeover(loop, log, run),
            run,
            OomEvents.ofThisProcess(),
            slowRequests::tell,
            accessWriters);
    this.master = new Master(loop, parts, this::publish, this::onStopped);
    this.snapshots = new Snapshots(master, Processes.pid(), loop.mechanism());
    this.term = new TermSignal(loop, log, master, stopTimeout());
    this.unknownChildren = new UnknownChildren(loop, log, master::hasProcess);
    adoptOrphans();
    takeSignals();
  }

  private RunDirectory openRunDirectory() throws IOException {
    String path = bundles.getProperty(RUN);
    try {
      return RunDirectory.open(
          Path.of(path != null ? path : System.getProperty("java.io.tmpdir") + "/fpm4j"));
    } catch (IOException e) {
      log.error("%s", e.getMessage());
      stopFramework();
      throw e;
    }
  }

  private Duration stopTimeout() {
    String seconds = bundles.getProperty(STOP_TIMEOUT);
    return seconds == null ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(seconds));
  }

  private void adoptOrphans() {
    try {
      Processes.adoptOrphans(true);
    } catch (PosixException e) {
      log.warning("workers of a zygote that dies cannot be followed: %s", e.getMessage());
    }
  }

  private void takeSignals() {
    if (ownsFramework && loop.signalsAvailable()) {
      signals =
          loop.onSignal(
              EnumSet.of(
                  Signal.SIGTERM,
                  Signal.SIGINT,
                  Signal.SIGQUIT,
                  Signal.SIGUSR1,
                  Signal.SIGUSR2,
                  Signal.SIGHUP,
                  Signal.SIGCHLD),
              (signal, sender) -> onSignal(signal));
    }
  }

  private void onSignal(Signal signal) {
    log.debug("received %s", signal);
    switch (signal) {
      case SIGCHLD -> unknownChildren.onChildEnded();
      case SIGTERM -> term.received();
      case SIGINT -> master.stop(false);
      case SIGQUIT -> master.stop(true);
      case SIGUSR1 -> master.reopenLogs();
      default ->
          master
              .reload()
              .exceptionally(
                  failure -> {
                    log.error("reload failed: %s", Master.reason(failure));
                    return "";
                  });
    }
  }

  @Override
  public void add(ProcessListener listener) {
    listeners.add(listener);
  }

  @Override
  public void remove(ProcessListener listener) {
    listeners.remove(listener);
  }

  /**
   * Takes the reference, not the service: a delayed component is made at the first slow request.
   */
  @Reference(
      service = SlowRequestListener.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC) // a listener that comes or goes is no reason to stop pools
  void bindSlowRequestListener(ServiceReference<SlowRequestListener> listener) {
    Supplier<Optional<SlowRequestListener>> service =
        () -> Optional.ofNullable(bundles.getService(listener));
    slowRequestListeners.put(listener, service);
    slowRequests.add(service);
  }

  void unbindSlowRequestListener(ServiceReference<SlowRequestListener> listener) {
    slowRequests.remove(slowRequestListeners.remove(listener));
    bundles.ungetService(listener);
  }

  @Override
  public void add(SocketStore store) {
    loop.post(() -> master.open(store));
  }

  @Override
  public void remove(SocketStore store) {
    try {
      loop.post(master::closeStore);
    } catch (IllegalStateException e) {
      log.debug("the store goes too late: %s", e.getMessage());
    }
  }

  private void publish(ProcessEvent event) {
    for (ProcessListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException e) {
        log.error("listener %s: %s", listener.getClass().getName(), e);
      }
    }
  }

  @Override
  public void configurationChanged(Configuration configuration) {
    try {
      loop.post(
          () -> {
            if (end == null) {
              apply(configuration);
            } else {
              master.end(configuration.master(), end.equals(GRACEFUL));
            }
          });
    } catch (IllegalStateException e) {
      log.debug("a configuration comes too late: %s", e.getMessage());
    }
  }

  private void apply(Configuration configuration) {
    if (stopped.getCount() == 0) {
      return; // the start was refused
    }
    // What a dead master left serving is a reason to go on: without it nobody has any use of us.
    boolean refusable = ownsFramework && master.configuration() == null && !run.hasGenerations();
    boolean alone = Boolean.parseBoolean(bundles.getProperty(CONF_ALONE));
    if (refusable && alone && configuration.pools().isEmpty()) {
      sayWhyNoPool(configuration);
      refuseStart();
    } else if (refusable && !master.writePid(configuration.master())) {
      refuseStart();
    } else {
      master.apply(configuration);
    }
  }

  private void sayWhyNoPool(Configuration configuration) {
    for (Notice notice : configuration.notices()) {
      log.write(LogLevel.valueOf(notice.level().name()), notice.text());
    }
    configuration.rejections().forEach(rejection -> log.error("%s", rejection.text()));
    if (configuration.rejections().isEmpty()) {
      log.error("No pool defined. at least one pool section must be specified in config file");
    }
  }

  /** As php-fpm: the reason was logged, nothing has been started. */
  private void refuseStart() {
    log.error("FPM initialization failed");
    System.setProperty(EXIT_CODE, WRONG_CONFIGURATION);
    stopped.countDown();
    stopFramework();
  }

  @Override
  public MasterSnapshot master() {
    return snapshots.master();
  }

  @Override
  public List<PoolSnapshot> pools() {
    return snapshots.pools();
  }

  @Override
  public Optional<PoolSnapshot> pool(String name) {
    return snapshots.pool(name);
  }

  @Override
  public Optional<RequestStatistics.Durations> durations(String pool) {
    return snapshots.durations(pool);
  }

  @Override
  public CompletableFuture<String> reload() {
    return onLoop(master::reload);
  }

  @Override
  public CompletableFuture<String> reload(String pool) {
    return onLoop(() -> master.reload(pool));
  }

  /** Gives an order whose end comes later than its acceptance. */
  private CompletableFuture<String> onLoop(Supplier<CompletableFuture<String>> order) {
    CompletableFuture<String> done = new CompletableFuture<>();
    loop.post(
        () -> {
          try {
            CompletableFuture<String> unused =
                order
                    .get()
                    .whenComplete(
                        (text, failure) -> {
                          if (failure == null) {
                            done.complete(text);
                          } else {
                            done.completeExceptionally(failure);
                          }
                        });
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  @Override
  public CompletableFuture<String> retire(String pool, int pid) {
    return loop.submit(() -> master.retire(pool, pid));
  }

  @Override
  public CompletableFuture<String> kill(String pool, int pid) {
    return loop.submit(() -> master.kill(pool, pid));
  }

  @Override
  public CompletableFuture<String> reopenLogs() {
    return loop.submit(master::reopenLogs);
  }

  @Override
  public CompletableFuture<String> drain(String pool) {
    return loop.submit(() -> master.hold(pool));
  }

  @Override
  public CompletableFuture<String> resume(String pool) {
    return loop.submit(() -> master.resume(pool));
  }

  @Override
  public CompletableFuture<String> resetMaxima(String pool) {
    return loop.submit(() -> master.resetMaxima(pool));
  }

  @Override
  public Optional<PoolSettings> settings(String pool) {
    return snapshots.settings(pool);
  }

  @Override
  public CompletableFuture<String> finish() {
    return loop.submit(
        () -> {
          master.stop(true);
          return "finishing requests, then stopping";
        });
  }

  @Override
  public CompletableFuture<String> terminate() {
    return loop.submit(
        () -> {
          master.stop(false);
          return "stopping";
        });
  }

  /** Called on the loop once nothing runs any more. */
  private void onStopped() {
    stopped.countDown();
    if (ownsFramework) {
      stopFramework();
    }
  }

  /** Stops the framework from a thread of its own: the loop must not wait for its own end. */
  private void stopFramework() {
    Bundle framework = bundles.getBundle(0);
    Thread stopper =
        new Thread(
            () -> {
              try {
                framework.stop();
              } catch (BundleException e) {
                log.error("the framework does not stop: %s", e.getMessage());
              }
            },
            "fpm4j-stop");
    stopper.start();
  }

  /** Ends all workers, if a stop has not done so before, and frees the run directory. */
  @Deactivate
  public void deactivate() throws InterruptedException {
    if (stopped.getCount() > 0) {
      loop.post(() -> master.stop(false));
      if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.error("not everything stopped within %d s", STOP_SECONDS);
      }
    }
    accessWriters.awaitEnd(ACCESS_LOG_PATIENCE);
    if (signals != null) {
      signals.close();
    }
    slowRequests.close();
    run.close();
  }
}
