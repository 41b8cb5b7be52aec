package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.ConnectorStatus;
import io.kreplica.stack.Installation;
import io.kreplica.stack.ProjectRoot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stops of the table "When it stops" in docs/operations.md whose way back leads through Connect's
 * REST interface: offsets deleted, settings changed. Each is gone step by step, to equal tables.
 */
@Tag("e2e")
class WayBackE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void aLogThatWasBegunAnewIsSentToANewTopic() throws SQLException {
    try (var replication = new Replication(backend, "anew").start(Map.of())) {
      replication.writeAndAwaitEqual();
      WayBack.stop(replication, replication.source());
      try (var master = replication.onMaster()) {
        InstallScript.ofFile(ProjectRoot.resolve("sql/master/uninstall.sql")).run(master);
        Installation.onMaster(master);
      }
      replication.track(Shop.TABLES);
      backend.rest().resume(replication.source());
      assertThat(replication.awaitFailed(replication.source()))
          .contains("Cannot go on reading the log: the offset belongs to log")
          .contains("DELETE its offsets");

      // Forgotten: the new topic.
      WayBack.deleteOffsets(replication);
      backend.rest().resume(replication.source());
      assertThat(replication.awaitFailed(replication.sink()))
          .contains("Cannot apply batch", "it belongs to log", "and this slave has applied log");
      WayBack.deleteOffsets(replication);
      WayBack.goOnWithTopic(replication, "replica.anew.2");
    }
  }

  @Test
  void ofTwoSourcesOneIsDeletedAndTheOtherGoesOnUnlessItLacksWhatThatOneSent() throws SQLException {
    var second = "two_sources-second";
    try (var replication = new Replication(backend, "two_sources").start(Map.of())) {
      replication.writeAndAwaitEqual();
      var config = replication.sourceConfig();
      config.put("topic", "replica.two_sources.second");
      backend.rest().create(second, config);
      assertThat(replication.awaitFailed(second))
          .contains("Cannot read the log: another source reads it already", "Delete one");
      backend.rest().delete(second);
      replication.writeAndAwaitEqual();

      // The one that the slave does not follow goes on instead.
      WayBack.stop(replication, replication.source());
      replication.executeOnMaster("insert into note (body) values ('to the other topic')");
      backend.rest().create(second, config);
      await()
          .atMost(PATIENCE)
          .until(() -> replication.numberOnMaster("select count(*) from replica.replica_log") == 0);
      backend.rest().delete(second);
      backend.rest().resume(replication.source());
      assertThat(replication.awaitFailed(replication.source()))
          .contains("Cannot go on reading the log: topic 'replica.two_sources' has it up to")
          .contains("to topic 'replica.two_sources.second'", "replica.restart_log()");
      WayBack.beginAnew(replication, "replica.two_sources.2");
    }
  }

  @Test
  void recordsOfOthersAndTransformsThatDropMarkersAreKeptAwayByAPredicate() throws SQLException {
    try (var replication = new Replication(backend, "filters").start(Map.of())) {
      replication.writeAndAwaitEqual();
      var rest = backend.rest();
      var dropsMarkers = dropWithout("replica.rank");

      rest.configure(replication.sink(), WayBack.with(replication.sinkConfig(), dropsMarkers));
      assertThat(writeUntilTheSinkFails(replication))
          .contains("whose begin marker has not been seen", "or a transform drops markers");
      rest.configure(replication.sink(), replication.sinkConfig());
      replication.writeAndAwaitEqual();

      sendForeignRecord("replica.filters");
      assertThat(replication.awaitFailed(replication.sink()))
          .contains("Cannot apply the record at replica.filters-0", "only KReplica's source");
      var dropsForeign = WayBack.with(replication.sinkConfig(), dropWithout("replica.op"));
      rest.configure(replication.sink(), dropsForeign);
      replication.writeAndAwaitEqual();

      // What a transform of the source drops is gone.
      rest.configure(replication.source(), WayBack.with(replication.sourceConfig(), dropsMarkers));
      assertThat(writeUntilTheSinkFails(replication))
          .contains("whose begin marker has not been seen");
      WayBack.beginAnew(replication, "replica.filters.2");
    }
  }

  /** Connect's own filter, of records that lack a header. */
  private static Map<String, String> dropWithout(String header) {
    return Map.of(
        "transforms", "drop",
        "transforms.drop.type", "org.apache.kafka.connect.transforms.Filter",
        "transforms.drop.predicate", "has",
        "transforms.drop.negate", "true",
        "predicates", "has",
        "predicates.has.type", "org.apache.kafka.connect.transforms.predicates.HasHeaderKey",
        "predicates.has.name", header);
  }

  private static void sendForeignRecord(String topic) {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", backend.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      assertThat(producer.send(new ProducerRecord<>(topic, 0, null, "{\"not\": \"ours\"}")))
          .succeedsWithin(PATIENCE);
    }
  }

  /** A task may take some changes yet before it is started again with a new setting. */
  private static String writeUntilTheSinkFails(Replication replication) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              replication.write();
              var status = backend.rest().status(replication.sink());
              return status.filter(ConnectorStatus::isFailed).isPresent();
            });
    return replication.awaitFailed(replication.sink());
  }
}
