package org.fpm4j.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;

/**
 * The container a master lives in: a Felix framework with every bundle of {@code bundles/}
 * installed and started, in the order of {@link BundleOrder}. What the bundles may ask it for are
 * framework properties:
 *
 * <ul>
 *   <li>{@code org.fpm4j.home}: the installation
 *   <li>{@code org.fpm4j.run}: the run directory
 *   <li>{@code org.fpm4j.etc}: the directory File Install watches
 *   <li>{@code org.fpm4j.php_fpm_conf}: the php-fpm.conf named with {@code -y}; absent if none
 *   <li>{@code org.fpm4j.conf_alone}: {@code true} if that file is the whole configuration; absent
 *       otherwise
 *   <li>{@code org.fpm4j.allow_root}: {@code true} if pools may run as root
 *   <li>{@code org.fpm4j.events.mechanism}: epoll, poll or select; absent if none is configured
 *   <li>{@code org.fpm4j.end}: {@code now} or {@code graceful} for a master that only ends what a
 *       dead one left serving; absent otherwise
 *   <li>{@code org.fpm4j.stop_timeout}: seconds for which TERM lets requests finish; absent if it
 *       ends them
 *   <li>{@code org.fpm4j.signals}: {@code true} if the process's signals are the master's
 * </ul>
 *
 * <p>The master ends when somebody stops the framework (bundle 0). Its exit code is then the system
 * property {@value #EXIT_CODE}, 0 if nobody set it; a system property because the launcher's
 * classes are not visible to bundles.
 */
final class MasterFramework {

  static final String EXIT_CODE = "org.fpm4j.exit.code";

  /** How long the bundles that serve nobody wait for the pools to have the processor. */
  private static final long POOLS_FIRST_MS = 500;

  private final Path home;
  private final RunDirectory run;
  private final Map<String, String> properties;

  private MasterFramework(Path home, RunDirectory run, Map<String, String> properties) {
    this.home = home;
    this.run = run;
    this.properties = properties;
  }

  /**
   * Reads {@code --etc}, {@code --run}, {@code -y}, {@code -R} and {@code --stop-timeout}, and
   * makes the run directory.
   */
  static MasterFramework forRun(Path home, Options options) throws CommandFailure {
    Optional<Path> phpFpmConf = options.path("-y");
    Optional<Path> etc = options.path("--etc");
    boolean allowRoot = options.flag("-R");
    int stopTimeout = options.seconds("--stop-timeout", 0);
    Path runPath = Main.runPath(options);
    options.operands(0, 0);
    if (etc.isPresent() || phpFpmConf.isEmpty()) {
      checkEtc(etc.orElse(home.resolve("etc")));
    }
    RunDirectory run = RunDirectory.create(runPath);
    Path watched = etc.orElse(phpFpmConf.isEmpty() ? home.resolve("etc") : run.emptyEtc());
    Map<String, String> properties = properties(home, run, watched);
    phpFpmConf.ifPresent(file -> properties.put("org.fpm4j.php_fpm_conf", file.toString()));
    if (phpFpmConf.isPresent() && etc.isEmpty()) {
      properties.put("org.fpm4j.conf_alone", "true");
    }
    EventMechanism.in(phpFpmConf.orElse(watched.resolve("org.fpm4j.master.cfg")))
        .ifPresent(name -> properties.put("org.fpm4j.events.mechanism", name));
    properties.put("org.fpm4j.allow_root", Boolean.toString(allowRoot));
    if (stopTimeout > 0) {
      properties.put("org.fpm4j.stop_timeout", Integer.toString(stopTimeout));
    }
    properties.put("org.fpm4j.signals", "true");
    return new MasterFramework(home, run, properties);
  }

  /**
   * Reads {@code --run} and {@code --graceful} for a master that only ends what a dead one left
   * serving.
   */
  static MasterFramework forEnd(Path home, Options options) throws CommandFailure {
    String manner = options.flag("--graceful") ? "graceful" : "now";
    RunDirectory run = RunDirectory.create(Main.runPath(options));
    options.operands(0, 0);
    Map<String, String> properties = properties(home, run, run.emptyEtc());
    properties.put("org.fpm4j.signals", "true");
    properties.put("org.fpm4j.end", manner);
    return new MasterFramework(home, run, properties);
  }

  /**
   * Returns a master that reads its configuration from a directory in its run directory, leaves
   * signals alone and may do anything.
   */
  static MasterFramework forTraining(Path home, RunDirectory run) throws CommandFailure {
    Map<String, String> properties = properties(home, run, run.emptyEtc());
    properties.put("org.fpm4j.allow_root", "true");
    return new MasterFramework(home, run, properties);
  }

