package org.fpm4j.config.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.fpm4j.config.ChangeRefusedException;
import org.fpm4j.config.Configuration;
import org.fpm4j.config.ConfigurationEditor;
import org.fpm4j.config.ConfigurationListener;
import org.fpm4j.config.internal.ConfigurationEvaluation.Evaluated;
import org.fpm4j.config.internal.source.EtcDirectory;
import org.fpm4j.config.internal.validation.Surroundings;
import org.fpm4j.config.internal.validation.Surroundings.Privilege;
import org.fpm4j.posix.Processes;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Connects the configuration to the framework: its sources are Config Admin and the framework
 * properties
 *
 * <ul>
 *   <li>{@code org.fpm4j.home}: base of relative paths; the working directory if unset
 *   <li>{@code org.fpm4j.php_fpm_conf}: a php-fpm.conf to be read first
 *   <li>{@code felix.fileinstall.dir}: the directory of .cfg, .config and .conf files
 *   <li>{@code org.fpm4j.allow_root}: {@code true} if pools may run as root ({@code -R})
 * </ul>
 *
 * Config Admin calls {@link #configurationEvent} on the thread that changes something.
 */
@Component(
    immediate = true,
    service = {ConfigurationEditor.class, SynchronousConfigurationListener.class})
public final class ConfigurationComponent
    implements ConfigurationEditor, SynchronousConfigurationListener {

  private final ConfigurationPublisher publisher;
  private final SettingWriter writer;

  /** Starts the thread and the first evaluation. */
  @Activate
  public ConfigurationComponent(BundleContext context, @Reference ConfigurationAdmin admin) {
    Optional<Path> directory =
        property(context, "felix.fileinstall.dir").map(dir -> Path.of(dir).toAbsolutePath());
    ConfigAdminReader reader =
        new ConfigAdminReader(admin, property(context, "org.fpm4j.php_fpm_conf"), directory);
    String home = property(context, "org.fpm4j.home").orElse("");
    Surroundings surroundings =
        new Surroundings(
            Path.of(home).toAbsolutePath().toString(),
            System.getenv(),
            new PosixAccounts(),
            privilege(context));
    this.writer = new SettingWriter(reader, surroundings);
    this.publisher =
        new ConfigurationPublisher(
            new ConfigurationEvaluation(surroundings), reader, directory, new WriteBack());
    publisher.start();
  }

  @Override
  public void configurationEvent(ConfigurationEvent event) {
    if (EtcDirectory.MASTER_PID.equals(event.getPid())
        || EtcDirectory.POOL_PID.equals(event.getFactoryPid())) {
      publisher.changed();
    }
  }

  @Override
  public Optional<Configuration> current() {
    return publisher.last().map(Evaluated::configuration);
  }

  @Override
  public void set(String pool, String key, String value) throws ChangeRefusedException {
    try {
      publisher.call(
          () -> {
            writer.write(pool, key, Optional.ofNullable(value), current());
            return null;
          });
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ChangeRefusedException refused) {
        throw refused;
      }
      throw new ChangeRefusedException("cannot change " + key + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChangeRefusedException("interrupted while changing " + key, e);
    }
    publisher.changed();
  }

  @Override
  public void reread() {
    publisher.changed();
  }

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "removeListener")
  void addListener(ConfigurationListener listener) {
    publisher.add(listener);
  }

  void removeListener(ConfigurationListener listener) {
    publisher.remove(listener);
  }

  @Deactivate
  void stop() {
    publisher.stop();
  }

  private static Privilege privilege(BundleContext context) {
    if (Processes.effectiveUid() != 0) {
      return Privilege.USER;
    }
    return property(context, "org.fpm4j.allow_root").filter("true"::equals).isPresent()
        ? Privilege.ROOT_ALLOWED
        : Privilege.ROOT;
  }

  private static Optional<String> property(BundleContext context, String name) {
    return Optional.ofNullable(context.getProperty(name)).filter(text -> !text.isEmpty());
  }
}
