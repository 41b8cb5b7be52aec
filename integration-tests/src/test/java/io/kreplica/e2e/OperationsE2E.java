package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kreplica.stack.ConnectRestException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator does to running connectors through Connect's REST interface. */
@Tag("e2e")
class OperationsE2E {

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final String UNSETTLED =
      "select count(*) from replica.dead_letter where settled_at is null";

  private static Backend backend;

  @BeforeAll
  static void shareServers() {
    backend = SharedBackend.get();
  }

  @Test
  void losesNothingWhenTasksAreRestarted() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "restarted").start(Map.of())) {
      replication.awaitEqual();
      var rest = replication.rest();

      underLoad(
          replication,
          seed,
          watcher -> {
            for (var round = 0; round < 3; round++) {
              awaitStates(watcher, 5);
              rest.restartTask(replication.source());
              awaitStates(watcher, 5);
              rest.restartTask(replication.sink());
              awaitStates(watcher, 5);
              rest.restart(replication.source());
              rest.restart(replication.sink());
              replication.awaitRunning();
            }
          });
    }
  }

  @Test
  void losesNothingWhenConnectorsPauseOrAreStoppedForAWhile() throws SQLException {
    var seed = Seeds.next();
    try (var replication = new Replication(backend, "paused").start(Map.of())) {
      replication.awaitEqual();
      var rest = replication.rest();

      underLoad(
          replication,
          seed,
          watcher -> {
            rest.pause(replication.source());
            rest.resume(replication.source());
            awaitStates(watcher, 10);
            rest.pause(replication.sink());
            replication.executeOnMaster("insert into note (body) values ('while paused')");
            rest.resume(replication.sink());
            replication.awaitOnSlave("select count(*) from note where body = 'while paused'", 1);
            rest.stop(replication.source());
            rest.stop(replication.sink());
            rest.awaitStopped(replication.source(), STOP_TIMEOUT);
            rest.awaitStopped(replication.sink(), STOP_TIMEOUT);
            replication.executeOnMaster("insert into note (body) values ('while stopped')");
            rest.resume(replication.source());
            rest.resume(replication.sink());
            replication.awaitOnSlave("select count(*) from note where body = 'while stopped'", 1);
          });
    }
  }

  @Test
  void goesOnWhereItWasWhenConnectorsAreDeletedAndCreatedAgain() throws SQLException {
    try (var replication = new Replication(backend, "deleted").start(Map.of())) {
      replication.executeOnMaster("insert into note (body) values ('before')");
      replication.awaitEqual();
      var rest = replication.rest();

      rest.delete(replication.sink());
      rest.delete(replication.source());
      replication.executeOnMaster("insert into note (body) values ('between')");
      replication.startSource(Map.of());
      replication.startSink(Map.of());

      replication.awaitOnSlave("select count(*) from note", 2);
      replication.awaitEqual();
    }
  }

  private static final String REFUSED_TRANSACTION =
      "begin; insert into note (body) values ('whole');"
          + " update branch set balance = balance + 1 where branch_id = 1;"
          + " insert into note (body) values ('bad'); commit";

  @Test
  void aRefusedTransactionGoesToTheDeadLetterQueueWholeAndTheSinkGoesOn() throws SQLException {
    try (var replication = new Replication(backend, "letters");
        var letters = new TopicReader(backend.bootstrapServers(), "letters-dead")) {
      replication.executeOnSlave("alter table note add check (body <> 'bad')");
      replication.track(Shop.TABLES);
      replication.startSource(Map.of());
      replication.startSink(
          Map.of(
              "errors.tolerance", "all",
              "errors.deadletterqueue.topic.name", "letters-dead",
              "errors.deadletterqueue.topic.replication.factor", "1",
              "errors.deadletterqueue.context.headers.enable", "true",
              "accept.missing.rows", "true"));
      replication.awaitEqual();

      replication.executeOnMaster(REFUSED_TRANSACTION);
      replication.executeOnMaster("insert into note (body) values ('behind')");
      replication.awaitOnSlave("select count(*) from note where body = 'behind'", 1);

      assertThat(replication.numberOnSlave("select count(*) from note")).isEqualTo(1);
      assertThat(letters.more())
          .extracting(
              letter -> TopicReader.header(letter, "replica.op"),
              letter -> TopicReader.header(letter, "replica.table"),
              letter -> TopicReader.header(letter, "__connect.errors.topic"))
          .containsExactly(
              tuple("I", "public.note", "replica.letters"),
              tuple("U", "public.branch", "replica.letters"),
              tuple("I", "public.note", "replica.letters"));
      assertThat(replication.numberOnSlave(UNSETTLED)).isEqualTo(3);

      replication.executeOnMaster("update note set body = 'good' where body = 'bad'");
      replication.awaitOnSlave(UNSETTLED, 2);
      replication.executeOnMaster("select replica.copy('note'); select replica.copy('branch')");
      replication.awaitOnSlave(UNSETTLED, 0);
      replication.awaitEqual();
    }
  }

  @Test
  void withoutADeadLetterQueueTheSinkStopsAtARefusedRowUntilItsCauseIsMended() throws SQLException {
    try (var replication = new Replication(backend, "refused").start(Map.of())) {
      replication.awaitEqual();
      replication.executeOnSlave("alter table note add constraint no_bad check (body <> 'bad')");

      replication.executeOnMaster(REFUSED_TRANSACTION);
      replication.executeOnMaster("insert into note (body) values ('behind')");
      assertThat(replication.awaitFailed(replication.sink()))
          .contains("Cannot apply a row to public.note (key");
      assertThat(replication.numberOnSlave("select count(*) from note")).isZero();

      replication.executeOnSlave("alter table note drop constraint no_bad");
      replication.restartMended(replication.sink());
      replication.awaitEqual();
    }
  }

  @Test
  void findsWhatWasDamagedOnTheSlaveRepairsItAndLeavesOutWhatATransformFilters()
      throws SQLException {
    var differing =
        "select count(*) from replica.verification where verdict = 'differs'"
            + " and not is_under_way and slave_table = 'public.note'";
    var leftOut =
        "select count(*) from replica.verification where verdict = 'left out'"
            + " and slave_table = 'public.note' and not_compared like '%dropped%'";
    try (var replication = new Replication(backend, "damaged").start(Map.of())) {
      replication.executeOnMaster(
          "insert into note (body) select 'note ' || i from generate_series(1, 3000) i");
      replication.awaitEqual();

      replication.executeOnSlave(
          "delete from note where body = 'note 1'; update note set body = '' where body = 'note"
              + " 1500'; insert into note (note_id, body) overriding system value values (99999, 'extra')");
      replication.executeOnMaster("select replica.verify('note')");
      replication.awaitOnSlave(differing, 1);
      replication.executeOnMaster(
          textOnSlave(
              replication,
              "select to_repair from replica.verification where slave_table = 'public.note'"));
      replication.awaitOnSlave(differing, 0);
      replication.awaitEqual();

      var filtering = replication.sinkConfig();
      filtering.putAll(
          Map.of(
              "transforms", "filter",
              "transforms.filter.type", "org.apache.kafka.connect.transforms.Filter",
              "transforms.filter.predicate", "deleted",
              "predicates", "deleted",
              "predicates.deleted.type",
                  "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone"));
      replication.rest().configure(replication.sink(), filtering);
      // The task may take some more deletes before it is started again with the filter.
      for (var note = 2; replication.numberOnSlave(leftOut) == 0; note++) {
        assertThat(note).as("deletes before one was missed").isLessThan(1000);
        replication.executeOnMaster("delete from note where body = 'note " + note + "'");
        replication.executeOnMaster("insert into note (body) values ('behind " + note + "')");
        replication.awaitOnSlave("select count(*) from note where body = 'behind " + note + "'", 1);
      }
      assertThat(replication.numberOnSlave(differing)).isZero();
    }
  }

  @Test
  void findsDamageByItselfThoughNobodyWritesToTheMaster() throws SQLException {
    var equal = "select count(*) from replica.verification where verdict = 'equal'";
    var differing = "select count(*) from replica.verification where verdict = 'differs'";
    try (var replication = new Replication(backend, "silent")) {
      // Few tables: on a busy machine a round takes ten times what is slow as it is.
      replication.track(List.of("branch", "note"));
      replication.startSource(Map.of("verify.interval.ms", "1000"));
      replication.startSink(Map.of());
      replication.awaitOnSlave(equal, 2);

      replication.executeOnSlave("update branch set balance = balance + 1 where branch_id = 2");
      replication.awaitOnSlave(differing, 1);
      replication.executeOnMaster(
          textOnSlave(
              replication, "select to_repair from replica.verification where verdict = 'differs'"));
      replication.awaitOnSlave(differing, 0);
      replication.awaitEqual(List.of("public.branch", "public.note"));
    }
  }

  private static String textOnSlave(Replication replication, String sql) throws SQLException {
    try (var session = replication.onSlave();
        var statement = session.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void refusesToCreateASourceWithAWrongPassword() throws SQLException {
    try (var replication = new Replication(backend, "wrong_password")) {
      assertThatThrownBy(() -> replication.startSource(Map.of("connection.password", "wrong")))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContaining("password authentication failed")
          .hasMessageNotContaining("\"wrong\"");
    }
  }

  @Test
  void refusesToCreateASinkForADatabaseThatIsNotThere() throws SQLException {
    try (var replication = new Replication(backend, "no_database")) {
      var config = Map.of("connection.url", backend.slave().url("nowhere"));

      assertThatThrownBy(() -> replication.startSink(config))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContaining("nowhere");
    }
  }

  @Test
  void refusesToCreateASourceWhereTheScriptIsNotInstalled() throws SQLException {
    try (var replication = new Replication(backend, "not_installed")) {
      replication.executeOnMaster("drop schema replica cascade");

      assertThatThrownBy(() -> replication.startSource(Map.of()))
          .isInstanceOf(ConnectRestException.class)
          .hasMessageContaining("install.sql");
    }
  }

  @Test
  void validationNamesEveryPropertyThatIsWrong() throws SQLException {
    try (var replication = new Replication(backend, "invalid")) {
      var source = replication.sourceConfig();
      source.put("name", "invalid-source");
      source.put("snapshot.mode", "sometimes");
      source.remove("topic");
      var sink = replication.sinkConfig();
      sink.put("name", "invalid-sink");
      sink.put("topics", "one,two");

      assertThat(backend.rest().validationErrors(source.get("connector.class"), source))
          .anyMatch(error -> error.startsWith("snapshot.mode: "))
          .anyMatch(error -> error.startsWith("topic: "));
      assertThat(backend.rest().validationErrors(sink.get("connector.class"), sink))
          .anyMatch(error -> error.startsWith("topics: "));
    }
  }

  @Test
  void validationAcceptsTheShippedConfiguration() throws SQLException {
    try (var replication = new Replication(backend, "valid")) {
      var source = replication.sourceConfig();
      source.put("name", "valid-source");
      var sink = replication.sinkConfig();
      sink.put("name", "valid-sink");

      assertThat(backend.rest().validationErrors(source.get("connector.class"), source)).isEmpty();
      assertThat(backend.rest().validationErrors(sink.get("connector.class"), sink)).isEmpty();
    }
  }
}
