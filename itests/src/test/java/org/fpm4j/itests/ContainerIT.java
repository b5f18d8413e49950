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
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.fpm4j.config.Directive;
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
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.log.admin.LoggerAdmin;
import org.osgi.service.log.admin.LoggerContext;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * Our bundles in a Felix that somebody else started, with Declarative Services and Config Admin but
 * neither the launcher nor File Install. Runs inside that Felix; JUnit 4, which Pax Exam needs.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ContainerIT {

  private static final ContainerRoot ROOT = new ContainerRoot("container");
  private static final String FELIX_LOG = "org.apache.felix.log.Activator";
  private static final List<String> OF_THE_DISTRIBUTION_ONLY =
      List.of("org.apache.felix.fileinstall.jar", "org.fpm4j.command.jar");

  @Inject private BundleContext bundles;
  @Inject private ConfigurationAdmin configurations;
  @Inject private MetaTypeService metatypes;

  private org.osgi.service.cm.Configuration pool;
  private Path script;

  /** Called by Pax Exam before the framework is started. */
  @Configuration
  public Option[] container() throws IOException, ClassNotFoundException {
    ROOT.removeAtExit();
    Path packaged = Path.of(System.getProperty("org.fpm4j.home"), "bundles");
    try (Stream<Path> jars = Files.list(packaged)) {
      Option[] provisioned =
          jars.filter(jar -> !OF_THE_DISTRIBUTION_ONLY.contains(jar.getFileName().toString()))
              .sorted()
              .map(jar -> bundle(jar.toUri().toString()))
              .toArray(Option[]::new);
      return options(
          composite(provisioned),
          bundle(MetaTypeService.class.getProtectionDomain().getCodeSource().getLocation() + ""),
          bundle(Class.forName(FELIX_LOG).getProtectionDomain().getCodeSource().getLocation() + "")
              .noStart(),
          cleanCaches(),
          frameworkProperty("org.fpm4j.run").value(ROOT.run().toString()),
          junitBundles());
    }
  }

  @Before
  public void configurePool() throws IOException {
    ROOT.make();
    script = Files.writeString(ROOT.path("pid.php"), "<?php echo getmypid();");
    pool = configurations.getFactoryConfiguration("org.fpm4j.pool", "www", "?");
    pool.update(ROOT.pool());
    Await.until("a page", () -> PoolClient.unix(ROOT.socket()).get(script).matches("\\d+"));
  }

  @After
  public void removeFiles() throws IOException {
    pool.delete();
    Await.until("no process", () -> ProcessEntry.servingFrom(ROOT.run()).isEmpty());
    Await.until("no socket", () -> !Files.exists(ROOT.socket()));
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
    Await.until("a zygote and 2 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 3);

    setMaxChildren(4);

    Await.until("a zygote and 4 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 5);
    assertTrue(PoolClient.unix(ROOT.socket()).get(script).matches("\\d+"));
  }

  @Test
  public void felixsLogServiceIsToldEachLineOnceThoughBothRestart() throws Exception {
    Bundle felixLog = named("org.apache.felix.log");
    Bundle logging = named("org.fpm4j.logging");
    felixLog.start();
    expectTold(3);

    felixLog.stop();
    setMaxChildren(2);
    Await.until("a zygote and 2 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 3);
    felixLog.start();
    expectTold(4);

    felixLog.update();
    expectTold(5);

    logging.stop();
    logging.start();
    Await.until("a page", () -> PoolClient.unix(ROOT.socket()).get(script).matches("\\d+"));
    expectTold(6);

    felixLog.stop();
    setMaxChildren(7);
    Await.until("a zygote and 7 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 8);
  }

  /** Changes the pool, and compares what the Log Service is told about it. */
  private void expectTold(int maxChildren) throws IOException {
    Await.until("the use of the service", () -> isUsedBy(LoggerFactory.class, "org.fpm4j.logging"));
    Queue<LogEntry> told = new ConcurrentLinkedQueue<>();
    LogListener listener =
        entry -> {
          if (entry.getLoggerName().equals("org.fpm4j")) {
            told.add(entry);
          }
        };
    LogReaderService reader = service(LogReaderService.class);
    reader.addLogListener(listener);
    LoggerContext levels = service(LoggerAdmin.class).getLoggerContext(null);
    levels.setLogLevels(Map.of("org.fpm4j", LogLevel.INFO));

    for (int count : List.of(maxChildren + 1, maxChildren)) {
      setMaxChildren(count);
      Await.until(
          "a zygote and the workers",
          () -> ProcessEntry.servingFrom(ROOT.run()).size() == count + 1);
    }
    pool.update(with("pm.max_requests", 1000 * maxChildren));
    Await.until(
        "the last message",
        () -> told.stream().anyMatch(entry -> entry.getMessage().contains("pm.max_requests")));

    String applied = "[pool www] applied %s; no worker restarted";
    assertEquals(
        List.of(
            applied.formatted("pm.max_children"),
            applied.formatted("pm.max_children"),
            applied.formatted("pm.max_requests")),
        told.stream().map(LogEntry::getMessage).filter(text -> text.contains("applied")).toList());
    for (LogEntry entry : told) {
      assertEquals(entry.getMessage(), LogLevel.INFO, entry.getLogLevel());
      assertEquals("org.fpm4j.logging", entry.getBundle().getSymbolicName());
      assertEquals("fpm4j log to OSGi", entry.getThreadInfo());
    }
    reader.removeLogListener(listener);
  }

  private Bundle named(String name) {
    return Arrays.stream(bundles.getBundles())
        .filter(bundle -> bundle.getSymbolicName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private <T> T service(Class<T> type) {
    return bundles.getService(bundles.getServiceReference(type));
  }

  private boolean isUsedBy(Class<?> service, String bundle) {
    ServiceReference<?> reference = bundles.getServiceReference(service);
    Bundle[] users = reference == null ? null : reference.getUsingBundles();
    return users != null
        && Arrays.stream(users).anyMatch(user -> user.getSymbolicName().equals(bundle));
  }

  private void setMaxChildren(int count) throws IOException {
    pool.update(with("pm.max_children", count));
  }

  private Dictionary<String, Object> with(String key, int value) {
    Dictionary<String, Object> settings = pool.getProperties();
    settings.put(key, value);
    return settings;
  }

  @Test
  public void stoppedBundleLeavesNothingRunningAndStartedItServesAgain() throws BundleException {
    Bundle manager = named("org.fpm4j.process-manager");

    manager.stop();

    assertEquals(List.of(), ProcessEntry.servingFrom(ROOT.run()));
    manager.start();
    Await.until("a page", () -> PoolClient.unix(ROOT.socket()).get(script).matches("\\d+"));
  }

  @Test
  public void consolesAreToldAllAboutEveryDirective() {
    Bundle config = named("org.fpm4j.config");
    MetaTypeInformation metatype = metatypes.getMetaTypeInformation(config);
    assertEquals(List.of("org.fpm4j.master"), List.of(metatype.getPids()));
    assertEquals(List.of("org.fpm4j.pool"), List.of(metatype.getFactoryPids()));
    expect(Directive.Scope.GLOBAL, metatype.getObjectClassDefinition("org.fpm4j.master", null));
    expect(Directive.Scope.POOL, metatype.getObjectClassDefinition("org.fpm4j.pool", null));
  }

  private static void expect(Directive.Scope scope, ObjectClassDefinition form) {
    List<String> shown =
        Arrays.stream(form.getAttributeDefinitions(ObjectClassDefinition.ALL))
            .map(field -> field.getID() + " (" + field.getName() + "): " + field.getDescription())
            .toList();
    List<String> wanted =
        Directive.in(scope).stream()
            .filter(directive -> directive.kind() != Directive.Kind.MAP)
            .map(ContainerIT::field)
            .toList();
    assertEquals(String.join("\n", wanted), String.join("\n", shown));
    for (Directive directive : Directive.in(scope)) {
      assertTrue(
          directive.name(),
          directive.kind() != Directive.Kind.MAP
              || form.getDescription().contains(directive.arrayName() + "[KEY]"));
    }
  }

  private static String field(Directive directive) {
    return "%1$s (%1$s): %2$s%3$s%4$s%5$s. Change: %6$s"
        .formatted(
            directive.name(),
            directive.description(),
            directive.unit().isEmpty() ? "" : ". Unit: " + directive.unit(),
            directive.fallback().isEmpty() ? "" : ". Default: " + directive.fallback(),
            directive.legal().isEmpty() ? "" : ". Legal: " + directive.legal(),
            directive.changeClass().name().toLowerCase(Locale.ROOT));
  }

  @Test
  public void runDirectoryIsFreeOfFilesOfPoolsThatWent() throws IOException {
    pool.delete();
    Await.until("no process", () -> ProcessEntry.servingFrom(ROOT.run()).isEmpty());

    Await.until(
        "no files",
        () -> {
          try (Stream<Path> files = Files.list(ROOT.run())) {
            return files.noneMatch(file -> file.getFileName().toString().startsWith("www."));
          }
        });
    pool = configurations.getFactoryConfiguration("org.fpm4j.pool", "other", "?");
  }
}
