package org.fpm4j.log.internal;

import java.time.Clock;
import java.time.ZoneId;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.log.LogLevel;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Offers the error log as a service. Until the process manager configures it, it writes to standard
 * error as the framework properties say: {@value #LEVEL} (a {@code log_level}, notice if absent)
 * and {@value #ONLY_STANDARD_ERROR} (true: stay there even when {@code error_log} names a file). In
 * a container with a Log Service all goes there too, see {@link LogServiceSink}.
 */
@Component(service = ErrorLog.class)
public final class ErrorLogComponent extends QueuedErrorLog {

  static final String LEVEL = "org.fpm4j.log.level";
  static final String ONLY_STANDARD_ERROR = "org.fpm4j.log.stderr";

  /** Called by Declarative Services. */
  @Activate
  public ErrorLogComponent(BundleContext context) {
    super(
        Clock.system(ZoneId.systemDefault()),
        ProcessHandle.current().pid(),
        level(context.getProperty(LEVEL)),
        Boolean.parseBoolean(context.getProperty(ONLY_STANDARD_ERROR)),
        FileSink.standardError());
    start();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindMirror(LineSink sink) {
    mirror(sink);
  }

  void unbindMirror(LineSink sink) {
    endMirror(sink);
  }

  private static LogLevel level(String property) {
    return property == null ? LogLevel.NOTICE : LogLevel.parse(property).orElse(LogLevel.NOTICE);
  }

  @Deactivate
  void deactivate() {
    close();
  }
}
