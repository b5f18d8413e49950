package org.fpm4j.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;

/**
 * A short life of a master, from which the JVM makes a class archive when it exits: one pool with
 * one worker, if there is a php-cgi, a question over the command channel, and the end. Then every
 * class of ours has been loaded and linked, and of the JDK and the other bundles what a start
 * takes.
 */
final class Training {

  private static final long READY_WITHIN_SECONDS = 20;

  private static final long LOOK_EVERY_MS = 20;

  /** Classes are archived only while their loaders live, and Felix drops the loaders it stops. */
  private static final List<ClassLoader> LOADERS = new ArrayList<>();

  private Training() {}

  /** Takes {@code --run}, a directory to be removed afterwards. */
  static int run(Path home, Options options) throws CommandFailure {
    RunDirectory run = RunDirectory.create(Main.runPath(options));
    options.operands(0, 0);
    try {
      Files.writeString(
          run.emptyEtc().resolve("org.fpm4j.pool-training.cfg"),
          "listen = "
              + run.path().resolve("training.sock")
              + "\npm = dynamic\npm.max_children = 2\npm.start_servers = 1"
              + "\npm.min_spare_servers = 1\npm.max_spare_servers = 1\nuser = root\n");
      Framework framework = MasterFramework.forTraining(home, run).start();
      awaitReady(run);
      for (Bundle bundle : framework.getBundleContext().getBundles()) {
        LOADERS.add(bundle.adapt(BundleWiring.class).getClassLoader());
        linkOwnClasses(bundle);
      }
      framework.stop();
      framework.waitForStop(0);
      return ExitCode.OK;
    } catch (BundleException | InterruptedException | IOException e) {
      throw new CommandFailure(ExitCode.INTERNAL, "training run failed: " + e, e);
    }
  }

  private static void awaitReady(RunDirectory run) throws InterruptedException, CommandFailure {
    OutputStream nowhere = OutputStream.nullOutputStream();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
    while (System.nanoTime() < deadline) {
      try {
        if (CommandChannel.ask(run, List.of("ready"), nowhere, nowhere) == ExitCode.OK) {
          CommandChannel.ask(run, List.of("status"), nowhere, nowhere);
          return;
        }
      } catch (CommandFailure ignored) {
        // there is no command channel yet
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
    throw new CommandFailure(ExitCode.INTERNAL, "the pool was not ready in time");
  }

  /** Asking for its methods links a class without running its initialiser. */
  private static void linkOwnClasses(Bundle bundle) {
    var classes = bundle.findEntries("org/fpm4j", "*.class", true);
    if (classes == null) {
      return;
    }
    for (var url : Collections.list(classes)) {
      String path = url.getPath();
      String name = path.substring(1, path.length() - ".class".length()).replace('/', '.');
      try {
        int unused = bundle.loadClass(name).getDeclaredMethods().length;
      } catch (ClassNotFoundException | LinkageError ignored) {
        // package-info, or a class whose optional import is missing: it stays out of the archive
      }
    }
  }
}
