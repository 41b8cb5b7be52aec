package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker with exactly-once support for sources, and a source that asks for it. */
@Tag("e2e")
class ExactlyOnceE2E {

  private static final int WORKER_KILLS = 3;
  // A worker that comes back waits until the dead one's transaction has timed out.
  private static final Map<String, String> REQUIRED =
      Map.of(
          "exactly.once.support", "required",
          "transaction.boundary", "connector",
          "producer.override.transaction.timeout.ms", "10000");

  private static final Map<String, String> SETTINGS =
      Map.of("exactly.once.source.support", "enabled");

  private static Backend backend;

  @BeforeAll
  static void startServers() {
    backend = Backend.start(SETTINGS);
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void losesNothingWhenTheWorkerIsKilledAgainAndAgain() throws SQLException {
    var seed = Seeds.next();
    var random = new Random(seed);
    try (var replication = new Replication(backend, "exactly_once")) {
      replication.track(Shop.TABLES);
      replication.startSource(REQUIRED);
      replication.startSink(Disturbed.QUICK_REJOIN);
      replication.awaitEqual();

      underLoad(
          replication,
          seed,
          watcher -> {
            for (var kill = 0; kill < WORKER_KILLS; kill++) {
              awaitStates(watcher, 1 + random.nextInt(40));
              backend.worker().kill();
              backend.worker().restart();
            }
          });
      assertUnbroken(replication, 1 + WORKER_KILLS);
    }
  }

  @Test
  void aWorkerThatSleepsUntilItsTasksHaveMovedDoublesNothingOnTopicOrSlave() throws SQLException {
    var seed = Seeds.next();
    try (var cluster = TwoWorkers.join(backend, SETTINGS);
        var replication = new Replication(cluster, "fenced")) {
      replication.track(Shop.TABLES);
      replication.startSource(REQUIRED);
      replication.startSink(Disturbed.QUICK_REJOIN);
      replication.awaitEqual();

      underLoad(replication, seed, watcher -> cluster.sleepInTurn(replication, watcher));
      assertUnbroken(replication, 2);
    }
  }

  private static void assertUnbroken(Replication replication, int leastEpochs) {
    try (var reader = TopicReader.ofCommitted(backend.bootstrapServers(), replication.topic())) {
      BatchChain.assertUnbroken(reader.more(), leastEpochs);
    }
  }

  @Test
  void validationAcceptsASourceThatRequiresIt() throws SQLException {
    try (var replication = new Replication(backend, "requires_exactly_once")) {
      var config = new HashMap<>(replication.sourceConfig());
      config.put("name", "requires-exactly-once");
      config.putAll(REQUIRED);

      assertThat(backend.rest().validationErrors(config.get("connector.class"), config)).isEmpty();
    }
  }
}
