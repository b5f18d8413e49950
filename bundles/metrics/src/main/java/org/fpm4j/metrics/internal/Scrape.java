package org.fpm4j.metrics.internal;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import org.fpm4j.process.PoolSnapshot;
import org.fpm4j.process.ProcessManager;

/** Reads the pools once per scrape, for all names there are for their figures. Any thread. */
final class Scrape implements MultiCollector {

  /** Figures under names of one kind. */
  interface Names {
    /** Adds what is to be told of the pools. */
    void tell(List<PoolSnapshot> pools, MetricSnapshots.Builder all);
  }

  private final ProcessManager manager;
  private final List<Names> names;

  Scrape(ProcessManager manager, List<Names> names) {
    this.manager = manager;
    this.names = List.copyOf(names);
  }

  @Override
  public MetricSnapshots collect() {
    List<PoolSnapshot> pools = manager.pools();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    names.forEach(each -> each.tell(pools, all));
    return all.build();
  }
}
