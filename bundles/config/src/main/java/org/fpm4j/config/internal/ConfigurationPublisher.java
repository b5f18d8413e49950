package org.fpm4j.config.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationListener;
import org.fpm4j.config.internal.ConfigurationEvaluation.Evaluated;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.source.Glob;

/**
 * Evaluates the configuration after changes, on a thread of its own, and tells listeners when it
 * has become another one.
 *
 * <p>The first evaluation waits for nothing but File Install: as long as a file of the
 * configuration directory is not in Config Admin, pools would seem to be missing, and {@link
 * #FIRST_DEADLINE} is all the time it gets. Later changes are collected until nothing more has come
 * for {@link #QUIET}; a file that is gone has {@link #POLL} to be back. As long as something is
 * rejected, it is tried again every {@link #RETRY}: what it wanted, a directory, a user or a free
 * descriptor, may be there by then.
 */
final class ConfigurationPublisher {

  static final String THREAD = "fpm4j-config";
  static final Duration QUIET = Duration.ofMillis(100);
  static final Duration MOST_PATIENCE = Duration.ofSeconds(1);
  static final Duration FIRST_DEADLINE = Duration.ofSeconds(2);
  static final Duration POLL = Duration.ofMillis(500);
  static final Duration RETRY = Duration.ofSeconds(5);

  /** How far a file's time may be behind the clock: a tick of the kernel. */
  private static final Duration CLOCK_STEP = Duration.ofMillis(10);

  private static final Logger LOG = System.getLogger(ConfigurationPublisher.class.getName());

  private final ConfigurationEvaluation evaluation;
  private final Supplier<ConfigurationSources> sources;
  private final Optional<Path> directory;
  private final BiConsumer<ConfigurationSources, Configuration> writeBack;
  private final List<ConfigurationListener> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor thread;
  private volatile Optional<Evaluated> last = Optional.empty();

  // Of the thread fpm4j-config only.
  private SourceStamps stamps = new SourceStamps(Map.of());
  private Optional<Glance> glance = Optional.empty();
  private Optional<ScheduledFuture<?>> pending = Optional.empty();
  private Optional<ScheduledFuture<?>> retry = Optional.empty();
  private long firstChangeNs;
  private boolean unreadable;
  private Set<EtcDirectory.PidFile> refused = Set.of();
  private Optional<Long> unreadSinceNs = Optional.empty();
  private final VanishedFiles vanished = new VanishedFiles();

