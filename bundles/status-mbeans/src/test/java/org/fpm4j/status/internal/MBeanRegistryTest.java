package org.fpm4j.status.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.fpm4j.process.ProcessEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MBeanRegistryTest {

  private final MBeanServer server = MBeanServerFactory.newMBeanServer();
  private final FakeManager manager = new FakeManager();
  private final FakeEditor editor = new FakeEditor();
  private final RecordingLog log = new RecordingLog();
  private final FakeStacks stacks = new FakeStacks();
  private final MBeanRegistry registry =
      new MBeanRegistry(() -> server, manager, editor, log, () -> Optional.of(stacks));

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void registersTheMasterAndEachPoolUnderTheirNames() throws Exception {
    start("www", "api");
    assertEquals(
        Set.of(
            "org.fpm4j:type=Master",
            "org.fpm4j:type=Pool,name=www",
            "org.fpm4j:type=Pool,name=api"),
        names());
  }

  @Test
  void quotesAPoolNameThatObjectNamesDoNotTake() throws Exception {
    start("a,b");
    assertTrue(server.isRegistered(new ObjectName("org.fpm4j:type=Pool,name=\"a,b\"")));
  }

  @Test
  void followsPoolsThatComeAndGo() throws Exception {
    start("www");
    manager.idleWorkers.put("api", 1);
    registry.onEvent(event(ProcessEvent.Type.CONFIGURATION_APPLIED, "api"));
    await(() -> server.isRegistered(pool("api")));
    manager.idleWorkers.remove("www");
    registry.onEvent(event(ProcessEvent.Type.POOL_REMOVED, "www"));
    await(() -> !server.isRegistered(pool("www")));
    assertTrue(server.isRegistered(pool("api")));
  }

  @Test
  void readsAttributesOfOneCallFromOneSnapshot() throws Exception {
    start("www");
    int before = manager.snapshots.get();
    String[] names = {
      "IdleProcesses", "ActiveProcesses", "TotalProcesses", "Workers", "Generation"
    };
    List<Attribute> read = server.getAttributes(pool("www"), names).asList();
    assertEquals(before + 1, manager.snapshots.get());
    int idle = (int) read.get(0).getValue();
    int active = (int) read.get(1).getValue();
    assertEquals(idle + active, (int) read.get(2).getValue());
    assertEquals(idle + active, ((TabularData) read.get(3).getValue()).size());
  }

  @Test
  void keysWorkersBySlotAndNamesOtherGenerations() throws Exception {
    start("www");
    TabularData workers = (TabularData) server.getAttribute(pool("www"), "Workers");
    CompositeData serving = (CompositeData) workers.get(new Object[] {"1"}).get("value");
    CompositeData retiring = (CompositeData) workers.get(new Object[] {"0@2"}).get("value");
    assertEquals(3001, serving.get("pid"));
    assertEquals("/index.php", serving.get("uri"));
    assertEquals(2000, retiring.get("pid"));
  }

  @Test
  void showsThePoolsInTheMaster() throws Exception {
    start("www", "api");
    TabularData pools = (TabularData) server.getAttribute(master(), "Pools");
    CompositeData www = (CompositeData) pools.get(new Object[] {"www"}).get("value");
    assertEquals("RUNNING", www.get("state"));
    assertEquals(2, pools.size());
    assertEquals(6L, server.getAttribute(master(), "DroppedLogLines"));
  }

  @Test
  void passesOrdersOnAndReturnsTheirOutcome() throws Exception {
    start("www");
    assertEquals("done", invoke(pool("www"), "reload"));
    assertEquals("done", invoke(pool("www"), "retireWorker", 4711));
    assertEquals("done", invoke(pool("www"), "killWorker", 4711));
    assertEquals("done", invoke(master(), "reopenLogs"));
    assertEquals("done", invoke(master(), "finish"));
    assertEquals(
        List.of("reload www", "retire www 4711", "kill www 4711", "reopenLogs", "finish"),
        manager.orders);
  }

  @Test
  void dumpsStacksOfThePoolsOwnWorkersOnly() throws Exception {
    start("www", "api");
    String stack = "pool www, worker 7, Running\n  sleep()\n";
    assertEquals(stack, invoke(pool("www"), "dumpStacks"));
    assertEquals(stack, invoke(pool("www"), "dumpStack", 7));
    RuntimeMBeanException refused =
        assertThrows(RuntimeMBeanException.class, () -> invoke(pool("api"), "dumpStack", 7));
    assertEquals("no worker 7 in pool api", refused.getCause().getMessage());
  }

  @Test
  void returnsFromALongOrderBeforeItEnds() throws Exception {
    start("www");
    manager.outcome = new CompletableFuture<>();
    assertEquals("reload of pool www accepted, goes on", invoke(pool("www"), "reload"));
    assertFalse(manager.outcome.isDone());
  }

  @Test
  void reportsARefusalInTheManagersWords() throws Exception {
    start("www");
    manager.outcome =
        CompletableFuture.failedFuture(new IllegalArgumentException("pool www has no worker 1"));
    RuntimeMBeanException refused =
        assertThrows(RuntimeMBeanException.class, () -> invoke(pool("www"), "retireWorker", 1));
    assertEquals(IllegalArgumentException.class, refused.getCause().getClass());
    assertEquals("pool www has no worker 1", refused.getCause().getMessage());
  }

  @Test
  void sendsNumberedNotificationsFromPoolAndMaster() throws Exception {
    start("www");
    BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
    server.addNotificationListener(pool("www"), (sent, handback) -> heard.add(sent), null, null);
    registry.onEvent(new ProcessEvent(ProcessEvent.Type.WORKER_EXITED, "www", 4711, "gone", 5000));
    registry.onEvent(event(ProcessEvent.Type.WORKER_STARTED, "api"));
    registry.onEvent(event(ProcessEvent.Type.RELOAD_DONE, "www"));
    Notification first = heard.poll(60, TimeUnit.SECONDS);
    Notification second = heard.poll(60, TimeUnit.SECONDS);
    assertEquals("org.fpm4j.worker.exited", first.getType());
    assertEquals(pool("www"), first.getSource());
    assertEquals("gone", first.getMessage());
    assertEquals(5000, first.getTimeStamp());
    assertEquals(4711, ((CompositeData) first.getUserData()).get("pid"));
    assertEquals(first.getSequenceNumber() + 1, second.getSequenceNumber());
    assertEquals("org.fpm4j.reload.done", second.getType());
  }

  @Test
  void remembersTheLastReloadAndTheLastError() throws Exception {
    start("www");
    registry.onEvent(event(ProcessEvent.Type.GENERATION_FAILED, "www"));
    assertEquals("", server.getAttribute(pool("www"), "LastReload"));
    registry.onEvent(
        new ProcessEvent(ProcessEvent.Type.RELOAD_DONE, "www", 0, "reload done", 4000));
    assertEquals(2500L, server.getAttribute(pool("www"), "SaturatedTime"));
    assertEquals("reload done", server.getAttribute(pool("www"), "LastReload"));
    assertEquals("reload done", server.getAttribute(master(), "LastReload"));
    assertEquals("pool www: text", server.getAttribute(master(), "LastError"));
  }

  @Test
  void holdsBackAFloodAndSaysHowMuch() throws Exception {
    start("www");
    BlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
    server.addNotificationListener(pool("www"), (sent, handback) -> heard.add(sent), null, null);
    for (int i = 0; i < 3 * Throttle.BURST; i++) {
      registry.onEvent(event(ProcessEvent.Type.WORKER_EXITED, "www"));
    }
    registry.onEvent(event(ProcessEvent.Type.RELOAD_DONE, "www"));
    Notification last = heard.poll(60, TimeUnit.SECONDS);
    int passed = 1;
    while (!last.getType().equals("org.fpm4j.reload.done")) {
      last = heard.poll(60, TimeUnit.SECONDS);
      passed++;
    }
    long heldBack = (long) server.getAttribute(pool("www"), "SuppressedNotifications");
    assertTrue(heldBack > Throttle.BURST, () -> heldBack + " held back");
    assertEquals(3 * Throttle.BURST + 1, passed + heldBack);
    assertEquals(3 * Throttle.BURST + 1, last.getSequenceNumber());
  }

  @Test
  void changesSettingsThroughTheEditor() throws Exception {
    start("www");
    String[] texts = {"java.lang.String", "java.lang.String"};
    assertEquals(
        "pm.max_children = 9 written; it takes effect at once, no worker restarts",
        server.invoke(pool("www"), "set", new Object[] {"pm.max_children", "9"}, texts));
    server.invoke(master(), "set", new Object[] {"log_level", "debug"}, texts);
    assertEquals(List.of("www: pm.max_children = 9", ": log_level = debug"), editor.changes);
    editor.refusal = "pm.max_children = 0 (legal: 1 to 65536)";
    RuntimeMBeanException refused =
        assertThrows(
            RuntimeMBeanException.class,
            () -> server.invoke(pool("www"), "set", new Object[] {"pm.max_children", "0"}, texts));
    assertEquals(editor.refusal, refused.getCause().getMessage());
  }

  @Test
  void exitsByReasonAddUp() throws Exception {
    start("www");
    CompositeData exits = (CompositeData) server.getAttribute(pool("www"), "Exits");
    assertEquals(22L, exits.get("ended"));
    assertEquals(25L, exits.values().stream().mapToLong(each -> (Long) each).sum());
  }

  @Test
  void logsANameThatIsTakenAndGoesOn() throws Exception {
    server.createMBean("javax.management.timer.Timer", pool("www"));
    start("api");
    manager.idleWorkers.put("www", 1);
    registry.onEvent(event(ProcessEvent.Type.CONFIGURATION_APPLIED, "www"));
    await(() -> !log.messages.isEmpty());
    assertTrue(
        log.messages.get(0).startsWith("ERROR: unable to register MBean org.fpm4j:type=Pool"),
        log.messages::toString);
  }

  @Test
  void leavesNothingRegistered() throws Exception {
    start("www");
    registry.close();
    assertEquals(Set.of(), names());
    assertThrows(InstanceNotFoundException.class, () -> server.getAttribute(master(), "Pid"));
    assertFalse(log.messages.stream().anyMatch(message -> message.startsWith("ERROR")));
  }

  private void start(String... pools) throws Exception {
    for (String pool : pools) {
      manager.idleWorkers.put(pool, 2);
    }
    registry.start();
    await(() -> names().size() == 1 + pools.length);
  }

  private Set<String> names() {
    return server.queryNames(null, null).stream()
        .filter(name -> name.getDomain().equals("org.fpm4j"))
        .map(ObjectName::toString)
        .collect(Collectors.toSet());
  }

  private Object invoke(ObjectName bean, String operation) throws Exception {
    return server.invoke(bean, operation, new Object[0], new String[0]);
  }

  private Object invoke(ObjectName bean, String operation, int pid) throws Exception {
    return server.invoke(bean, operation, new Object[] {pid}, new String[] {"int"});
  }

  private static ProcessEvent event(ProcessEvent.Type type, String pool) {
    return new ProcessEvent(type, pool, 0, "text", 1);
  }

  private static ObjectName master() {
    return name("org.fpm4j:type=Master");
  }

  private static ObjectName pool(String pool) {
    return name("org.fpm4j:type=Pool,name=" + pool);
  }

  private static ObjectName name(String name) {
    try {
      return new ObjectName(name);
    } catch (javax.management.MalformedObjectNameException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertTrue(condition.getAsBoolean());
  }
}
