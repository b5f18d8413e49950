package org.fpm4j.supervision.internal;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationListener;
import org.fpm4j.config.MasterSettings;
import org.fpm4j.event.EventLoop;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.posix.Descriptor;
import org.fpm4j.posix.Processes;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.SocketStore;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Reports to the service manager that {@code NOTIFY_SOCKET} names; does nothing where there is
 * none, or in a container that is not the master's own (framework property {@value #SIGNALS}),
 * whose readiness is not ours to tell.
 */
@Component(service = {ProcessListener.class, ConfigurationListener.class, SocketStore.class})
public final class SupervisionComponent
    implements ProcessListener, ConfigurationListener, SocketStore {

  private static final String SIGNALS = "org.fpm4j.signals";

  private final EventLoop loop;
  private final Optional<MasterReporter> reporter;
  private final Optional<DescriptorStore> store;

  /** Called by Declarative Services. */
  @Activate
  public SupervisionComponent(
      BundleContext context,
      @Reference EventLoop loop,
      @Reference ProcessManager manager,
      @Reference ErrorLog log) {
    this.loop = loop;
    Map<String, String> environment = System.getenv();
    Optional<NotifySocket> notify =
        Boolean.parseBoolean(context.getProperty(SIGNALS))
            ? socket(environment, log)
            : Optional.empty();
    this.reporter =
        notify.map(
            socket ->
                new MasterReporter(
                    loop,
                    manager,
                    new StateReports(socket, loop, log),
                    WatchdogPeriod.of(environment, Processes.pid())));
    this.store = notify.flatMap(socket -> DescriptorStore.of(environment, socket, log));
    reporter.ifPresent(present -> loop.post(present::start));
  }

  private static Optional<NotifySocket> socket(Map<String, String> environment, ErrorLog log) {
    try {
      return NotifySocket.of(environment);
    } catch (IllegalArgumentException e) {
      log.warning("the service manager is not notified: %s", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void onEvent(ProcessEvent event) {
    reporter.ifPresent(present -> present.onEvent(event));
  }

  @Override
  public boolean keep(String name, Descriptor socket) {
    return store.isPresent() && store.get().keep(name, socket);
  }

  @Override
  public void forget(String name) {
    store.ifPresent(present -> present.forget(name));
  }

  @Override
  public void configurationChanged(Configuration configuration) {
    MasterSettings master = configuration.master();
    onLoop(present -> present.configure(master.systemdInterval(), master.processControlTimeout()));
  }

  @Deactivate
  void deactivate() {
    onLoop(MasterReporter::close);
  }

  private void onLoop(Consumer<MasterReporter> action) {
    try {
      reporter.ifPresent(present -> loop.post(() -> action.accept(present)));
    } catch (IllegalStateException ignored) {
      // The loop is closed: the framework stops, and there is nothing to report any more.
    }
  }
}
