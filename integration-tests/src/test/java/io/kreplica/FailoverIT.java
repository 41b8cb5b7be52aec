package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.Directories;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
  private final Path primaryDirectory = Directories.createTemporary("kreplica-primary-");
  private final Path copyDirectory = Directories.createTemporary("kreplica-copy-");
  private PostgresServer primary;
  private MasterFixture master;

  FailoverIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void startPrimary() throws Exception {
    primary = PostgresServer.builder(version).directory(primaryDirectory).start();
    master = MasterFixture.on(primary);
    master.execute(
        "create table t (id int primary key, v text)", "select replica.track('t', copy => false)");
  }

  @AfterEach
  void stop() throws Exception {
    primary.close();
    Directories.delete(primaryDirectory);
    Directories.delete(copyDirectory);
  }

  @Test
  void aStandbyThatLostNothingIsReadOn() throws Exception {
    copyData();
    try (var standby = startStandby();
        var run = TaskRun.first(settings())) {
      insert(1);
      run.until(records -> TaskRun.describe(records).contains("I 1=v"));
      awaitConfirmed(run);
      run.stop();
      awaitReplayed(standby);
      primary.kill();
      promote(standby);

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
    try (var standby = startStandby();
        var mirror = mirror();
        var lock = primary.connect(master.database());
        var statement = lock.createStatement()) {
      awaitConfirmed(mirror);
      // The source will not come to note what Kafka has.
      lock.setAutoCommit(false);
      statement.execute("select from replica.log_state for update");
      insert(1);
      mirror.settle().restartSource();
      lock.rollback();
      awaitReplayed(standby);
      primary.kill();
      promote(standby);
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
    try (var standby = startStandby();
        var mirror = mirror()) {
      insert(1);
      awaitConfirmed(mirror);
      awaitReplayed(standby);
      standby.stop();
      insert(2);
      mirror.settle().restartSource();
      primary.kill();
      standby.restart();
      promote(standby);
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
    try (var standby = startStandby();
        var mirror = mirror()) {
      mirror.settle().restartSource();
      awaitReplayed(standby);
      mirror.source("connection.url", standby.url(master.database()));
      insert(1);
      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("the server is a standby");

      mirror.restartSource().source("connection.url", primary.url(master.database()));
      mirror.settle().assertEqual();
    }
  }

  @Test
  void aSlaveThatIsAStandbyIsWaitedForUntilItIsPromoted() throws Exception {
    copyData();
    try (var standby = startStandby();
        var mirror =
            Mirror.between(
                MasterFixture.asItIs(primary, master.database()), SlaveFixture.on(primary))) {
      mirror.onSlaves("create table t (id int primary key, v text)");
      var slave = mirror.slave().database();
      mirror.source("snapshot.mode", "never").sink("connection.url", standby.url(slave));
      awaitReplayed(standby);
      insert(1);
      var sink = mirror.sinkTask(0);
      await()
          .until(
              () -> {
                mirror.pump();
                return TaskRun.describe(mirror.sent()).contains("I 1=v");
              });
      await().until(() -> !sink.step() && sink.isPaused());

      promote(standby);

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

      try (var restored = startCopy()) {
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

      try (var restored = startCopy()) {
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
    try (var connection = primary.connect(master.database());
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
              try (var connection = primary.connect(master.database())) {
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
              try (var connection = primary.connect(master.database())) {
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
    primary.stop();
    var from = primaryDirectory.resolve("data");
    var to = copyDirectory.resolve("data");
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    primary.restart();
    master.connectAgain();
  }

  private PostgresServer startStandby() throws IOException {
    var data = copyDirectory.resolve("data");
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=" + primary.port() + " user=postgres'\n");
    return startCopy();
  }

  private PostgresServer startCopy() {
    return PostgresServer.builder(version).directory(copyDirectory).start();
  }

  private void awaitReplayed(PostgresServer standby) throws SQLException {
    try (var connection = primary.connect("postgres");
        var other = standby.connect("postgres")) {
      var written = MasterFixture.rows(connection, "select pg_current_wal_flush_lsn()").get(0);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          MasterFixture.rows(
                              other, "select pg_last_wal_replay_lsn() >= '" + written + "'"))
                      .containsExactly("t"));
    }
  }

  private static void promote(PostgresServer standby) throws SQLException {
    try (var connection = standby.connect("postgres")) {
      assertThat(MasterFixture.rows(connection, "select pg_promote()")).containsExactly("t");
    }
  }
}
