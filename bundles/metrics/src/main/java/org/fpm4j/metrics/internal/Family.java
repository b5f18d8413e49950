package org.fpm4j.metrics.internal;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One metric read from each of some sources.
 *
 * @param <T> what it is read from: a pool, a worker
 * @param name as in the text format, a counter's without its {@code _total}
 * @param help one line without a full stop
 */
record Family<T>(Type type, String name, String help, ToDoubleFunction<T> value) {

  /** What kind of number it is. */
  enum Type {
    GAUGE,
    COUNTER,
    /** A counter whose name must stay without {@code _total}. */
    UNTYPED
  }

  static <T> Family<T> gauge(String name, String help, ToDoubleFunction<T> value) {
    return new Family<>(Type.GAUGE, name, help, value);
  }

  static <T> Family<T> counter(String name, String help, ToDoubleFunction<T> value) {
    return new Family<>(Type.COUNTER, name, help, value);
  }

  static <T> Family<T> untyped(String name, String help, ToDoubleFunction<T> value) {
    return new Family<>(Type.UNTYPED, name, help, value);
  }

  /**
   * Reads the metric.
   *
   * @param labels of one source, different for each
   */
  MetricSnapshot read(Collection<T> sources, Function<T, Labels> labels) {
    return switch (type) {
      case GAUGE -> {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (T source : sources) {
          gauge.dataPoint(
              GaugeDataPointSnapshot.builder()
                  .labels(labels.apply(source))
                  .value(value.applyAsDouble(source))
                  .build());
        }
        yield gauge.build();
      }
      case COUNTER -> {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        for (T source : sources) {
          counter.dataPoint(
              CounterDataPointSnapshot.builder()
                  .labels(labels.apply(source))
                  .value(value.applyAsDouble(source))
                  .build());
        }
        yield counter.build();
      }
      case UNTYPED -> {
        UnknownSnapshot.Builder untyped = UnknownSnapshot.builder().name(name).help(help);
        for (T source : sources) {
          untyped.dataPoint(
              UnknownDataPointSnapshot.builder()
                  .labels(labels.apply(source))
                  .value(value.applyAsDouble(source))
                  .build());
        }
        yield untyped.build();
      }
    };
  }
}