  /** Runs the master until its framework is stopped; returns the process's exit code. */
  @SuppressWarnings("try") // the lock is held, not used
  int run() throws CommandFailure {
    LogLine.capturePrinting();
    try (FileChannel lock = run.lock()) {
      // A dead master's: one that only ends what is left may be done before it has a channel.
      Files.deleteIfExists(run.commandSocket());
      start().waitForStop(0);
      run.deleteFrameworkCache();
    } catch (BundleException | InterruptedException | IOException e) {
      throw new CommandFailure(ExitCode.INTERNAL, "the master cannot start: " + e, e);
    }
    return Integer.getInteger(EXIT_CODE, ExitCode.OK);
  }

  /** Returns when every bundle is started; throws if one cannot be. */
  Framework start() throws BundleException {
    EarlyClasses.initialize();
    BundleOrder order = bundleOrder();
    ClassPathBundles classPath = ClassPathBundles.ofThisProcess();
    Framework framework = new FrameworkFactory().newFramework(properties, classPath);
    framework.init();
    BundleContext context = framework.getBundleContext();
    context.addFrameworkListener(
        event -> {
          if (event.getType() == FrameworkEvent.ERROR) {
            LogLine.write(LogLine.Level.ERROR, event.getBundle() + ": " + event.getThrowable());
          }
        });
    framework.start();
    try {
      startBundles(order, classPath, context);
    } catch (BundleException | IllegalStateException e) {
      if (framework.getState() == Bundle.ACTIVE) {
        throw e;
      }
      // Somebody stopped it meanwhile, a signal or a master that found no place to run.
    }
    return framework;
  }

  private static void startBundles(
      BundleOrder order, ClassPathBundles classPath, BundleContext context) throws BundleException {
    CountDownLatch ready = new CountDownLatch(1);
    context.registerService(ProcessListener.class, event -> onEvent(event, ready), null);
    List<List<Path>> groups = order.groups();
    start(groups.get(0), classPath, context);
    awaitPools(ready);
    for (List<Path> group : groups.subList(1, groups.size())) {
      start(group, classPath, context);
    }
  }

  private static void onEvent(ProcessEvent event, CountDownLatch ready) {
    if (event.type() == ProcessEvent.Type.MASTER_READY) {
      ready.countDown();
    }
  }

  /** A pool that is slow to come up keeps nobody from asking why. */
  private static void awaitPools(CountDownLatch ready) throws BundleException {
    try {
      boolean unused = ready.await(POOLS_FIRST_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException("interrupted while starting", e);
    }
  }

  /** Installs all before the first is started, so that they are resolved together. */
  private static void start(List<Path> jars, ClassPathBundles classPath, BundleContext context)
      throws BundleException {
    List<Bundle> bundles = new ArrayList<>();
    for (Path jar : jars) {
      bundles.add(context.installBundle(classPath.location(jar)));
    }
    for (Bundle bundle : bundles) {
      if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
        bundle.start();
      }
    }
  }

  private BundleOrder bundleOrder() throws BundleException {
    try {
      return BundleOrder.of(home);
    } catch (IOException e) {
      throw new BundleException("the installation at " + home + " is not whole: " + e, e);
    }
  }

  private static void checkEtc(Path etc) throws CommandFailure {
    if (!Files.isDirectory(etc) || !Files.isReadable(etc)) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION,
          "configuration directory " + etc + " is not a directory that can be read");
    }
  }

  private static Map<String, String> properties(Path home, RunDirectory run, Path etc) {
    Map<String, String> properties = new HashMap<>();
    properties.put(Constants.FRAMEWORK_STORAGE, run.frameworkCache().toString());
    // A .cfg deleted while no master ran would come back from Config Admin's store.
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    // The files are the truth: what Config Admin would store is read from them at every start.
    properties.put("felix.cm.pm", "memory");
    // Nobody opens a URL of another bundle's scheme; the handlers cost 30 ms.
    properties.put("felix.service.urlhandlers", "false");
    properties.put("felix.fileinstall.dir", etc.toString());
    properties.put("felix.fileinstall.tmpdir", run.path().resolve("tmp").toString());
    properties.put("felix.fileinstall.filter", ".*\\.(cfg|config)");
    properties.put("felix.fileinstall.poll", "500");
    properties.put("felix.fileinstall.configEncoding", "UTF-8");
    properties.put("felix.fileinstall.noInitialDelay", "true");
    properties.put("felix.fileinstall.enableConfigSave", "false");
    properties.put("org.fpm4j.home", home.toString());
    properties.put("org.fpm4j.run", run.path().toString());
    properties.put("org.fpm4j.etc", etc.toString());
    return properties;
  }
}
