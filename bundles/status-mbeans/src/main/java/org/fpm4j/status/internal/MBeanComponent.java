package org.fpm4j.status.internal;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.stack.PhpStacks;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Shows the process manager on the platform's MBean server for as long as it is there. */
@Component(service = ProcessListener.class, immediate = true)
public final class MBeanComponent implements ProcessListener {

  private final MBeanRegistry registry;

  /** The reference, not the service: a delayed component is made at the first dump. */
  @Reference(
      service = PhpStacks.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  private volatile ServiceReference<PhpStacks> stacks;

  /** Called by Declarative Services. */
  @Activate
  public MBeanComponent(
      BundleContext context,
      @Reference ProcessManager manager,
      @Reference ConfigurationEditor editor,
      @Reference ErrorLog log) {
    registry =
        new MBeanRegistry(
            ManagementFactory::getPlatformMBeanServer,
            manager,
            editor,
            log,
            () -> Optional.ofNullable(stacks).map(context::getService));
    registry.start();
  }

  @Override
  public void onEvent(ProcessEvent event) {
    registry.onEvent(event);
  }

  @Deactivate
  void deactivate() {
    registry.close();
  }
}
