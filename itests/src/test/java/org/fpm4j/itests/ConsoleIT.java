package org.fpm4j.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.cleanCaches;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.execution.HealthCheckExecutionOptions;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The optional bundles of {@code share/bundles} in a Felix that has Gogo's runtime and the health
 * check API. Runs inside that Felix; JUnit 4, which Pax Exam needs.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ConsoleIT {

  private static final ContainerRoot ROOT = new ContainerRoot("console");

  /**
   * By its name: its package is the bundle's own, which this class cannot import in the container.
   */
  private static final String EXECUTOR_CLASS =
      "/org/apache/felix/hc/core/impl/executor/HealthCheckExecutorImpl.class";

  @Inject private ConfigurationAdmin configurations;
  @Inject private CommandProcessor gogo;
  @Inject private HealthCheckExecutor executor;

  private org.osgi.service.cm.Configuration pool;

  /** Called by Pax Exam before the framework is started. */
  @Configuration
  public Option[] container() throws IOException, URISyntaxException {
    ROOT.removeAtExit();
    Path home = Path.of(System.getProperty("org.fpm4j.home"));
    List<Option> provisioned = new ArrayList<>();
    for (Path directory : List.of(home.resolve("bundles"), home.resolve("share/bundles"))) {
      try (Stream<Path> jars = Files.list(directory)) {
        jars.filter(jar -> !jar.toString().contains("fileinstall"))
            .sorted()
            .forEach(jar -> provisioned.add(bundle(jar.toUri().toString())));
      }
    }
    for (Class<?> type : List.of(CommandProcessor.class, HealthCheck.class)) {
      provisioned.add(
          bundle(type.getProtectionDomain().getCodeSource().getLocation().toURI().toString()));
    }
    URL executorClass = getClass().getResource(EXECUTOR_CLASS);
    provisioned.add(
        bundle(((JarURLConnection) executorClass.openConnection()).getJarFileURL().toString()));
    // What the executor's bundle imports for its servlet and its events, which nobody asks for.
    provisioned.add(
        systemPackages(
            "org.osgi.service.servlet.context;version=2.0", "org.osgi.service.event;version=1.4"));
    return options(
        composite(provisioned.toArray(Option[]::new)),
        cleanCaches(),
        frameworkProperty("org.fpm4j.run").value(ROOT.run().toString()),
        junitBundles());
  }

  @Before
  public void configurePool() throws IOException {
    ROOT.make();
    pool = configurations.getFactoryConfiguration("org.fpm4j.pool", "www", "?");
    pool.update(ROOT.pool());
    Await.until("a zygote and 2 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 3);
    Await.until("a pool that serves", () -> pools().contains("\nwww   running  static"));
  }

  @After
  public void removePool() throws IOException {
    pool.delete();
    Await.until("no process", () -> ProcessEntry.servingFrom(ROOT.run()).isEmpty());
  }

  private String pools() {
    try {
      return gogo("fpm:pools");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String gogo(String line) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        CommandSession session =
            gogo.createSession(new ByteArrayInputStream(new byte[0]), print, print)) {
      Object result = session.execute(line);
      return String.valueOf(result);
    }
  }

  @Test
  public void gogoShowsTablesAndTakesOrders() throws Exception {
    String table = gogo("fpm:pools");
    assertTrue(table, table.startsWith("POOL  STATE"));
    assertTrue(table, table.contains("\nwww   running  static"));
    assertEquals(3, gogo("fpm:workers www").lines().count());
    assertEquals("pool www serves with generation 2", gogo("fpm:reload www"));
    assertTrue(gogo("fpm:status --json").startsWith("{\"master\":"));
    Exception refused = assertThrows(Exception.class, () -> gogo("fpm:reload nobody"));
    assertTrue(refused.toString(), refused.toString().contains("no pool 'nobody'"));
  }

  @Test
  public void healthChecksFollowThePool() throws Exception {
    awaitHealth(Result.Status.OK);

    gogo("fpm:drain www");
    awaitHealth(Result.Status.TEMPORARILY_UNAVAILABLE);
    gogo("fpm:resume www");
  }

  private void awaitHealth(Result.Status ready) {
    Map<String, Result.Status> expected =
        Map.of("pool www live", Result.Status.OK, "pool www ready", ready);
    Await.value("verdicts " + expected, this::health, expected::equals);
  }

  private Map<String, Result.Status> health() {
    HealthCheckExecutionOptions now =
        new HealthCheckExecutionOptions().setForceInstantExecution(true);
    Map<String, Result.Status> verdicts = new TreeMap<>();
    for (HealthCheckExecutionResult check :
        executor.execute(HealthCheckSelector.tags("fpm4j"), now)) {
      verdicts.put(
          check.getHealthCheckMetadata().getName(), check.getHealthCheckResult().getStatus());
    }
    return verdicts;
  }
}
