package org.fpm4j.config.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationListener;
import org.fpm4j.config.Directive.Scope;
import org.fpm4j.config.internal.source.ConfigurationSources;
import org.fpm4j.config.internal.source.ConfigurationSources.PidProperties;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationPublisherTest {

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String POOL = "listen=%s\npm=static\npm.max_children=1\nprogram=sh\n";

  @TempDir Path directory;

  private final BlockingQueue<Configuration> published = new LinkedBlockingQueue<>();
  private final AtomicInteger evaluations = new AtomicInteger();
  private volatile ConfigurationSources sources;

  /** What there is from the next reading on. */
  private volatile Optional<ConfigurationSources> later = Optional.empty();

  /** What happens right after the next reading. */
  private volatile Runnable afterReading = () -> {};

  private ConfigurationPublisher publisher;

  @BeforeEach
  void createPublisher() {
    sources = pool("www", "9000");
    publisher =
        new ConfigurationPublisher(
            new ConfigurationEvaluation(Evaluations.surroundings(Privilege.USER)),
            this::read,
            Optional.of(directory),
            (read, configuration) -> {});
    publisher.add(published::add);
  }

  @AfterEach
  void stopPublisher() {
    publisher.stop();
  }

  private ConfigurationSources read() {
    evaluations.incrementAndGet();
    ConfigurationSources now = sources;
    later.ifPresent(next -> sources = next);
    try {
      ConfigurationSources read =
          new ConfigurationSources(
              now.phpFpmConf(),
              now.pids(),
              EtcDirectory.list(directory).phpFpmConfs(),
              now.unread());
      afterReading.run();
      afterReading = () -> {};
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigurationSources pool(String name, String listen) {
    Map<String, Object> properties =
        Map.of("listen", listen, "pm", "static", "pm.max_children", "1", "program", "sh");
    return new ConfigurationSources(
        Optional.empty(),
        List.of(new PidProperties(Scope.POOL, name, "pid", Optional.empty(), properties)),
        List.of(),
        List.of());
  }

  private Configuration next() throws InterruptedException {
    Configuration configuration = published.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    assertTrue(configuration != null, "nothing was published");
    return configuration;
  }

  private Set<String> nextPools() throws InterruptedException {
    return next().pools().keySet();
  }

  @Test
  void publishesTheFirstConfigurationAtOnce() throws Exception {
    publisher.start();
    assertEquals(1, publisher.call(published::size), "nothing that begins later comes before");
    assertEquals(Set.of("www"), nextPools());
  }

  @Test
  void waitsForFilesThatAreNotInConfigAdminYet() throws InterruptedException {
    later = Optional.of(sources);
    sources =
        new ConfigurationSources(
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(
                new EtcDirectory.PidFile(
                    directory.resolve("org.fpm4j.pool-www.cfg"), Scope.POOL, "www")));
    publisher.start();
    publisher.changed();
    Configuration first = next();
    assertEquals(Set.of("www"), first.pools().keySet());
    assertEquals(List.of(), first.rejections());
  }

  @Test
  void waitsForFileInstallToTakeANewFileToo() throws InterruptedException {
    publisher.start();
    next();
    later = Optional.of(pool("b", "9001"));
    sources = withUnread("b");
    publisher.changed();
    Configuration second = next();
    assertEquals(Set.of("b"), second.pools().keySet());
    assertEquals(List.of(), second.rejections());
  }

  @Test
  void reportsAFileThatFileInstallDoesNotTake() throws InterruptedException {
    publisher.start();
    next();
    sources = withUnread("b");
    publisher.changed();
    assertEquals(1, next().rejections().size());
  }

  private ConfigurationSources withUnread(String name) {
    Path file = directory.resolve("org.fpm4j.pool-" + name + ".cfg");
    return new ConfigurationSources(
        sources.phpFpmConf(),
        sources.pids(),
        List.of(),
        List.of(new EtcDirectory.PidFile(file, Scope.POOL, name)));
  }

  @Test
  void triesAgainWhatWasRejectedForWantOfSomethingElse() throws Exception {
    Path wanted = directory.resolve("wanted");
    Map<String, Object> properties = new HashMap<>(sources.pids().get(0).properties());
    properties.put("chdir", wanted.toString());
    sources =
        sources.withPids(
            List.of(new PidProperties(Scope.POOL, "www", "pid", Optional.empty(), properties)));
    publisher.start();
    assertEquals(1, next().rejections().size());
    Files.createDirectory(wanted);
    Configuration second = next();
    assertEquals(List.of(), second.rejections());
    assertEquals(Set.of("www"), second.pools().keySet());
  }

  @Test
  void makesOneChangeOfQuickEdits() throws Exception {
    publisher.start();
    next();
    int before = evaluations.get();
    // On its own thread, which cannot find a quiet time between them.
    int edits =
        publisher.call(
            () -> {
              for (int port = 9001; port <= 9020; port++) {
                sources = pool("www", Integer.toString(port));
                publisher.changed();
              }
              return 20;
            });
    assertEquals(20, edits);
    assertEquals("9020", next().pools().get("www").listen().address());
    assertEquals(1, evaluations.get() - before);
    assertNull(published.poll());
  }

  @Test
  void publishesNothingWhenNothingIsDifferent() throws Exception {
    publisher.start();
    next();
    publisher.changed();
    sources = pool("b", "9000");
    publisher.changed();
    assertEquals(Set.of("b"), nextPools());
    assertNull(published.poll());
  }

  @Test
  void tellsALateListenerTheCurrentConfiguration() throws InterruptedException {
    publisher.start();
    next();
    BlockingQueue<Configuration> late = new LinkedBlockingQueue<>();
    ConfigurationListener listener = late::add;
    publisher.add(listener);
    assertTrue(late.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS) != null);
    publisher.remove(listener);
    sources = pool("b", "9000");
    publisher.changed();
    next();
    assertNull(late.poll());
  }

  @Test
  void goesOnAfterAListenerThatThrows() throws InterruptedException {
    publisher.add(
        configuration -> {
          throw new IllegalStateException("thrown by a test");
        });
    publisher.start();
    next();
    sources = pool("b", "9000");
    publisher.changed();
    assertEquals(Set.of("b"), nextPools());
  }

  @Test
  void seesNewChangedAndDeletedFilesAndIncludes() throws Exception {
    publisher.start();
    next();
    Path conf = directory.resolve("php-fpm.conf");
    Path included = Files.createDirectories(directory.resolve("pool.d")).resolve("b.conf");
    replace(conf, "include=" + directory + "/pool.d/*.conf\n[a]\n" + POOL.formatted(1));
    assertEquals(Set.of("a", "www"), nextPools());
    replace(included, "[b]\n" + POOL.formatted(2));
    assertEquals(Set.of("a", "b", "www"), nextPools());
    replace(included, "[b2]\n" + POOL.formatted(2));
    assertEquals(Set.of("a", "b2", "www"), nextPools());
    Files.delete(included);
    assertEquals(Set.of("a", "www"), nextPools());
  }

  @Test
  void keepsAPoolWhoseFileIsTakenAwayBeforeTheNewOneComes() throws Exception {
    Path conf = directory.resolve("a.conf");
    replace(conf, "[a]\n" + POOL.formatted(1));
    publisher.start();
    assertEquals(Set.of("a", "www"), nextPools());
    Files.delete(conf);
    afterReading = () -> replace(conf, "[a]\n" + POOL.formatted(2));
    publisher.changed();
    Configuration second = next();
    assertEquals(Set.of("a", "www"), second.pools().keySet());
    assertEquals("2", second.pools().get("a").listen().address());
  }

  /** As editors do it: no reader sees half a file. */
  private void replace(Path file, String text) {
    try {
      Path scratch = Files.writeString(directory.resolve("scratch"), text);
      Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
