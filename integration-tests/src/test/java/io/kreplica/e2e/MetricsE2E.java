package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a real worker shows of the tasks, as Prometheus and others would collect it. */
@Tag("e2e")
class MetricsE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aWorkerShowsTheLogsSizeAndWhatDiffersAndForgetsThemWithTheTask() throws Exception {
    var backend = SharedBackend.get();
    try (var replication = new Replication(backend, "metrics");
        var jmx = new WorkerJmx(backend.worker().pid())) {
      replication.track(List.of("public.account"));
      replication.startSource(Map.of("keepalive.interval.ms", "1000"));
      replication.startSink(Map.of());
      replication.awaitEqual(List.of("public.account"));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  jmx.ofTask(replication.source(), "log-size-bytes")
                      .filter(bytes -> (Long) bytes > 0)
                      .isPresent());
      assertThat(jmx.ofTask(replication.source(), "waiting-for-master")).contains(0L);
      assertThat(jmx.ofTask(replication.sink(), "waiting-for-slave")).contains(0L);
      assertThat(jmx.ofTask(replication.sink(), "ranges-differing")).contains(0L);

      replication.executeOnSlave("delete from account where account_id = 1");
      replication.executeOnMaster("select replica.verify('account')");
      await()
          .atMost(PATIENCE)
          .until(() -> jmx.ofTask(replication.sink(), "ranges-differing").equals(Optional.of(1L)));

      replication.rest().delete(replication.sink());
      await()
          .atMost(PATIENCE)
          .until(() -> jmx.ofTask(replication.sink(), "ranges-differing").isEmpty());
    }
  }
}