  /**
   * @param sources reads what there is now
   * @param directory the configuration directory, whose .conf files are watched here
   * @param writeBack told of each evaluation on the thread, before the listeners
   */
  ConfigurationPublisher(
      ConfigurationEvaluation evaluation,
      Supplier<ConfigurationSources> sources,
      Optional<Path> directory,
      BiConsumer<ConfigurationSources, Configuration> writeBack) {
    this.evaluation = evaluation;
    this.sources = sources;
    this.directory = directory;
    this.writeBack = writeBack;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread own = new Thread(task, THREAD);
              own.setDaemon(true);
              return own;
            });
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Begins. The first evaluation runs at once, or as soon as {@link #changed} completes it. */
  void start() {
    submit(this::evaluateFirst);
    Future<?> unusedDeadline =
        thread.schedule(
            guarded(this::evaluateUnlessDone), FIRST_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    Future<?> unusedPoll =
        thread.scheduleWithFixedDelay(
            guarded(this::poll), POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends; what is being evaluated is not published any more. */
  void stop() {
    thread.shutdownNow();
  }

  /** Says that something may have changed. Any thread; does not block. */
  void changed() {
    submit(this::onChange);
  }

  /** Adds a listener, which is told the current configuration if there is one. Any thread. */
  void add(ConfigurationListener listener) {
    submit(
        () -> {
          listeners.add(listener);
          last.ifPresent(current -> tell(listener, current.configuration()));
        });
  }

  /** Removes a listener. Any thread. */
  void remove(ConfigurationListener listener) {
    listeners.remove(listener);
    submit(() -> listeners.remove(listener));
  }

  /** The last evaluation; empty before the first. Any thread. */
  Optional<Evaluated> last() {
    return last;
  }

  /** Runs something on the thread and waits for its result. Any other thread. */
  <T> T call(Callable<T> task) throws ExecutionException, InterruptedException {
    return thread.submit(task).get();
  }

  private void evaluateFirst() {
    if (last.isEmpty() && sources.get().unread().isEmpty()) {
      evaluate();
    }
  }

  private void evaluateUnlessDone() {
    if (last.isEmpty()) {
      evaluate();
    }
  }

  private void onChange() {
    if (last.isEmpty()) {
      evaluateFirst();
      return;
    }
    long now = System.nanoTime();
    if (pending.isPresent()) {
      if (now - firstChangeNs > MOST_PATIENCE.toNanos()) {
        return;
      }
      pending.get().cancel(false);
    } else {
      firstChangeNs = now;
    }
    pending = Optional.of(schedule(this::evaluate, QUIET));
  }

  private void poll() {
    if (last.isEmpty() || pending.isPresent() || glance.filter(Glance::isUnchanged).isPresent()) {
      return;
    }
    Optional<Glance> taken = glance();
    if (stamps().files().equals(stamps.files())) {
      glance = taken;
    } else {
      onChange();
    }
  }

  /** Empty if the directories to look at are not known beforehand. */
  private Optional<Glance> glance() {
    Set<String> paths = new HashSet<>(stamps.files().keySet());
    directory.map(Path::toString).ifPresent(paths::add);
    for (String pattern : last.map(current -> current.draft().includes()).orElse(Set.of())) {
      Optional<String> parent = Glob.directory(pattern);
      if (parent.isEmpty()) {
        return Optional.empty();
      }
      paths.add(parent.get());
    }
    // File Install looks at these; here only what it does not take is news.
    Set<String> taken = new HashSet<>();
    for (Path file : directory.map(EtcDirectory::watchedFiles).orElse(List.of())) {
      EtcDirectory.pidFile(file).ifPresent(ours -> taken.add(file.toString()));
    }
    paths.removeAll(taken);
    return Optional.of(Glance.at(paths, taken, System.currentTimeMillis()));
  }

  private SourceStamps stamps() {
    return last.map(
            current ->
                SourceStamps.of(
                    current.draft().files(),
                    current.draft().includes(),
                    directory.map(List::of).orElse(List.of())))
        .orElse(stamps);
  }

  private void evaluate() {
    pending = Optional.empty();
    retry.ifPresent(scheduled -> scheduled.cancel(false));
    retry = Optional.empty();
    Optional<Configuration> before = last.map(Evaluated::configuration);
    long begunMs = System.currentTimeMillis();
    ConfigurationSources now = sources.get();
    if (before.isPresent() && isFileInstallBehind(now)) {
      pending = Optional.of(schedule(this::evaluate, POLL));
      return;
    }
    if (unreadable && now.unreadable().isEmpty()) {
      directory.ifPresent(EtcDirectory::touch);
    }
    unreadable = now.unreadable().isPresent();
    Evaluated evaluated = evaluation.evaluate(now, before);
    if (vanished.areToBeAwaited(now, evaluated.draft())) {
      pending = Optional.of(schedule(this::evaluate, POLL));
      return;
    }
    Configuration configuration = evaluated.configuration();
    last = Optional.of(evaluated);
    writeBack.accept(now, configuration);
    stamps = stamps();
    glance = Optional.empty();
    if (stamps.isTouchedBetween(begunMs - CLOCK_STEP.toMillis(), System.currentTimeMillis())) {
      // It may have been read before and looked at after.
      pending = Optional.of(schedule(this::evaluate, QUIET));
    }
    if (!configuration.rejections().isEmpty()) {
      retry = Optional.of(schedule(this::tryAgain, RETRY));
    }
    if (!before.equals(Optional.of(configuration))) {
      listeners.forEach(listener -> tell(listener, configuration));
    }
  }

  /**
   * Whether a file is there that File Install has not taken yet, but may: a new file is seen here
   * before there, and is not to be reported for that.
   */
  private boolean isFileInstallBehind(ConfigurationSources now) {
    Set<EtcDirectory.PidFile> unread = Set.copyOf(now.unread());
    if (refused.containsAll(unread)) {
      refused = unread;
      unreadSinceNs = Optional.empty();
      return false;
    }
    long since = unreadSinceNs.orElseGet(System::nanoTime);
    unreadSinceNs = Optional.of(since);
    if (System.nanoTime() - since < FIRST_DEADLINE.toNanos()) {
      return true;
    }
    refused = unread;
    unreadSinceNs = Optional.empty();
    return false;
  }

  private void tryAgain() {
    if (pending.isEmpty()) {
      evaluate();
    }
  }

  private ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    return thread.schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void tell(ConfigurationListener listener, Configuration configuration) {
    try {
      listener.configurationChanged(configuration);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "configuration listener " + listener.getClass().getName(), e);
    }
  }

  private void submit(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException ignored) {
      // stopped: nobody is to be told anything
    }
  }

  /** An exception would end a repeated task without a word. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "configuration not evaluated", e);
      }
    };
  }
}
