package org.fpm4j.status.internal;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.stack.PhpStacks;
import org.fpm4j.status.MasterMXBean;
import org.fpm4j.status.PoolMXBean;

/**
 * Keeps one MBean registered for the master and one for each pool there is, and passes events on to
 * them. Events come on the event loop's thread; registration happens on a thread of its own,
 * because the first use of the MBean server takes a tenth of a second and must not delay the start.
 */
final class MBeanRegistry {

  private static final String DOMAIN = "org.fpm4j:";
  private static final String NEEDS_QUOTES = ",=:\"*?\n";
  private static final Set<ProcessEvent.Type> POOLS_MAY_CHANGE =
      EnumSet.of(
          ProcessEvent.Type.CONFIGURATION_APPLIED,
          ProcessEvent.Type.GENERATION_READY,
          ProcessEvent.Type.GENERATION_FAILED,
          ProcessEvent.Type.POOL_FAILED,
          ProcessEvent.Type.POOL_REMOVED);

  /** What is kept for one MBean, registered or about to be. */
  private record Subject(ObjectName name, History history, EventEmitter emitter) {
    void tell(ProcessEvent event) {
      history.remember(event);
      emitter.send(event);
    }
  }

  private final Supplier<MBeanServer> server;
  private final ProcessManager manager;
  private final ConfigurationEditor editor;
  private final ErrorLog log;
  private final Supplier<Optional<PhpStacks>> stacks;
  private final Background registration = new Background("fpm4j mbeans");
  private final Background delivery = new Background("fpm4j notifications");
  private final Background background = new Background("fpm4j mbean orders");
  private final SettingOrders settings;
  private final Subject master = subject("type=Master");
  private final Map<String, Subject> pools = new ConcurrentHashMap<>();

  /** Names of the pools that have an MBean; registration thread only. */
  private final Set<String> registered = ConcurrentHashMap.newKeySet();

  /**
   * @param stacks asked for when stacks are dumped
   */
  MBeanRegistry(
      Supplier<MBeanServer> server,
      ProcessManager manager,
      ConfigurationEditor editor,
      ErrorLog log,
      Supplier<Optional<PhpStacks>> stacks) {
    this.stacks = stacks;
    this.editor = editor;
    this.settings = new SettingOrders(editor, background);
    this.server = server;
    this.manager = manager;
    this.log = log;
  }

  /** Begins to register; returns at once. */
  void start() {
    registration.execute(this::registerMaster);
    registration.execute(this::reconcile);
  }

  /** Passes an event on to the MBeans it concerns; returns at once. */
  void onEvent(ProcessEvent event) {
    master.tell(event);
    if (!event.pool().isEmpty()) {
      pools.computeIfAbsent(event.pool(), this::poolSubject).tell(event);
    }
    if (POOLS_MAY_CHANGE.contains(event.type())) {
      registration.execute(this::reconcile);
    }
  }

  /** Unregisters everything, after what was begun before; waits for at most a second. */
  void close() {
    registration.execute(
        () -> {
          registered.forEach(this::unregisterPool);
          unregister(master.name());
        });
    registration.finish();
    delivery.finish();
    background.finish();
  }

  private void registerMaster() {
    MasterBean bean =
        new MasterBean(
            manager,
            master.history(),
            log::dropped,
            delivery::dropped,
            master.emitter()::suppressed,
            settings,
            editor::current);
    register(
        master.name(),
        new AnnotatedMBean(bean, MasterMXBean.class, bean.scope(), master.emitter(), Map.of()));
  }

  private void reconcile() {
    Set<String> present =
        manager.pools().stream().map(PoolSnapshot::name).collect(Collectors.toSet());
    registered.stream().filter(name -> !present.contains(name)).forEach(this::unregisterPool);
    pools.keySet().retainAll(present);
    present.stream().filter(registered::add).forEach(this::registerPool);
  }

  private void registerPool(String pool) {
    Subject subject = pools.computeIfAbsent(pool, this::poolSubject);
    PoolBean bean =
        new PoolBean(
            manager,
            pool,
            subject.history(),
            subject.emitter()::suppressed,
            settings,
            background,
            stacks);
    register(
        subject.name(),
        new AnnotatedMBean(
            bean, PoolMXBean.class, bean.scope(), subject.emitter(), bean.openData()));
  }

  private void unregisterPool(String pool) {
    registered.remove(pool);
    unregister(poolSubject(pool).name());
  }

  private void register(ObjectName name, AnnotatedMBean bean) {
    try {
      server.get().registerMBean(bean, name);
    } catch (JMException e) {
      log.error("unable to register MBean %s: %s; the pool goes on without it", name, e);
    }
  }

  private void unregister(ObjectName name) {
    try {
      server.get().unregisterMBean(name);
    } catch (JMException e) {
      log.debug("unable to unregister MBean %s: %s", name, e);
    }
  }

  private Subject poolSubject(String pool) {
    boolean quote = pool.chars().anyMatch(each -> NEEDS_QUOTES.indexOf(each) >= 0);
    return subject("type=Pool,name=" + (quote ? ObjectName.quote(pool) : pool));
  }

  private Subject subject(String properties) {
    try {
      ObjectName name = ObjectName.getInstance(DOMAIN + properties);
      return new Subject(name, new History(), new EventEmitter(name, delivery));
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(DOMAIN + properties, e);
    }
  }
}
