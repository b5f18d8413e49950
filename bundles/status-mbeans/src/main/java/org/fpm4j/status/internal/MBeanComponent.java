package org.fpm4j.status.internal;

import java.lang.management.ManagementFactory;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.ProcessEvent;
import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.ProcessManager;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Shows the process manager on the platform's MBean server for as long as it is there. */
@Component(service = ProcessListener.class, immediate = true)
public final class MBeanComponent implements ProcessListener {

  private final MBeanRegistry registry;

  /** Called by Declarative Services. */
  @Activate
  public MBeanComponent(
      @Reference ProcessManager manager,
      @Reference ConfigurationEditor editor,
      @Reference ErrorLog log) {
    registry = new MBeanRegistry(ManagementFactory::getPlatformMBeanServer, manager, editor, log);
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
