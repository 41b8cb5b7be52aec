package io.kreplica.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.junit.jupiter.api.Test;

class TaskMetricsTest {

  private final Metrics worker = new Metrics();

  @Test
  void aTaskWhosePredecessorIsStillShownStartsAndIsShownBehindIt() throws Exception {
    var predecessor = new PluginMetricsImpl(worker, Map.of());
    of(predecessor).show("a-number", "a number", () -> 1);

    var successor = of(new PluginMetricsImpl(worker, Map.of()));
    successor.show("a-number", "a number", () -> 2);
    successor.showWaiting();
    assertThat(shown()).isEqualTo(1L);

    predecessor.close();
    successor.showWaiting();
    assertThat(shown()).isEqualTo(2L);
  }

  private Object shown() {
    return worker.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("a-number"))
        .map(metric -> metric.getValue().metricValue())
        .findFirst()
        .orElseThrow();
  }

  private static TaskMetrics of(PluginMetrics registry) {
    return TaskMetrics.of(
        (SourceTaskContext)
            Proxy.newProxyInstance(
                SourceTaskContext.class.getClassLoader(),
                new Class<?>[] {SourceTaskContext.class},
                (proxy, method, arguments) -> registry));
  }
}
