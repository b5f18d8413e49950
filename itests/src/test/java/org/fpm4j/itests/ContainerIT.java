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
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
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
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
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
  private static final List<String> OF_THE_DISTRIBUTION_ONLY =
      List.of("org.apache.felix.fileinstall.jar", "org.fpm4j.command.jar");

  @Inject private BundleContext bundles;
  @Inject private ConfigurationAdmin configurations;
  @Inject private MetaTypeService metatypes;

  private org.osgi.service.cm.Configuration pool;
  private Path script;

  /** Called by Pax Exam before the framework is started. */
  @Configuration
  public Option[] container() throws IOException {
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

  /**
   * The container's own has no Log Service, only the package, so this is one that comes and goes.
   */
  @Test
  public void logGoesToALogServiceToo() throws IOException {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    LoggerFactory loggers =
        standIn(
            LoggerFactory.class,
            (method, name) ->
                standIn(Logger.class, (level, text) -> told.add(name + " " + level + ": " + text)));
    ServiceRegistration<LoggerFactory> service =
        bundles.registerService(LoggerFactory.class, loggers, null);
    Await.until("the use of the service", () -> isUsedBy(service, "org.fpm4j.logging"));
    setMaxChildren(3);
    Await.until(
        "the message",
        () ->
            told.contains(
                "org.fpm4j info: [pool www] applied pm.max_children; no worker restarted"));

    service.unregister();
    setMaxChildren(4);
    Await.until("a zygote and 4 workers", () -> ProcessEntry.servingFrom(ROOT.run()).size() == 5);
  }

  private static boolean isUsedBy(ServiceRegistration<?> service, String bundle) {
    Bundle[] users = service.getReference().getUsingBundles();
    return users != null
        && Arrays.stream(users).anyMatch(user -> user.getSymbolicName().equals(bundle));
  }

  private void setMaxChildren(int count) throws IOException {
    Dictionary<String, Object> settings = pool.getProperties();
    settings.put("pm.max_children", count);
    pool.update(settings);
  }

  /** Calls the function with a method's name and its first argument; every question is denied. */
  private static <T> T standIn(Class<T> type, BiFunction<String, Object, Object> answer) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return method.invoke(answer, arguments);
          }
          boolean asks = method.getReturnType() == boolean.class;
          return asks ? (Object) false : answer.apply(method.getName(), arguments[0]);
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Test
  public void stoppedBundleLeavesNothingRunningAndStartedItServesAgain() throws BundleException {
    Bundle manager =
        Arrays.stream(bundles.getBundles())
            .filter(bundle -> bundle.getSymbolicName().equals("org.fpm4j.process-manager"))
            .findFirst()
            .orElseThrow();

    manager.stop();

    assertEquals(List.of(), ProcessEntry.servingFrom(ROOT.run()));
    manager.start();
    Await.until("a page", () -> PoolClient.unix(ROOT.socket()).get(script).matches("\\d+"));
  }

  @Test
  public void consolesAreToldAllAboutEveryDirective() {
    Bundle config =
        Arrays.stream(bundles.getBundles())
            .filter(bundle -> bundle.getSymbolicName().equals("org.fpm4j.config"))
            .findFirst()
            .orElseThrow();
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
