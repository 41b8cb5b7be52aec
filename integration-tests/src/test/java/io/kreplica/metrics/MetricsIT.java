package io.kreplica.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.kreplica.Mirror;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What operators can be alarmed by. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class MetricsIT {

  private final PostgresVersion version;

  MetricsIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void rangesThatDifferAreShownUntilTheyAreRepairedThroughARestartToo() throws Exception {
    try (var mirror = Mirror.on(version).sink("conflict.mode", "warn")) {
      mirror.onBoth("create table t (id int primary key, v text)").track("t");
      mirror.master().execute("insert into t select i, 'v' from generate_series(1, 30) i");
      mirror.settle();
      mirror.slave().execute("delete from t where id = 7", "update t set v = 'x' where id = 25");
      mirror.master().execute("select replica.verify('t', rows_per_range => 10)");
      mirror.settle();

      var shown = mirror.sinkTask(0).shown();
      assertThat(shown.get("ranges-differing")).isEqualTo(2);
      assertThat(shown.get("ranges-differed-total")).isEqualTo(2);
      assertThat(shown.get("ranges-compared-total")).isGreaterThanOrEqualTo(3);
      assertThat(shown.get("ranges-not-compared-total")).isZero();
      assertThat(shown.get("conflicts-total")).isZero();

      mirror.restartSink(0).settle();
      shown = mirror.sinkTask(0).shown();
      assertThat(shown.get("ranges-differing")).isEqualTo(2);
      mirror.master().execute("update t set v = 'y' where id = 7");
      mirror.settle();
      assertThat(shown.get("conflicts-total")).isEqualTo(1);

      mirror.master().execute("select replica.repair('t')");
      mirror.settle().assertEqual();
      assertThat(shown.get("ranges-differing")).isZero();
      assertThat(shown.get("ranges-repaired-total")).isEqualTo(1);
    }
  }

  @Test
  void theLogsSizeIsShownBesideItsLimitAndWhatThatHasLedTo() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key, v text)").track("t");
      var settings = mirror.master().settings("keepalive.interval.ms", "1000");
      try (var source = TaskRun.first(settings)) {
        var shown = source.shown();
        source.until(sent -> !sent.isEmpty());
        await().until(() -> shown.get("log-size-bytes") > 0);
        assertThat(shown.get("log-limit-bytes")).isEqualTo(-1);
        assertThat(shown.get("tables-let-go")).isZero();
        assertThat(shown.get("waiting-for-master")).isZero();

        var before = shown.get("log-size-bytes");
        mirror
            .master()
            .execute(
                "update replica.log_state set log_limit_bytes = 100000,"
                    + " log_limit_policy = 'stop_capture'",
                "insert into t select i, repeat('x', 100) from generate_series(1, 5000) i");
        await().until(() -> shown.get("tables-let-go") == 1);
        assertThat(shown.get("log-limit-bytes")).isEqualTo(100_000);
        assertThat(shown.get("log-size-bytes")).isGreaterThan(before);
      }
    }
  }

  @Test
  void aWorkerThatKnowsNoMetricsOfPluginsGetsNone() {
    var isAsked = new AtomicBoolean();
    for (var type : new Class<?>[] {SourceTaskContext.class, SinkTaskContext.class}) {
      var context =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                isAsked.set(true);
                throw new NoSuchMethodError(method.getName());
              });
      assertThatCode(
              () -> {
                var metrics =
                    context instanceof SourceTaskContext source
                        ? TaskMetrics.of(source)
                        : TaskMetrics.of((SinkTaskContext) context);
                metrics.show("a-number", "a number", () -> 1);
              })
          .doesNotThrowAnyException();
    }
    assertThat(isAsked).isTrue();
  }
}
