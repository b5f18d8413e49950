package org.fpm4j.metrics.internal;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fpm4j.log.ErrorLog;
import org.fpm4j.process.ProcessManager;
import org.fpm4j.process.RequestStatistics;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;

/**
 * Serves {@code /metrics} for as long as there is a configuration {@code org.fpm4j.metrics};
 * without one, none of this bundle's classes is loaded. Settings that are wrong are logged and
 * change nothing.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.fpm4j.metrics",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class MetricsComponent {

  private final ErrorLog log;
  private final ProcessManager manager;
  private final RequestStatistics statistics;
  private MetricsSettings inForce;
  private HTTPServer server;

  /** Called by Declarative Services. */
  @Activate
  public MetricsComponent(
      Map<String, Object> properties,
      @Reference ErrorLog log,
      @Reference ProcessManager manager,
      @Reference RequestStatistics statistics) {
    this.log = log;
    this.manager = manager;
    this.statistics = statistics;
    apply(properties);
  }

  @Modified
  void modified(Map<String, Object> properties) {
    apply(properties);
  }

  private void apply(Map<String, Object> properties) {
    MetricsSettings wanted;
    try {
      wanted = MetricsSettings.of(properties);
    } catch (IllegalArgumentException e) {
      log.error("org.fpm4j.metrics: %s", e.getMessage());
      return;
    }
    if (wanted.equals(inForce)) {
      return;
    }
    MetricsSettings former = inForce;
    if (former != null && former.port() == wanted.port()) {
      stop(); // one port cannot be had twice
    }
    if (!start(wanted) && server == null && former != null) {
      start(former);
    }
  }

  /** Serves at a place, and no longer at the former; false, and no change, if it cannot be had. */
  private boolean start(MetricsSettings wanted) {
    try {
      HTTPServer started =
          HTTPServer.builder()
              .inetAddress(wanted.address())
              .port(wanted.port())
              .registry(registry(wanted))
              .buildAndStart();
      stop();
      server = started;
      inForce = wanted;
      log.notice("metrics at http://%s/metrics", wanted.place());
      return true;
    } catch (IOException e) {
      log.error("metrics cannot be served at %s: %s", wanted.place(), e.getMessage());
      return false;
    }
  }

  private PrometheusRegistry registry(MetricsSettings settings) {
    List<Scrape.Names> names = new ArrayList<>();
    if (settings.names() != MetricsSettings.Names.PHP_FPM_EXPORTER) {
      names.add(new PoolMetrics(manager, statistics, log::dropped, settings.perWorker()));
    }
    if (settings.names() != MetricsSettings.Names.FPM4J) {
      names.add(new ExporterMetrics(System::currentTimeMillis, settings.perWorker()));
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new Scrape(manager, names));
    return registry;
  }

  private void stop() {
    inForce = null;
    if (server != null) {
      server.close();
      server = null;
    }
  }

  @Deactivate
  void deactivate() {
    stop();
  }
}
