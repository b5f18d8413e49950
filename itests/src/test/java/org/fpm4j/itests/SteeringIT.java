package org.fpm4j.itests;

import static org.fpm4j.itests.ObjectNames.MASTER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator drains, changes and follows pools, on the command line and by JMX. */
class SteeringIT {

  private static final String[] TWO_TEXTS = {"java.lang.String", "java.lang.String"};

  @RegisterExtension final Site site = new Site();

  private final ObjectName pool = ObjectNames.pool("www");

  @Test
  void drainedPoolLetsClientsWaitAndServesThemWhenResumed() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 2");
    site.start();
    site.awaitWorkers("www", 2);
    CompletableFuture<String> busy = CompletableFuture.supplyAsync(() -> page(site.heldScript()));
    site.awaitStatus("www", "a busy worker", status -> status.active() == 1);

    assertTrue(
        site.command("drain", "www").expectSuccess().startsWith("pool www is drained, 1 workers"));
    site.letGo();
    assertFalse(busy.get(60, TimeUnit.SECONDS).isEmpty());
    site.awaitWorkers("www", 0);
    assertTrue(site.command("pools").expectSuccess().contains("drained"));
    site.command("reload", "www").expectSuccess();
    assertEquals(List.of(), site.workers("www"));

    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> page(site.pidScript()));
    site.awaitStatus("www", "a client that waits", status -> status.number("listenQueue") == 1);
    assertEquals("pool www takes requests again\n", site.command("resume", "www").expectSuccess());
    assertFalse(waiting.get(60, TimeUnit.SECONDS).isEmpty());
  }

  @Test
  void settingsAreCheckedWrittenAndInForce() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    RunningMaster master = site.start();
    site.awaitWorkers("www", 1);

    assertEquals(
        "pm.max_children = 3 written; it takes effect at once, no worker restarts\n",
        site.command("set", "www", "pm.max_children", "3").expectSuccess());
    site.awaitWorkers("www", 3);
    assertTrue(Files.readString(site.poolFile("www")).contains("pm.max_children = 3"));
    CommandOutcome refused = site.command("set", "www", "pm.max_children", "0");
    assertEquals(1, refused.exitCode());
    assertTrue(refused.errors().contains("(legal: 1 to 65536)"), refused::errors);

    AttachedClient.connected(
        master,
        server -> {
          server.invoke(pool, "set", new Object[] {"pm.max_children", "2"}, TWO_TEXTS);
          site.awaitWorkers("www", 2);
          TabularData inForce = (TabularData) server.getAttribute(pool, "Configuration");
          assertEquals("2", inForce.get(new Object[] {"pm.max_children"}).get("value"));
          RuntimeMBeanException wrong =
              assertThrows(
                  RuntimeMBeanException.class,
                  () -> server.invoke(pool, "set", new Object[] {"pm", "often"}, TWO_TEXTS));
          assertTrue(wrong.getCause().getMessage().contains("static"), wrong::toString);
        });
  }

  @Test
  void figuresOfOnePoolFitTogether() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 3");
    RunningMaster master = site.start();
    List<Integer> workers = site.awaitWorkers("www", 3);
    site.client("www").get(site.pidScript());

    AttachedClient.connected(
        master,
        server -> {
          server.invoke(pool, "killWorker", new Object[] {workers.get(0)}, new String[] {"int"});
          server.invoke(pool, "retireWorker", new Object[] {workers.get(1)}, new String[] {"int"});
          Await.until("2 exits", () -> number(server, pool, "Exited") == 2);
          CompositeData exits = (CompositeData) server.getAttribute(pool, "Exits");
          assertEquals(1L, exits.get("killed"));
          assertEquals(1L, exits.get("retired"));
          assertEquals(2, exits.values().stream().mapToLong(each -> (Long) each).sum());
          assertTrue(number(server, pool, "Memory") > 1_000_000);
          List<Attribute> together =
              server.getAttributes(pool, new String[] {"Workers", "TotalProcesses"}).asList();
          TabularData rows = (TabularData) together.get(0).getValue();
          assertEquals(together.get(1).getValue(), rows.size());
          assertTrue(server.getAttribute(MASTER, "Rejections") instanceof String[]);
        });
    site.expectLog("exited on signal 9");
  }

  private static long number(MBeanServerConnection server, ObjectName name, String attribute) {
    try {
      return ((Number) server.getAttribute(name, attribute)).longValue();
    } catch (JMException | IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eventsAreFollowedAsTheyHappen() throws Exception {
    site.pool("www", "pm = static", "pm.max_children = 1");
    site.start();
    int worker = site.awaitWorkers("www", 1).get(0);
    Process events =
        new ProcessBuilder(
                Site.program(), "events", "www", "--json", "--run", site.run().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // Not closed here: that would wait for the read below, which ends with the process.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.getInputStream(), StandardCharsets.UTF_8));
    try {
      CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> line(lines));
      Await.until(
          "an event, whenever it is that the client listens",
          () -> {
            site.workers("www")
                .forEach(pid -> site.command("retire", "www", Integer.toString(pid)));
            return first.isDone();
          });
      assertTrue(first.get().startsWith("{\"type\":\"org.fpm4j.worker."), first.get());
      assertTrue(worker > 0);
    } finally {
      events.destroy();
    }
    assertTrue(events.waitFor(60, TimeUnit.SECONDS));
  }

  private String page(Path script) {
    try {
      return site.client("www").get(script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(BufferedReader lines) {
    try {
      return lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
