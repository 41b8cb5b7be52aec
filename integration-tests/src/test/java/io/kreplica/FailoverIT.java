package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a source finds after its master failed over to a standby, or was restored from a backup; and
 * a sink whose slave is a standby.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class FailoverIT {

  private final PostgresVersion version;
  private Primary primary;
  private MasterFixture master;

  FailoverIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void startPrimary() throws Exception {
    primary = Primary.start(version);
    master = MasterFixture.on(primary.server());
    master.execute(
        "create table t (id int primary key, v text)", "select replica.track('t', copy => false)");
  }

  @AfterEach
  void stop() throws Exception {
    primary.close();
  }

  @Test
  void aStandbyThatLostNothingIsReadOn() throws Exception {
    copyData();
    try (var standby = primary.startStandby();
        var run = TaskRun.first(settings())) {
      insert(1);
      run.until(records -> TaskRun.describe(records).contains("I 1=v"));
      awaitConfirmed(run);
      run.stop();
      primary.awaitReplayed(standby);
      primary.server().kill();
      Primary.promote(standby);

      try (var connection = standby.connect(master.database());
          var statement = connection.createStatement();
          var again = TaskRun.behind(settingsOf(standby), last(run))) {
        statement.execute("insert into t values (2, 'v')");
        again.until(records -> TaskRun.describe(records).contains("I 2=v"));

        assertThat(TaskRun.describe(TaskRun.data(again.sent()))).containsExactly("I 2=v");
      }
    }
  }

  @Test
  void aStandbyThatMayHaveLaggedIsReadOnOnceItsTimelineIsAccepted() throws Exception {
    copyData();
    try (var standby = primary.startStandby();
        var mirror = mirror();
        var lock = primary.server().connect(master.database());
        var statement = lock.createStatement()) {
      awaitConfirmed(mirror);
      // The source will not come to note what Kafka has.
      lock.setAutoCommit(false);
      statement.execute("select from replica.log_state for update");
      insert(1);
      mirror.settle().restartSource();
      lock.rollback();
      primary.awaitReplayed(standby);
      primary.server().kill();
      Primary.promote(standby);
      master.moveTo(standby);
      master.execute("insert into t values (2, 'v')");

      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("changes may have been lost in a failover")
          .hasMessageContaining("accept.timeline=2");

      mirror.restartSource().source("accept.timeline", "2").settle().assertEqual();
      master.execute("insert into t values (3, 'v')");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aStandbyThatLaggedStopsTheSourceUntilItsLogIsBegunAnew() throws Exception {
    copyData();
    try (var standby = primary.startStandby();
        var mirror = mirror()) {
      insert(1);
      awaitConfirmed(mirror);
      primary.awaitReplayed(standby);
      standby.stop();
      insert(2);
      mirror.settle().restartSource();
      primary.server().kill();
      standby.restart();
      Primary.promote(standby);
      master.moveTo(standby);
      // Transaction ids that the slaves have seen are used again.
      for (var i = 10; i < 30; i++) {
        master.execute("insert into t values (" + i + ", 'other')");
      }

      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("Cannot go on reading the log: it was read on timeline 1")
          .hasMessageContaining("now on timeline 2")
          .hasMessageContaining("accept.timeline=2")
          .hasMessageContaining("replica.restart_log()");
      goesOnWithANewLog(mirror);
    }
  }

  @Test
  void aStandbyThatIsNotPromotedIsRefusedAndThePrimaryIsReadOn() throws Exception {
    copyData();
    try (var standby = primary.startStandby();
        var mirror = mirror()) {
      mirror.settle().restartSource();
      primary.awaitReplayed(standby);
      mirror.source("connection.url", standby.url(master.database()));
      insert(1);
      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("the server is a standby");

      mirror.restartSource().source("connection.url", primary.server().url(master.database()));
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aSlaveThatIsAStandbyIsWaitedForUntilItIsPromoted() throws Exception {
    copyData();
    try (var standby = primary.startStandby();
        var mirror =
            Mirror.between(
                MasterFixture.asItIs(primary.server(), master.database()),
                SlaveFixture.on(primary.server()))) {
      mirror.onSlaves("create table t (id int primary key, v text)");
      var slave = mirror.slave().database();
      mirror.source("snapshot.mode", "never").sink("connection.url", standby.url(slave));
      primary.awaitReplayed(standby);
      insert(1);
      var sink = mirror.sinkTask(0);
      await()
          .until(
              () -> {
                mirror.pump();
                return TaskRun.describe(mirror.sent()).contains("I 1=v");
              });
      await().until(() -> !sink.step() && sink.isPaused());

      Primary.promote(standby);

      mirror.applyAll();
      try (var connection = standby.connect(slave)) {
        assertThat(MasterFixture.rows(connection, "select * from t")).containsExactly("1|v");
      }
    }
  }

  @Test
  void aMasterThatWasRestoredFromAnImageOfItsDiskStopsTheSourceUntilItsLogIsBegunAnew()
      throws Exception {
    try (var mirror = mirror()) {
      insert(1);
      awaitConfirmed(mirror);
      copyData();
      for (var i = 2; i < 10; i++) {
        insert(i);
      }
      mirror.settle().restartSource();

      try (var restored = primary.startCopy()) {
        master.moveTo(restored);
        assertThatThrownBy(mirror::settleUntilIdle)
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("Cannot go on reading the log: it was read on timeline 1")
            .hasMessageContaining("replica.restart_log()");
        goesOnWithANewLog(mirror);
      }
    }
  }

  @Test
  void aMasterFromAnImageOfItsDiskIsFoundOutThoughItsTransactionIdsHaveGoneFurther()
      throws Exception {
    try (var mirror = mirror()) {
      insert(1);
      awaitConfirmed(mirror);
      copyData();
      insert(2);
      awaitConfirmed(mirror);
      insert(3);
      mirror.settle().restartSource();

      try (var restored = primary.startCopy()) {
        master.moveTo(restored);
        for (var i = 10; i < 60; i++) {
          master.execute("insert into t values (" + i + ", 'other')");
        }

        assertThatThrownBy(mirror::settle)
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("its disk is an older one")
            .hasMessageContaining("replica.restart_log()");
        goesOnWithANewLog(mirror);
      }
    }
  }

  /** As "After replica.restart_log()" in docs/operations.md has it, for sources that never copy. */
  private void goesOnWithANewLog(Mirror before) throws Exception {
    master.execute("select replica.restart_log()", "insert into t values (1000, 'new')");
    try (var again =
        Mirror.between(master, before.slave()).topic("again").source("snapshot.mode", "never")) {
      again.settle().master().execute("select replica.copy('t')");
      again.settle().assertEqual();
      before.slave().execute("delete from replica.replica_position where topic = 'test'");
      assertThat(before.slave().rows("select state from replica.slave_status"))
          .containsExactly("complete");
      master.execute("delete from t where id < 1000");
      again.settle().assertEqual();
    }
  }

  /** The primary and a slave on a server that stays. */
  private Mirror mirror() throws SQLException {
    var slave = SlaveFixture.on(SharedPostgres.of(version));
    var mirror = Mirror.between(master, slave).source("snapshot.mode", "never");
    return mirror.onSlaves("create table t (id int primary key, v text)");
  }

  private void insert(int id) throws SQLException {
    try (var connection = primary.server().connect(master.database());
        var statement = connection.createStatement()) {
      statement.execute("insert into t values (" + id + ", 'v')");
    }
  }

  private Map<String, String> settings() {
    return master.settings("snapshot.mode", "never");
  }

  private Map<String, String> settingsOf(PostgresServer server) {
    var settings = settings();
    settings.put("connection.url", server.url(master.database()));
    return settings;
  }

  private static SourceRecord last(TaskRun run) {
    return run.sent().get(run.sent().size() - 1);
  }

  /** Until the master knows that Kafka has everything that was sent. */
  private void awaitConfirmed(TaskRun run) {
    await()
        .untilAsserted(
            () -> {
              run.poll();
              try (var connection = primary.server().connect(master.database())) {
                assertThat(
                        MasterFixture.rows(connection, "select confirmed from replica.log_state"))
                    .containsExactly(
                        TaskRun.commits(run.sent())
                            .get(TaskRun.commits(run.sent()).size() - 1)
                            .to()
                            .toString());
              }
            });
  }

  private void awaitConfirmed(Mirror mirror) throws Exception {
    mirror.settle();
    await()
        .untilAsserted(
            () -> {
              mirror.pump();
              try (var connection = primary.server().connect(master.database())) {
                assertThat(
                        MasterFixture.rows(
                            connection,
                            "select l.confirmed is not null and not exists (select from"
                                + " replica.replica_log) from replica.log_state l"))
                    .containsExactly("t");
              }
            });
  }

  /** Copies the primary's data while it is down; it is up again afterwards. */
  private void copyData() throws IOException, SQLException {
    primary.copyData();
    master.connectAgain();
  }
}
