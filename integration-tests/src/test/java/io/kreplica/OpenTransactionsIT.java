package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a transaction that somebody forgot costs while it is open, and what it does not hold up. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class OpenTransactionsIT {

  private static final String LOG_ROWS = "select count(*) from replica.replica_log";

  private static final String OPEN =
      "select kind, name, keeps_dead_rows from replica.open_transactions"
          + " where name = 'forgotten'";

  private final PostgresVersion version;
  private Mirror mirror;

  OpenTransactionsIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTable() throws Exception {
    mirror = Mirror.on(version);
    mirror.onBoth("create table t (id int primary key, v text)").track("t").settle();
  }

  @AfterEach
  void close() throws Exception {
    mirror.close();
  }

  @Test
  void anOpenWriterHoldsBackNeitherOtherChangesNorPruningAndIsNamed() throws Exception {
    mirror.restartSource();
    try (var forgotten = forgotten("insert into t values (-1, 'forgotten')")) {
      mirror.master().execute("insert into t select i, 'bulk' from generate_series(1, 20000) i");
      for (var i = 0; i < 100; i++) {
        mirror.master().execute("update t set v = 'later' where id = " + (i + 1));
      }
      mirror.settle().assertEqual();

      awaitPruned();
      assertThat(mirror.master().value("select count(*) from replica.checkpoint"))
          .as("checkpoints")
          .isEqualTo("0");
      assertThat(mirror.master().value("select length(confirmed::text) from replica.log_state"))
          .satisfies(length -> assertThat(Integer.parseInt(length)).isLessThan(60));
      assertThat(openTransactions()).containsExactly("idle|forgotten|t");

      forgotten.commit();
      mirror.settle().assertEqual();
      assertThat(openTransactions()).isEmpty();
    }
  }

  @Test
  void aReaderThatStaysOpenKeepsDeadRowsAndNothingElse() throws Exception {
    try (var forgotten = forgotten("set transaction isolation level repeatable read", "select 1")) {
      mirror.master().execute("insert into t values (1, 'meanwhile')");
      mirror.settle().assertEqual();

      awaitPruned();
      assertThat(openTransactions()).containsExactly("idle|forgotten|t");
      forgotten.rollback();
    }
  }

  @Test
  void pruningDoesNotLookAgainAtWhatAnOpenTransactionKeepsFromVacuum() throws Exception {
    // Statistics that call the log empty make its index look cheap to the test's own counts.
    mirror.master().execute("set enable_indexonlyscan = off");
    try (var forgotten = forgotten("insert into t values (-1, 'forgotten')")) {
      mirror.master().execute("insert into t select i, 'bulk' from generate_series(1, 20000) i");
      mirror.settle();
      awaitPruned();
      mirror.master().execute("analyze replica.replica_log");
      for (var i = 0; i < 4; i++) {
        mirror.master().execute("delete from t where id = " + (i + 1));
        mirror.settle();
        awaitPruned();
      }

      // The statistics of a session are complete when it has ended.
      mirror.restartSource();
      await()
          .untilAsserted(
              () ->
                  assertThat(statistic("n_tup_del", "pg_stat_user_tables where relname", ""))
                      .isEqualTo(20_004));
      assertThat(statistic("idx_tup_read", "pg_stat_user_indexes where indexrelname", "_xid"))
          .as("entries of the log's index that were looked at")
          .isLessThan(100_000);
      forgotten.rollback();
    }
  }

  @Test
  void aForgottenPreparedTransactionHoldsBackNothingAndIsNamed() throws Exception {
    try (var server =
            PostgresServer.builder(version).setting("max_prepared_transactions", "4").start();
        var prepared =
            Mirror.between(MasterFixture.on(server), SlaveFixture.on(SharedPostgres.of(version)))) {
      var master = prepared.master();
      prepared.onBoth("create table t (id int primary key, v text)").track("t").settle();
      master.execute("update replica.log_state set doorbell_rings = false");
      prepared.restartSource();
      master.execute(
          "begin", "insert into t values (-1, 'forgotten')", "prepare transaction 'forgotten'");
      master.execute("insert into t select i, 'bulk' from generate_series(1, 20000) i");
      prepared.settle().assertEqual();

      await()
          .untilAsserted(
              () -> {
                prepared.pump();
                assertThat(master.value(LOG_ROWS)).isEqualTo("0");
              });
      assertThat(master.rows(OPEN)).containsExactly("prepared|forgotten|t");

      master.execute("commit prepared 'forgotten'");
      prepared.settle().assertEqual();
      assertThat(master.rows(OPEN)).isEmpty();
    }
  }

  private Connection forgotten(String... statements) throws Exception {
    var session = mirror.master().connect();
    try (var statement = session.createStatement()) {
      statement.execute("set application_name = 'forgotten'");
      session.setAutoCommit(false);
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
    return session;
  }

  private List<String> openTransactions() throws Exception {
    return mirror.master().rows(OPEN);
  }

  private void awaitPruned() {
    await()
        .untilAsserted(
            () -> {
              mirror.pump();
              assertThat(mirror.master().value(LOG_ROWS)).as("log rows").isEqualTo("0");
            });
  }

  private int statistic(String column, String view, String suffix) throws Exception {
    return Integer.parseInt(
        mirror
            .master()
            .value("select " + column + " from " + view + " = 'replica_log" + suffix + "'"));
  }
}
