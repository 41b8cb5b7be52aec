package io.kreplica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.Primary;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Masters that come back without what slaves have seen already, found out by a source on a real
 * worker, and the way back of docs/operations.md, to equal tables.
 */
@Tag("e2e")
class FailoverE2E {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String LOST = "select count(*) from note where body = 'lost'";

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void aStandbyThatLaggedStopsTheSourceUntilItsLogIsBegunAnew() throws Exception {
    try (var primary = Primary.start(EmbeddedDatabase.version());
        var replication = replicationOf(primary, "lagging")) {
      primary.copyData();
      var standby = primary.startStandby();
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      replication.writeAndAwaitEqual();
      awaitConfirmed(replication);
      primary.awaitReplayed(standby);
      standby.stop();
      loseANote(replication);
      primary.server().kill();
      standby.restart();
      Primary.promote(standby);

      goOnAt(standby, replication, "now on timeline 2", "accept.timeline=2");
    }
  }

  @Test
  void aMasterThatWasRestoredFromAnImageOfItsDiskStopsTheSourceUntilItsLogIsBegunAnew()
      throws Exception {
    try (var primary = Primary.start(EmbeddedDatabase.version());
        var replication = replicationOf(primary, "restored")) {
      primary.copyData();
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      replication.writeAndAwaitEqual();
      awaitConfirmed(replication);
      loseANote(replication);
      primary.server().kill();

      goOnAt(primary.startCopy(), replication, "it was read on timeline 1 up to ");
    }
  }

  @Test
  void aMasterThatWasRestoredAsAnotherDatabaseStopsTheSourceUntilItsLogIsBegunAnew()
      throws Exception {
    try (var replication = new Replication(backend, "swapped");
        var administrator = backend.master().connect("postgres");
        var statement = administrator.createStatement()) {
      replication.track(Shop.TABLES);
      statement.execute("create database swapped_backup template swapped");
      replication.startSource(Map.of());
      replication.startSink(Map.of());
      replication.writeAndAwaitEqual();
      loseANote(replication);
      WayBack.stop(replication, replication.source());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  MasterFixture.rows(
                          administrator,
                          "select pid from pg_stat_activity where datname = 'swapped'")
                      .isEmpty());
      statement.execute("alter database swapped rename to swapped_away");
      statement.execute("alter database swapped_backup rename to swapped");

      backend.rest().resume(replication.source());
      assertThat(replication.awaitFailed(replication.source()))
          .contains("Cannot read the log: it was written in the database with oid")
          .contains("select replica.restart_log()");
      WayBack.beginAnew(replication, replication.topic() + ".2");
      assertThat(replication.numberOnSlave(LOST)).isZero();
      statement.execute("drop database swapped_away");
    }
  }

  private static Replication replicationOf(Primary primary, String name) throws Exception {
    var replication =
        new Replication(backend, new EmbeddedDatabase(primary.server()), backend.slave(), name);
    replication.track(Shop.TABLES);
    return replication;
  }

  /** Until the master knows that Kafka has all that was logged. */
  private static void awaitConfirmed(Replication replication) {
    await()
        .atMost(PATIENCE)
        .until(() -> replication.numberOnMaster("select count(*) from replica.replica_log") == 0);
  }

  /** What this master hands to its slave, and to nobody who takes its place. */
  private static void loseANote(Replication replication) throws Exception {
    replication.executeOnMaster("insert into note (body) values ('lost')");
    replication.awaitOnSlave(LOST, 1);
  }

  /** The source is led to a master that lacks the note, and says what it says of it. */
  private static void goOnAt(PostgresServer server, Replication replication, String... said)
      throws Exception {
    replication.moveMasterTo(new EmbeddedDatabase(server));
    replication.executeOnMaster(
        "insert into note (body) select 'other' from generate_series(1, 9)");
    backend.rest().configure(replication.source(), replication.sourceConfig());
    assertThat(replication.awaitFailed(replication.source()))
        .contains("Cannot go on reading the log: ", "replica.restart_log()")
        .contains(said);
    assertThat(replication.numberOnSlave(LOST)).isEqualTo(1);

    WayBack.beginAnew(replication, replication.topic() + ".2");
    assertThat(replication.numberOnSlave(LOST)).isZero();
  }
}
