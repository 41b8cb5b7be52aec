package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.SharedPostgres;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Slaves that are used, altered or switched over by others while the sink applies to them. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SlaveConditionsIT {

  private static final MasterTable ACCOUNT =
      MasterTable.of("public.account", "id", "id", "integer", "name", "text");

  private final PostgresServer server;
  private final TopicFixture topic = new TopicFixture(Form.SCHEMALESS);
  private SlaveFixture slave;

  SlaveConditionsIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createSlave() throws SQLException {
    slave = SlaveFixture.on(server);
    slave.execute("create table account (id integer primary key, name text)");
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  @Test
  void waitsWhileTheSlaveIsReadOnlyAsAStandbyIs() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a").commit();
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      slave.execute(
          "alter database " + slave.database() + " set default_transaction_read_only = on");
      slave.endSinkSessions();
      topic.batch("6:6:").insert(ACCOUNT, 5, 2, "b").commit();

      run.step();
      await().until(() -> !run.step() && run.isPaused());

      assertThat(slave.rows("select * from account")).containsExactly("1|a");
      slave.execute("set default_transaction_read_only = off");
      slave.execute(
          "alter database " + slave.database() + " set default_transaction_read_only = off");
      slave.endSinkSessions();
      run.untilEnd();
      assertThat(slave.rows("select * from account order by 1")).containsExactly("1|a", "2|b");
    }
  }

  @Test
  void aSlaveWhoseRowSecurityHidesRowsFromTheSinkStopsItInsteadOfPassingThemOver()
      throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a").insert(ACCOUNT, 3, 2, "b").commit();
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      slave.execute(
          "create policy even on account using (id % 2 = 0)",
          "alter table account enable row level security");
      topic.batch("6:6:").delete(ACCOUNT, 5, 1).commit();

      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("public.account")
          .hasMessageContaining("alter table <table> disable row level security");
      assertThat(slave.rows("select id from account order by id")).containsExactly("1", "2");
    }
    slave.execute("alter table account disable row level security");
    SinkRun.of(topic, slave.settings()).untilEnd().close();
    assertThat(slave.rows("select id from account")).containsExactly("2");
  }

  @Test
  void triesAgainAfterADeadlockWithAWriterOfTheSlave() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a").insert(ACCOUNT, 3, 2, "a").commit();
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd();
        var writer = server.connect(slave.database());
        var statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      // Who looks for deadlocks first is the one to be undone.
      statement.execute("set deadlock_timeout = '30s'");
      statement.execute("update account set name = 'w' where id = 2");
      topic.batch("6:6:").update(ACCOUNT, 5, 1, "b").update(ACCOUNT, 5, 2, "b").commit();
      var applying = CompletableFuture.runAsync(run::untilEnd);
      await()
          .until(
              () ->
                  !slave
                      .rows(
                          "select from pg_stat_activity where usename = 'sink_login'"
                              + " and datname = current_database() and wait_event_type = 'Lock'")
                      .isEmpty());

      statement.execute("update account set name = 'w' where id = 1");
      writer.commit();
      applying.get(60, TimeUnit.SECONDS);

      assertThat(slave.rows("select * from account order by 1")).containsExactly("1|b", "2|b");
    }
  }

  @Test
  void aColumnOfTheSlavesOwnTakesItsDefaultOrIsNamed() throws Exception {
    slave.execute("alter table account add column mine integer not null default 7");
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a").commit();
    SinkRun.of(topic, slave.settings()).untilEnd().close();
    assertThat(slave.rows("select * from account")).containsExactly("1|a|7");

    slave.execute("alter table account alter column mine drop default");
    topic.batch("6:6:").insert(ACCOUNT, 5, 2, "b").commit();
    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("public.account (key id=2")
          .hasMessageContaining("column mine")
          .hasMessageContaining("compare their columns");
    }
  }
}
