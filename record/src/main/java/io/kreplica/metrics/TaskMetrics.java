package io.kreplica.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers that a task adds to its worker's metrics (KIP-877), where every reporter finds them;
 * over JMX as attributes of {@code kafka.connect:type=plugins,connector=…,task=…}. They go with the
 * task. A worker older than Connect 4.1 shows none. Thread: one at a time.
 */
public final class TaskMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(TaskMetrics.class);

  private final Optional<PluginMetrics> registry;

  /** What cannot be shown yet. */
  private final Map<MetricName, Gauge<Long>> waiting = new LinkedHashMap<>();

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
   * Shows a number from now on; or, where a predecessor of the task is still shown by this worker,
   * which gave it up without waiting for its end, from the first {@link #showWaiting} behind that.
   *
   * @param name the metric's name, which ends with its unit where it has one
   * @param description what it means
   * @param number says it; called on any thread
   */
  public void show(String name, String description, LongSupplier number) {
    registry.ifPresent(
        metrics ->
            waiting.put(
                metrics.metricName(name, description, new LinkedHashMap<>()),
                (config, now) -> number.getAsLong()));
    showWaiting();
  }

  /** Shows what has had to wait, if it need not any more. */
  public void showWaiting() {
    registry.ifPresent(metrics -> waiting.entrySet().removeIf(number -> isAdded(metrics, number)));
  }

  private static boolean isAdded(PluginMetrics metrics, Map.Entry<MetricName, Gauge<Long>> number) {
    try {
      metrics.addMetric(number.getKey(), number.getValue());
      return true;
    } catch (IllegalArgumentException e) {
      LOG.debug("{} is taken: {}", number.getKey().name(), e.getMessage());
      return false;
    }
  }
}
