package io.kreplica.metrics;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceTaskContext;

/**
 * The numbers that a task adds to its worker's metrics (KIP-877), where every reporter finds them;
 * over JMX as attributes of {@code kafka.connect:type=plugins,connector=…,task=…}. They go with the
 * task. A worker older than Connect 4.1 shows none.
 */
public final class TaskMetrics {

  private final Optional<PluginMetrics> registry;

  private TaskMetrics(Optional<PluginMetrics> registry) {
    this.registry = registry;
  }

  /** The metrics of a source's task. */
  public static TaskMetrics of(SourceTaskContext context) {
    try {
      return new TaskMetrics(Optional.of(context.pluginMetrics()));
    } catch (NoSuchMethodError | NoClassDefFoundError e) {
      return new TaskMetrics(Optional.empty());
    }
  }

  /** The metrics of a sink's task. */
  public static TaskMetrics of(SinkTaskContext context) {
    try {
      return new TaskMetrics(Optional.of(context.pluginMetrics()));
    } catch (NoSuchMethodError | NoClassDefFoundError e) {
      return new TaskMetrics(Optional.empty());
    }
  }

  /**
   * Shows a number from now on.
   *
   * @param name the metric's name, which ends with its unit where it has one
   * @param description what it means
   * @param number says it; called on any thread
   */
  public void show(String name, String description, LongSupplier number) {
    registry.ifPresent(
        metrics ->
            metrics.addMetric(
                metrics.metricName(name, description, new LinkedHashMap<>()),
                (Gauge<Long>) (config, now) -> number.getAsLong()));
  }
}
