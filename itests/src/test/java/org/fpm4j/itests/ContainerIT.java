package org.fpm4j.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.cleanCaches;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Our bundles in a Felix that somebody else started, with Declarative Services and Config Admin but
 * neither the launcher nor File Install. Runs inside that Felix; JUnit 4, which Pax Exam needs.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ContainerIT {

  private static final Path ROOT = Path.of("/tmp/fpm4j-container-" + ProcessHandle.current().pid());
  private static final Path RUN = ROOT.resolve("run");
  private static final Path SOCKET = ROOT.resolve("www.sock");
  private static final List<String> OF_THE_DISTRIBUTION_ONLY =
      List.of("org.apache.felix.fileinstall.jar", "org.fpm4j.command.jar");

  @Inject private BundleContext bundles;
  @Inject private ConfigurationAdmin configurations;

  private org.osgi.service.cm.Configuration pool;
  private Path script;

  /** Called by Pax Exam before the framework is started. */
  @Configuration
  public Option[] container() throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(ContainerIT::removeRoot));
    Path packaged = Path.of(System.getProperty("org.fpm4j.home"), "bundles");
    try (Stream<Path> jars = Files.list(packaged)) {
      Option[] provisioned =
          jars.filter(jar -> !OF_THE_DISTRIBUTION_ONLY.contains(jar.getFileName().toString()))
              .sorted()
              .map(jar -> bundle(jar.toUri().toString()))
              .toArray(Option[]::new);
      return options(
          composite(provisioned),
          cleanCaches(),
          frameworkProperty("org.fpm4j.run").value(RUN.toString()),
          junitBundles());
    }
  }

  /** Not before the end of the framework, which has the run directory. */
  private static void removeRoot() {
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println(ROOT + " is left: " + e);
    }
  }

  @SuppressWarnings("JdkObsolete") // Config Admin takes no Map
  @Before
  public void configurePool() throws IOException {
    Files.createDirectories(ROOT);
    Files.setPosixFilePermissions(ROOT, PosixFilePermissions.fromString("rwxr-xr-x"));
    script = Files.writeString(ROOT.resolve("pid.php"), "<?php echo getmypid();");
    pool = configurations.getFactoryConfiguration("org.fpm4j.pool", "www", "?");
    Dictionary<String, Object> settings = new Hashtable<>();
    settings.put("listen", SOCKET.toString());
    settings.put("pm", "static");
    settings.put("pm.max_children", "2");
    if (System.getProperty("user.name").equals("root")) {
      settings.put("user", "www-data");
    }
    pool.update(settings);
    Await.until("a page", () -> PoolClient.unix(SOCKET).get(script).matches("\\d+"));
  }

  @After
  public void removeFiles() throws IOException {
    pool.delete();
    Await.until("no process", () -> ProcessEntry.servingFrom(RUN).isEmpty());
    Await.until("no socket", () -> !Files.exists(SOCKET));
    Files.delete(script);
  }

  @Test
  public void everyBundleResolvesAndIsActive() {
    List<String> idle =
        Arrays.stream(bundles.getBundles())
            .filter(bundle -> bundle.getSymbolicName().startsWith("org.fpm4j."))
            .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
            .map(Bundle::getSymbolicName)
            .toList();

    assertEquals(List.of(), idle);
  }

  @Test
  public void poolOfConfigAdminServesChangesAndGoes() throws IOException {
    Await.until("a zygote and 2 workers", () -> ProcessEntry.servingFrom(RUN).size() == 3);
    Dictionary<String, Object> settings = pool.getProperties();
    settings.put("pm.max_children", 4);

    pool.update(settings);

    Await.until("a zygote and 4 workers", () -> ProcessEntry.servingFrom(RUN).size() == 5);
    assertTrue(PoolClient.unix(SOCKET).get(script).matches("\\d+"));
  }

  @Test
  public void stoppedBundleLeavesNothingRunningAndStartedItServesAgain() throws BundleException {
    Bundle manager =
        Arrays.stream(bundles.getBundles())
            .filter(bundle -> bundle.getSymbolicName().equals("org.fpm4j.process-manager"))
            .findFirst()
            .orElseThrow();

    manager.stop();

    assertEquals(List.of(), ProcessEntry.servingFrom(RUN));
    manager.start();
    Await.until("a page", () -> PoolClient.unix(SOCKET).get(script).matches("\\d+"));
  }

  @Test
  public void runDirectoryIsFreeOfFilesOfPoolsThatWent() throws IOException {
    pool.delete();
    Await.until("no process", () -> ProcessEntry.servingFrom(RUN).isEmpty());

    Await.until(
        "no files",
        () -> {
          try (Stream<Path> files = Files.list(RUN)) {
            return files.noneMatch(file -> file.getFileName().toString().startsWith("www."));
          }
        });
    pool = configurations.getFactoryConfiguration("org.fpm4j.pool", "other", "?");
  }
}
