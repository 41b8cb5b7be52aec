package io.kreplica.e2e;

import static io.kreplica.e2e.Disturbed.awaitStates;
import static io.kreplica.e2e.Disturbed.underLoad;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.stack.ConnectRestException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator does to running connectors through Connect's REST interface. */
class OperationsE2E {

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private static Backend backend;

  @BeforeAll
  static void startServers() {
    backend = Backend.start(Map.of());
  }

  @AfterAll
  static void stopServers() {
    if (backend != null) {
      backend.close();
    }
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
