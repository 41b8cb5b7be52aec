package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A topic that loses what the slave has not applied yet: the sink names the gap and never passes
 * over it, and what docs/operations.md tells to do then leads back.
 */
@Tag("e2e")
class TopicLossE2E {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private static final String POSITION =
      "select pg_snapshot_xmax(snapshot)::text::bigint from replica.replica_position";
  private static final String CLAIMED =
      "select extract(epoch from claimed_at) * 1000000 from replica.replica_position";

  private static Backend backend;
  private static Admin admin;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
    admin = Admin.create(Map.of("bootstrap.servers", backend.bootstrapServers()));
  }

  @AfterAll
  static void closeAdmin() {
    if (admin != null) {
      admin.close();
    }
  }

  @Test
  void recordsThatAreGoneAreNamedAndTheTablesCopiedAgain() throws SQLException {
    try (var replication = new Replication(backend, "retention").start(Map.of())) {
      stopSinkBeforeALoss(replication);
      var topic = new TopicPartition("replica.retention", 0);
      try (var reader = new TopicReader(backend.bootstrapServers(), topic.topic())) {
        await(admin.deleteRecords(Map.of(topic, RecordsToDelete.beforeOffset(reader.end()))).all());
      }

      theGapIsNamedAgainAndAgain(replication);
      theWayBackLeadsToEqualTables(replication);
    }
  }

  @Test
  void aTopicThatWasDeletedIsCreatedAgainByARestartedSourceAndTheGapIsNamed() throws SQLException {
    try (var replication = new Replication(backend, "deleted_topic").start(Map.of())) {
      stopSinkBeforeALoss(replication);
      await(admin.deleteTopics(List.of("replica.deleted_topic")).all());
      replication.executeOnMaster("insert into note (body) values ('without a topic')");
      replication.rest().restart(replication.source());

      theGapIsNamedAgainAndAgain(replication);
      theWayBackLeadsToEqualTables(replication);
    }
  }

  @Test
  void aTopicThatIsCompactedStopsTheSourceAndTheGapIsNamed() throws SQLException {
    await(
        alter(new ConfigResource(ConfigResource.Type.BROKER, ""), "log.cleaner.backoff.ms", "200"));
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "replica.compacted");
    try (var replication =
        new Replication(backend, "compacted")
            .start(Map.of("topic.creation.default.segment.ms", "100"))) {
      stopSinkBeforeALoss(replication);
      await(alter(topic, "min.cleanable.dirty.ratio", "0", "cleanup.policy", "compact"));
      awaitMarkersGone(topic.name());
      replication.executeOnMaster("insert into note (body) values ('after compaction')");
      assertThat(replication.awaitFailed(replication.source()))
          .contains("Compacted topic cannot accept message without key");

      await(alter(topic, "cleanup.policy", "delete"));
      replication.rest().restart(replication.source());
      theGapIsNamedAgainAndAgain(replication);
      theWayBackLeadsToEqualTables(replication);
    }
  }

  @Test
  void aTopicThatGotMorePartitionsIsDeletedAndCreatedAgain() throws SQLException {
    try (var replication = new Replication(backend, "partitions").start(Map.of())) {
      stopSinkBeforeALoss(replication);
      await(
          admin.createPartitions(Map.of("replica.partitions", NewPartitions.increaseTo(2))).all());
      replication.rest().resume(replication.sink());
      assertThat(replication.awaitFailed(replication.sink()))
          .contains("Cannot apply from", "one partition");

      replication.rest().stop(replication.sink());
      replication.rest().awaitStopped(replication.sink(), STOP_TIMEOUT);
      await(admin.deleteTopics(List.of("replica.partitions")).all());
      replication.executeOnMaster("insert into note (body) values ('without a topic')");
      replication.rest().restart(replication.source());
      theGapIsNamedAgainAndAgain(replication);
      theWayBackLeadsToEqualTables(replication);
    }
  }

  /** The topic has changes then that the slave lacks. */
  private static void stopSinkBeforeALoss(Replication replication) throws SQLException {
    replication.awaitEqual();
    replication.rest().stop(replication.sink());
    replication.rest().awaitStopped(replication.sink(), STOP_TIMEOUT);
    for (var i = 0; i < 3; i++) {
      replication.executeOnMaster("insert into note (body) values ('lost')");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> replication.numberOnMaster("select backlog_rows from replica.status") == 0);
    }
  }

  /** A task that is started again stops at the same place, and the slave stays as it was. */
  private static void theGapIsNamedAgainAndAgain(Replication replication) throws SQLException {
    var before = replication.numberOnSlave(POSITION);
    replication.executeOnMaster("insert into note (body) values ('behind')");
    replication.rest().resume(replication.sink());
    theGapIsNamed(replication, before);

    var claimed = replication.numberOnSlave(CLAIMED);
    replication.rest().restartTask(replication.sink());
    Awaitility.await().atMost(PATIENCE).until(() -> replication.numberOnSlave(CLAIMED) > claimed);
    theGapIsNamed(replication, before);
  }

  private static void theGapIsNamed(Replication replication, long position) {
    assertThat(replication.awaitFailed(replication.sink()))
        .contains("Cannot apply", "this slave stands at", "what lies between is missing")
        .contains("delete from replica.replica_position where log_id");
    assertThat(replication.numberOnSlave("select count(*) from note")).isZero();
    assertThat(replication.numberOnSlave(POSITION)).isEqualTo(position);
  }

  private static void theWayBackLeadsToEqualTables(Replication replication) throws SQLException {
    replication.rest().stop(replication.sink());
    replication.rest().awaitStopped(replication.sink(), STOP_TIMEOUT);
    replication.executeOnSlave("delete from replica.replica_position");
    replication.rest().resume(replication.sink());
    for (var table : Shop.TABLES) {
      replication.executeOnMaster("select replica.copy('" + table + "')");
    }
    replication.awaitEqual();
    replication.awaitRunning();
  }

  private static void awaitMarkersGone(String topic) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (var reader = new TopicReader(backend.bootstrapServers(), topic)) {
                return reader.more().stream().filter(record -> record.key() == null).count() <= 2;
              }
            });
  }

  private static KafkaFuture<Void> alter(ConfigResource resource, String... settings) {
    var entries = new HashMap<String, String>();
    for (var i = 0; i < settings.length; i += 2) {
      entries.put(settings[i], settings[i + 1]);
    }
    return admin
        .incrementalAlterConfigs(
            Map.of(
                resource,
                entries.entrySet().stream()
                    .map(
                        e ->
                            new AlterConfigOp(
                                new ConfigEntry(e.getKey(), e.getValue()), OpType.SET))
                    .toList()))
        .all();
  }

  private static void await(KafkaFuture<?> future) {
    try {
      future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
