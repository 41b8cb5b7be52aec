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
  void aStandbyThatLaggedStopsTheSourceUntilAnOperatorDecides() throws Exception {
    copyData();
    try (var standby = startStandby();
        var run = TaskRun.first(settings())) {
      insert(1);
      run.until(records -> TaskRun.describe(records).contains("I 1=v"));
      awaitConfirmed(run);
      awaitReplayed(standby);
      standby.stop();
      insert(2);
      run.until(records -> TaskRun.describe(records).contains("I 2=v"));
      run.stop();
      primary.kill();
      standby.restart();
      promote(standby);
      // Transaction ids that the slaves have seen are used again.
      try (var connection = standby.connect(master.database());
          var statement = connection.createStatement()) {
        for (var i = 10; i < 30; i++) {
          statement.execute("insert into t values (" + i + ", 'other')");
        }
      }

      try (var again = TaskRun.behind(settingsOf(standby), last(run))) {
        assertThatThrownBy(() -> again.until(records -> false))
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("Cannot go on reading the log: it was read on timeline 1")
            .hasMessageContaining("now on timeline 2")
            .hasMessageContaining("accept.timeline=2")
            .hasMessageContaining("replica.restart_log()");
      }
    }
  }

  @Test
  void aStandbyThatIsNotPromotedIsRefused() throws Exception {
    copyData();
    try (var standby = startStandby()) {
      awaitReplayed(standby);
      try (var run = TaskRun.first(settingsOf(standby))) {
        assertThatThrownBy(() -> run.until(records -> false))
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("the server is a standby");
      }
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
  void aMasterThatWasRestoredFromAnImageOfItsDiskStopsTheSource() throws Exception {
    try (var run = TaskRun.first(settings())) {
      insert(1);
      run.until(records -> TaskRun.describe(records).contains("I 1=v"));
      awaitConfirmed(run);
      copyData();
      for (var i = 2; i < 10; i++) {
        insert(i);
      }
      run.until(records -> TaskRun.describe(records).contains("I 9=v"));
      run.stop();

      try (var restored = startCopy();
          var again = TaskRun.behind(settingsOf(restored), last(run))) {
        assertThatThrownBy(() -> again.until(records -> false))
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("Cannot go on reading the log: it was read on timeline 1")
            .hasMessageContaining("replica.restart_log()");
      }
    }
  }

  @Test
  void aMasterFromAnImageOfItsDiskIsFoundOutThoughItsTransactionIdsHaveGoneFurther()
      throws Exception {
    try (var run = TaskRun.first(settings())) {
      insert(1);
      run.until(records -> TaskRun.describe(records).contains("I 1=v"));
      awaitConfirmed(run);
      copyData();
      insert(2);
      run.until(records -> TaskRun.describe(records).contains("I 2=v"));
      awaitConfirmed(run);
      insert(3);
      run.until(records -> TaskRun.describe(records).contains("I 3=v"));
      run.stop();

      try (var restored = startCopy();
          var connection = restored.connect(master.database());
          var again = TaskRun.behind(settingsOf(restored), last(run))) {
        for (var i = 10; i < 60; i++) {
          try (var statement = connection.createStatement()) {
            statement.execute("insert into t values (" + i + ", 'other')");
          }
        }

        assertThatThrownBy(() -> again.until(records -> false))
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("its disk is an older one")
            .hasMessageContaining("replica.restart_log()");
      }
    }
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

  /** Copies the primary's data while it is down; it is up again afterwards. */
  private void copyData() throws IOException {
    primary.stop();
    var from = primaryDirectory.resolve("data");
    var to = copyDirectory.resolve("data");
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    primary.restart();
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
