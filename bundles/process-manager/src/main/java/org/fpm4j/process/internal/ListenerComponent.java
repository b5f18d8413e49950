package org.fpm4j.process.internal;

import org.fpm4j.process.ProcessListener;
import org.fpm4j.process.SocketStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Takes the listeners and the store from the whiteboard to the process manager. It stands between
 * them because these refer to the process manager: were they its own references, a container in
 * which they start first would report a circle.
 */
@Component(
    service = {},
    immediate = true)
public final class ListenerComponent {

  private final EventSource events;

  /** Called by Declarative Services. */
  @Activate
  public ListenerComponent(@Reference EventSource events) {
    this.events = events;
  }

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC) // a listener that comes or goes is no reason to stop pools
  void bindListener(ProcessListener listener) {
    events.add(listener);
  }

  void unbindListener(ProcessListener listener) {
    events.remove(listener);
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindStore(SocketStore store) {
    events.add(store);
  }

  void unbindStore(SocketStore store) {
    events.remove(store);
  }
}
