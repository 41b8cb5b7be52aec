package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.SharedPostgres;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.LogPosition;
import io.kreplica.record.Marker;
import io.kreplica.record.Operation;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the source sends, read from a real master by the task itself. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ReplicaSourceTaskIT {

  private final PostgresServer server;
  private MasterFixture master;

  ReplicaSourceTaskIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void trackATable() throws SQLException {
    master = MasterFixture.on(server);
    master.execute(
        "create table account (id int primary key, name text, balance numeric(10,2))",
        "select replica.track('account')");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.close();
  }

  @Test
  void sendsEachChangeOnceBetweenMarkers() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      master.execute(
          "insert into account values (1, 'a', 1.50), (2, 'b', 2)",
          "update account set name = 'c' where id = 1",
          "update account set id = 3 where id = 2",
          "delete from account where id = 1",
          "truncate account");

      var sent = run.until(records -> TaskRun.describe(records).contains("T"));
      run.untilIdle();

      assertThat(TaskRun.describe(TaskRun.data(sent)))
          .containsExactly("I 1=a", "I 2=b", "U 1=c", "D 2", "U 3=b", "D 1", "T");
      assertThat(TaskRun.operation(sent.get(0))).isEqualTo(Operation.BEGIN);
      assertThat(TaskRun.operation(sent.get(sent.size() - 1))).isEqualTo(Operation.COMMIT);
    }
  }

  @Test
  void batchesChainWithoutGap() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      for (var i = 0; i < 5; i++) {
        master.execute("insert into account values (" + i + ", 'x', 0)");
        run.untilIdle();
      }

      var position = LogPosition.BEGINNING;
      for (var commit : TaskRun.commits(run.sent())) {
        assertThat(commit.from()).isEqualTo(position);
        assertThat(commit.to().isAfter(commit.from())).isTrue();
        position = commit.to();
      }
    }
  }

  @Test
  void doesNotSkipATransactionThatCommitsLate() throws Exception {
    try (var early = master.connect();
        var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      early.setAutoCommit(false);
      early.createStatement().execute("insert into account values (1, 'early', 0)");
      master.execute("insert into account values (2, 'late', 0)");
      run.until(records -> TaskRun.describe(records).contains("I 2=late"));
      early.commit();

      run.until(records -> TaskRun.describe(records).contains("I 1=early"));

      assertThat(TaskRun.describe(TaskRun.data(run.sent())))
          .containsExactly("I 2=late", "I 1=early");
    }
  }

  @Test
  void neverSendsWhatWasRolledBack() throws Exception {
    try (var session = master.connect();
        var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      session.setAutoCommit(false);
      session.createStatement().execute("insert into account values (1, 'kept', 0)");
      var savepoint = session.setSavepoint();
      session.createStatement().execute("insert into account values (2, 'undone', 0)");
      session.rollback(savepoint);
      session.commit();
      session.createStatement().execute("insert into account values (3, 'undone', 0)");
      session.rollback();

      run.untilIdle();

      assertThat(TaskRun.describe(TaskRun.data(run.sent()))).containsExactly("I 1=kept");
    }
  }

  @Test
  void aChangeWakesASleepingSourceAtOnce() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          master.rows(
                              "select l.mode from pg_locks l where l.locktype = 'advisory'"
                                  + " and l.classid = 19282 and l.objid = 1 and l.granted"
                                  + " and l.database = (select oid from pg_database"
                                  + " where datname = current_database())"))
                      .containsExactly("ExclusiveLock"));

      master.execute("insert into account values (1, 'ring', 0)");

      run.until(records -> TaskRun.describe(records).contains("I 1=ring"));
    }
  }

  @Test
  void pollsWhereTheDoorbellIsSilencedForTwoPhaseCommit() throws Exception {
    master.execute("update replica.log_state set doorbell_rings = false");
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      master.execute("insert into account values (1, 'unheard', 0)");

      run.until(records -> TaskRun.describe(records).contains("I 1=unheard"));
    }
  }

  @Test
  void copiesATableExactlyWhileItChanges() throws Exception {
    master.execute("insert into account select i, 'old', i from generate_series(1, 995) i");
    try (var run = TaskRun.first(master.settings("snapshot.chunk.rows", "10"))) {
      run.until(records -> TaskRun.describe(records).contains("R 15=old"));
      master.execute(
          "update account set name = 'new' where id % 100 = 1",
          "delete from account where id % 100 = 2",
          "insert into account values (2000, 'added', 0)");
      run.until(
          records ->
              TaskRun.describe(records).contains("I 2000=added")
                  && TaskRun.commits(records).stream()
                      .anyMatch(c -> c.copy().map(Marker.Copy::ends).orElse(false)));

      assertThat(lastStates(run.sent()))
          .containsExactlyInAnyOrderElementsOf(
              master.rows("select id || '=' || name from account"));
      run.untilIdle();
      await()
          .untilAsserted(
              () -> {
                run.poll();
                assertThat(master.value("select pending_copies from replica.status"))
                    .isEqualTo("0");
              });
    }
  }

  /** What is left when the records are replayed: key and name of each row. */
  private static List<String> lastStates(List<SourceRecord> records) {
    var rows = new TreeMap<String, String>();
    for (var text : TaskRun.describe(TaskRun.data(records))) {
      var row = text.substring(2);
      var key = row.split("=", 2)[0];
      if (text.startsWith("D")) {
        rows.remove(key);
      } else {
        rows.put(key, row);
      }
    }
    return List.copyOf(rows.values());
  }

  @Test
  void withoutInitialCopiesOnlyWhatSomebodyAsksForIsCopied() throws Exception {
    master.execute("insert into account values (1, 'a', 0)");
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      assertThat(TaskRun.describe(TaskRun.data(run.sent()))).containsExactly("I 1=a");
      assertThat(master.value("select pending_copies from replica.status")).isEqualTo("0");

      master.execute("select replica.copy('account')");

      run.until(records -> TaskRun.describe(records).contains("R 1=a"));
    }
  }

  @Test
  void everyBatchMovesOnEvenWhenAnIdleMasterIsCopied() throws Exception {
    master.execute("insert into account select i, 'x', 0 from generate_series(1, 55) i");
    try (var run =
        TaskRun.unacknowledged(master.settings("snapshot.chunk.rows", "10"), Optional.empty())) {
      run.untilIdle();

      assertThat(TaskRun.commits(run.sent()))
          .hasSize(6)
          .allSatisfy(commit -> assertThat(commit.to().isAfter(commit.from())).isTrue());
    }
  }

  @Test
  void resumesACopyBehindTheLastRowSent() throws Exception {
    master.execute("insert into account select i, 'x', 0 from generate_series(1, 30) i");
    var settings = master.settings("snapshot.chunk.rows", "10");
    List<String> first;
    try (var run = TaskRun.unacknowledged(settings, Optional.empty())) {
      run.until(records -> TaskRun.describe(records).contains("R 15=x"));
      var cut = run.sent().stream().filter(r -> TaskRun.describe(List.of(r)).contains("R 15=x"));
      var last = cut.findFirst().orElseThrow();
      first = TaskRun.describe(run.sent().subList(0, run.sent().indexOf(last) + 1));
      run.stop();

      try (var second = TaskRun.behind(settings, last)) {
        second.until(
            records ->
                TaskRun.commits(records).stream()
                    .anyMatch(c -> c.copy().map(Marker.Copy::ends).orElse(false)));

        assertThat(first).contains("R 1=x").endsWith("R 15=x");
        assertThat(TaskRun.describe(TaskRun.data(second.sent())))
            .startsWith("R 16=x")
            .hasSize(15)
            .endsWith("R 30=x");
        assertThat(TaskRun.operation(second.sent().get(0))).isEqualTo(Operation.BEGIN);
      }
    }
  }

  @Test
  void resumesAHalfSentBatchToTheLetter() throws Exception {
    master.execute(
        "insert into account select i, 'x', 0 from generate_series(1, 20) i",
        "update account set name = 'y'");
    var settings = master.settings("snapshot.mode", "never", "poll.rows", "7");
    try (var whole = TaskRun.unacknowledged(settings, Optional.empty())) {
      whole.untilIdle();
      var cut = whole.sent().get(9);
      whole.stop();
      master.execute("insert into account values (99, 'later', 0)");

      try (var rest = TaskRun.behind(settings, cut)) {
        rest.until(records -> TaskRun.describe(records).contains("I 99=later"));

        var begin = Marker.ofValue(rest.sent().get(0).value());
        var resumed = rest.sent().subList(1, 1 + whole.sent().size() - 10);
        assertThat(begin.batch()).isEqualTo(TaskRun.commits(whole.sent()).get(0).batch());
        assertThat(begin.rank()).isEqualTo(9);
        assertThat(TaskRun.describe(resumed))
            .isEqualTo(TaskRun.describe(whole.sent().subList(10, whole.sent().size())));
        assertThat(EventHeaders.readFrom(resumed.get(0).headers()).rank()).isEqualTo(10);
        assertThat(TaskRun.commits(rest.sent()).get(1).batch()).isNotEqualTo(begin.batch());
      }
    }
  }

  @Test
  void goesFromCheckpointToCheckpointThroughABacklog() throws Exception {
    for (var i = 0; i < 5; i++) {
      master.execute(
          "insert into account select g, 'x', 0 from generate_series("
              + (i * 8000 + 1)
              + ", "
              + (i + 1) * 8000
              + ") g");
    }
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.until(records -> TaskRun.data(records).size() >= 40_000);
      run.untilIdle();

      assertThat(TaskRun.commits(run.sent())).hasSizeGreaterThanOrEqualTo(3);
      assertThat(TaskRun.data(run.sent())).hasSize(40_000);
    }
  }

  @Test
  void prunesTheLogOnceKafkaHasAcknowledgedIt() throws Exception {
    var settings = master.settings("snapshot.mode", "never");
    master.execute("insert into account values (1, 'a', 0)");
    try (var run = TaskRun.unacknowledged(settings, Optional.empty())) {
      run.untilIdle();
      assertThat(master.value("select count(*) from replica.replica_log")).isEqualTo("1");
    }
    try (var run = TaskRun.first(settings)) {
      run.untilIdle();
      await()
          .untilAsserted(
              () -> {
                run.poll();
                assertThat(master.value("select count(*) from replica.replica_log")).isEqualTo("0");
                assertThat(master.value("select backlog_rows from replica.status")).isEqualTo("0");
              });
    }
  }

  @Test
  void goesOnAfterItsBackendsWereTerminated() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      master.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where application_name like 'kreplica-source%' and datname = current_database()",
          "insert into account values (1, 'after', 0)");

      run.until(records -> TaskRun.describe(records).contains("I 1=after"));

      assertThat(TaskRun.describe(TaskRun.data(run.sent()))).containsExactly("I 1=after");
    }
  }

  @Test
  void aSecondSourceIsRefusedAndToldWhoReadsTheLog() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"));
        var second = TaskRun.first(master.settings("name", "other"))) {
      run.untilIdle();

      assertThatThrownBy(second::untilIdle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("kreplica-source test-source");
    }
  }

  @Test
  void aSuccessorEndsItsPredecessorWhichThenStops() throws Exception {
    var settings = master.settings("snapshot.mode", "never");
    try (var zombie = TaskRun.first(settings)) {
      zombie.untilIdle();
      try (var successor = TaskRun.first(settings)) {
        master.execute("insert into account values (1, 'a', 0)");
        successor.until(records -> TaskRun.describe(records).contains("I 1=a"));

        assertThatThrownBy(() -> zombie.until(records -> false))
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("another task of this connector has started");
      }
    }
  }

  @Test
  void stopsWhenTheMasterWentBack() throws Exception {
    master.execute("insert into account values (1, 'a', 0)");
    var settings = master.settings("snapshot.mode", "never");
    try (var run = TaskRun.first(settings)) {
      run.untilIdle();
      var last = run.sent().get(run.sent().size() - 1);
      run.stop();
      master.execute("select replica.restart_log()");

      try (var again = TaskRun.behind(settings, last)) {
        assertThatThrownBy(again::untilIdle)
            .isInstanceOf(ConnectException.class)
            .hasMessageContaining("Cannot go on reading the log")
            .hasMessageContaining("DELETE its offsets");
      }
    }
  }

  @Test
  void aStoppedTaskLeavesNoBackendBehind() throws Exception {
    var run = TaskRun.first(master.settings("snapshot.mode", "never"));
    run.untilIdle();

    run.stop();

    await()
        .untilAsserted(
            () ->
                assertThat(
                        master.rows(
                            "select 1 from pg_stat_activity where datname = current_database()"
                                + " and application_name like 'kreplica-source%'"))
                    .isEmpty());
  }

  @Test
  void columnsMayComeAndGoBetweenTwoRows() throws Exception {
    try (var run = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      run.untilIdle();
      master.execute(
          "insert into account values (1, 'a', 1)",
          "alter table account add column note text, add column big bigint",
          "insert into account values (2, 'b', 2, 'hello', 9007199254740993)",
          "alter table account drop column balance",
          "insert into account values (3, 'c', 'bye', 1)");

      run.until(records -> TaskRun.describe(records).contains("I 3=c"));

      var rows = TaskRun.data(run.sent());
      assertThat(rows.get(0).value()).hasToString("Struct{id=1,name=a,balance=1.00}");
      assertThat(rows.get(1).value())
          .hasToString("Struct{id=2,name=b,balance=2.00,note=hello,big=9007199254740993}");
      assertThat(rows.get(2).value()).hasToString("Struct{id=3,name=c,note=bye,big=1}");
    }
  }
}
