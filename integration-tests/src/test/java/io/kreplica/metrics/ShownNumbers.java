package io.kreplica.metrics;

import java.util.Map;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;

/** What a task shows in a registry of its own, such as a worker gives it. */
public final class ShownNumbers {

  private final Metrics metrics = new Metrics();
  private final PluginMetrics registry = new PluginMetricsImpl(metrics, Map.of());

  /** The registry to hand to the task. */
  public PluginMetrics registry() {
    return registry;
  }

  /** A number as it is now. */
  public long get(String name) {
    return metrics.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().group().equals("plugins"))
        .filter(metric -> metric.getKey().name().equals(name))
        .map(metric -> (Long) metric.getValue().metricValue())
        .findFirst()
        .orElseThrow(() -> new AssertionError("No metric " + name + " is shown"));
  }
}
