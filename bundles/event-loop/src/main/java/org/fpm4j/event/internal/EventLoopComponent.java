package org.fpm4j.event.internal;

import java.io.IOException;
import org.fpm4j.event.EventLoop;
import org.fpm4j.posix.PosixException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The event loop as a service, run on the thread {@code fpm4j-loop}.
 *
 * <p>What it is made of is known before any configuration arrives and cannot change later, so two
 * framework properties say it: {@value #MECHANISM} is epoll (default), poll, select or auto;
 * {@value #SIGNALS} is true if this process belongs to fpm4j alone, set by its launcher. In a
 * container that somebody else started, signals are never touched.
 */
@Component(service = EventLoop.class)
public final class EventLoopComponent extends PollerEventLoop {
  static final String MECHANISM = "org.fpm4j.events.mechanism";
  static final String SIGNALS = "org.fpm4j.signals";

  /**
   * Reads the framework properties.
   *
   * @throws IllegalArgumentException {@code event mechanism '…' is not available on this system}
   */
  @Activate
  public EventLoopComponent(BundleContext context) throws IOException {
    super(
        property(context, MECHANISM, "epoll"),
        "fpm4j-loop",
        Boolean.parseBoolean(property(context, SIGNALS, "false")));
  }

  private static String property(BundleContext context, String name, String otherwise) {
    String value = context.getProperty(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }

  @Activate
  void start() throws PosixException {
    begin();
  }

  @Deactivate
  void stop() {
    close();
  }
}
