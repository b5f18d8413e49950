package org.fpm4j.remote.internal;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.fpm4j.log.ErrorLog;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;

/**
 * Remote JMX for as long as there is a configuration {@code org.fpm4j.jmx}; without one, none of
 * this bundle's classes is loaded. The framework property {@code org.fpm4j.etc} names the directory
 * that relative paths of the configuration mean; without it, the working directory.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.fpm4j.jmx",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class RemoteAccessComponent {

  private static final String ETC = "org.fpm4j.etc";

  private final RemoteAccess access;

  /** Called by Declarative Services. */
  @Activate
  public RemoteAccessComponent(
      BundleContext context, Map<String, Object> properties, @Reference ErrorLog log) {
    String etc = Optional.ofNullable(context.getProperty(ETC)).orElse("");
    access = new RemoteAccess(Path.of(etc).toAbsolutePath(), log);
    access.apply(properties);
  }

  @Modified
  void modified(Map<String, Object> properties) {
    access.apply(properties);
  }

  @Deactivate
  void deactivate() {
    access.close();
  }
}
