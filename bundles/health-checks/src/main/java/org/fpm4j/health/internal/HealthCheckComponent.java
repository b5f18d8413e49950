package org.fpm4j.health.internal;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.hc.api.HealthCheck;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Keeps two Felix health checks registered for each pool there is: {@code hc.name} is {@code pool
 * www live} or {@code pool www ready}, {@code hc.tags} are {@code fpm4j} and {@code live} or {@code
 * ready}. Events come on the event loop's thread; registering a service is all it does then.
 */
@Component(service = ProcessListener.class, immediate = true)
public final class HealthCheckComponent implements ProcessListener {

  private final BundleContext context;
  private final ProcessManager manager;
  private final Map<String, List<ServiceRegistration<?>>> registered = new TreeMap<>();

  /** Called by Declarative Services. */
  @Activate
  public HealthCheckComponent(BundleContext context, @Reference ProcessManager manager) {
    this.context = context;
    this.manager = manager;
    manager.pools().forEach(pool -> add(pool.name()));
  }

  @Override
  public void onEvent(ProcessEvent event) {
    if (event.type() == ProcessEvent.Type.POOL_REMOVED) {
      remove(event.pool());
    } else if (!event.pool().isEmpty()) {
      add(event.pool());
    }
  }

  private synchronized void add(String pool) {
    registered.computeIfAbsent(pool, this::register);
  }

  private synchronized void remove(String pool) {
    List<ServiceRegistration<?>> checks = registered.remove(pool);
    if (checks != null) {
      checks.forEach(ServiceRegistration::unregister);
    }
  }

  private List<ServiceRegistration<?>> register(String pool) {
    List<ServiceRegistration<?>> checks = new ArrayList<>();
    for (PoolVerdict verdict : PoolVerdict.values()) {
      checks.add(
          context.registerService(
              HealthCheck.class, verdict.check(manager, pool), properties(pool, verdict)));
    }
    return checks;
  }

  @SuppressWarnings("JdkObsolete") // the framework takes no Map
  private static Dictionary<String, Object> properties(String pool, PoolVerdict verdict) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(HealthCheck.NAME, "pool " + pool + " " + verdict.tag());
    properties.put(HealthCheck.TAGS, new String[] {"fpm4j", verdict.tag()});
    return properties;
  }

  @Deactivate
  synchronized void deactivate() {
    registered.values().forEach(checks -> checks.forEach(ServiceRegistration::unregister));
    registered.clear();
  }
}
