package io.kreplica.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.sink.TopicFixture.Form;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How batches become transactions of a slave, and where a task stops. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ReplicaSinkTaskIT {

  private static final MasterTable ACCOUNT =
      MasterTable.of(
          "public.account", "id", "id", "integer", "name", "text", "balance", "numeric(10,2)");

  private final PostgresServer server;
  private final TopicFixture topic = new TopicFixture(Form.SCHEMALESS);
  private SlaveFixture slave;

  ReplicaSinkTaskIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createTable() throws SQLException {
    slave = SlaveFixture.on(server);
    slave.execute(
        "create table account (id integer primary key, name text, balance numeric(10,2))");
  }

  @AfterEach
  void closeSlave() throws SQLException {
    slave.close();
  }

  @ParameterizedTest
  @EnumSource
  void appliesABatchAndMovesThePositionInOneTransaction(Form form) throws Exception {
    var records = new TopicFixture(form);
    records
        .batch("5:5:")
        .insert(ACCOUNT, 3, 1, "it's \"a\" \\ {NULL}", "1.50")
        .insert(ACCOUNT, 3, 2, null, "2.00")
        .insert(ACCOUNT, 4, 3, "NULL", null)
        .update(ACCOUNT, 4, 2, "", "2.50")
        .delete(ACCOUNT, 4, 3)
        .commit();

    try (var run = SinkRun.of(records, slave.settings()).untilEnd()) {
      assertThat(run.stored()).isEqualTo(records.size());
    }

    assertThat(slave.rows("select * from account order by id"))
        .containsExactly("1|it's \"a\" \\ {NULL}|1.50", "2||2.50");
    assertThat(
            slave.rows(
                "select log_id, topic, sink, snapshot, batch, kafka_offset,"
                    + " p.xmin = a.xmin as same_transaction"
                    + " from replica.replica_position as p, account as a where a.id = 1"))
        .containsExactly("log-a|test|test-sink|5:5:|1-1|6|t");
  }

  @Test
  void appliesNothingOfABatchThatHasNotEnded() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1");

    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      assertThat(run.stored()).isNegative();
    }

    assertThat(slave.rows("select * from account")).isEmpty();
  }

  @Test
  void applyingTheSameRecordsTwiceChangesNothing() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.batch("6:6:").update(ACCOUNT, 5, 1, "b", "2").commit();
    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      assertThat(run.next()).isEqualTo(6);
    }
    slave.execute(
        "update account set name = 'untouched'",
        "update replica.replica_position set kafka_offset = null");

    try (var run = SinkRun.of(topic, slave.settings()).untilEnd()) {
      assertThat(run.stored()).isEqualTo(6);
    }

    assertThat(slave.rows("select * from account")).containsExactly("1|untouched|2.00");
  }

  @Test
  void goesOnBehindTheLastAppliedBatch() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    SinkRun.of(topic, slave.settings()).untilEnd().close();
    topic.batch("6:6:").insert(ACCOUNT, 5, 2, "b", "2").commit();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThat(run.next()).isEqualTo(3);
      run.untilEnd();
    }

    assertThat(slave.rows("select id from account order by id")).containsExactly("1", "2");
  }

  @Test
  void resumesAHalfSentBatch() throws Exception {
    var half = topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").insert(ACCOUNT, 3, 2, "b", "2");
    topic.restartSource();
    half.resume(1).insert(ACCOUNT, 3, 2, "again", "2").insert(ACCOUNT, 3, 3, "c", "3").commit();

    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThat(slave.rows("select id, name from account order by id"))
        .containsExactly("1|a", "2|b", "3|c");
  }

  @Test
  void ignoresWhatADeadSourceSendsLate() throws Exception {
    var dead = topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1");
    topic.restartSource();
    var successor = topic.batch("6:6:").insert(ACCOUNT, 3, 1, "b", "1");
    topic.sendAs(1);
    dead.insert(ACCOUNT, 3, 2, "late", "2");
    topic.sendAs(2);
    successor.insert(ACCOUNT, 5, 3, "c", "3").commit();

    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThat(slave.rows("select id, name from account order by id"))
        .containsExactly("1|b", "3|c");
  }

  @Test
  void stopsAtAGapNamingBothPositions() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.batch("8:8:", "9:9:").insert(ACCOUNT, 8, 2, "b", "2").commit();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("from 8:8: to 9:9:")
          .hasMessageContaining("stands at 5:5:")
          .hasMessageContaining("replica.copy()");
    }
  }

  @Test
  void refusesAForeignLogNamingBoth() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.log("log-b").batch("1:1:", "5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("'log-b'")
          .hasMessageContaining("'log-a'");
    }
  }

  @Test
  void refusesARecordThatIsNotKReplicas() throws Exception {
    topic.foreignRecord("key", "value");

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("test-0 offset 0")
          .hasMessageContaining("replica.op");
    }
  }

  @Test
  void aLateJoinerStartsAtTheNextWholeBatchAndWaitsForCopies() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.batch("6:6:").insert(ACCOUNT, 5, 2, "b", "2").commit();
    topic.dropBefore(1);

    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThat(slave.rows("select id from account")).containsExactly("2");
    assertThat(slave.rows("select source_table, state from replica.slave_status"))
        .containsExactly("public.account|waiting for a copy");
  }

  @Test
  void streamsABatchLargerThanMemory() throws Exception {
    var batch = topic.batch("5:5:");
    for (var i = 1; i <= 1_000; i++) {
      batch.insert(ACCOUNT, 3, i, "row " + i, "1");
    }
    for (var i = 1; i <= 1_000; i += 2) {
      batch.delete(ACCOUNT, 3, i);
    }
    batch.commit();
    var settings = slave.settings("buffer.max.rows", "100");

    try (var run = SinkRun.of(topic, settings)) {
      run.step();
      run.step();
      assertThat(slave.rows("select count(*) from account")).containsExactly("0");
      assertThat(run.stored()).isNegative();
      run.untilEnd();
    }

    assertThat(slave.rows("select count(*), min(id) from account")).containsExactly("500|2");
  }

  @Test
  void undoesTheAppliedPartOfABatchThatItsSourceAbandons() throws Exception {
    var batch = topic.batch("5:5:");
    for (var i = 1; i <= 200; i++) {
      batch.insert(ACCOUNT, 3, i, "abandoned", "1");
    }
    topic.restartSource();
    topic.batch("6:6:").insert(ACCOUNT, 3, 1, "kept", "1").commit();

    SinkRun.slowly(topic, slave.settings("buffer.max.rows", "50"), 30).untilEnd().close();

    assertThat(slave.rows("select id, name from account")).containsExactly("1|kept");
  }

  @Test
  void survivesItsSessionBeingEndedInTheMiddleOfALargeBatch() throws Exception {
    var batch = topic.batch("5:5:");
    for (var i = 1; i <= 500; i++) {
      batch.insert(ACCOUNT, 3, i, "a", "1");
    }
    batch.commit();

    try (var run = SinkRun.slowly(topic, slave.settings("buffer.max.rows", "50"), 100)) {
      run.step();
      run.step();
      assertThat(slave.endSinkSessions()).isEqualTo(1);
      run.untilEnd();
      assertThat(run.stored()).isEqualTo(topic.size());
    }

    assertThat(slave.rows("select count(*) from account")).containsExactly("500");
  }

  @Test
  void zombieTaskIsFenced() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    try (var zombie = SinkRun.of(topic, slave.settings()).untilEnd();
        var successor = SinkRun.of(topic, slave.settings())) {
      topic.batch("6:6:").update(ACCOUNT, 5, 1, "b", "1").commit();

      assertThatThrownBy(zombie::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("another task of sink 'test-sink'");
      successor.untilEnd();
    }

    assertThat(slave.rows("select name from account")).containsExactly("b");
  }

  @Test
  void secondSinkOnTheSameLogIsRefused() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThatThrownBy(() -> SinkRun.of(topic, slave.settings("name", "other")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("as sink 'other'")
        .hasMessageContaining("by sink 'test-sink'")
        .hasMessageContaining("update replica.replica_position set sink = 'other'");
  }

  @Test
  void twoNewSinksOnTheSameLogDoNotBothApply() throws Exception {
    try (var first = SinkRun.of(topic, slave.settings());
        var second = SinkRun.of(topic, slave.settings("name", "other"))) {
      topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
      first.untilEnd();

      assertThatThrownBy(second::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("by sink 'test-sink'");
    }
  }

  @Test
  void appliesTheBatchesBeforeAGap() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.batch("8:8:", "9:9:").insert(ACCOUNT, 8, 2, "b", "2").commit();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd).isInstanceOf(ConnectException.class);
    }

    assertThat(slave.rows("select id from account")).containsExactly("1");
  }

  @Test
  void appliesTheBatchesBeforeARefusedRow() throws Exception {
    topic.batch("5:5:").insert(ACCOUNT, 3, 1, "a", "1").commit();
    topic.batch("6:6:").insert(ACCOUNT, 5, 2, "b", "2").commit();
    topic.batch("7:7:").insert(ACCOUNT, 6, 3, "c", "1e20").commit();

    try (var run = SinkRun.of(topic, slave.settings())) {
      assertThatThrownBy(run::untilEnd)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("key id=3; transaction 6, batch 1-3")
          .hasMessageContaining("numeric field overflow");
    }

    assertThat(slave.rows("select id from account order by id")).containsExactly("1", "2");
  }

  @Test
  void doesNotHoldLocksForALargeBatchWhoseRestDoesNotCome() throws Exception {
    var batch = topic.batch("5:5:");
    for (var i = 1; i <= 200; i++) {
      batch.insert(ACCOUNT, 3, i, "a", "1");
    }

    try (var run = SinkRun.of(topic, slave.settings("buffer.max.rows", "50"))) {
      run.step();
      assertThat(sinksInTransaction()).containsExactly("1");
      run.pass(Duration.ofMinutes(2));
      assertThat(sinksInTransaction()).containsExactly("0");
      assertThat(run.stored()).isNegative();
      batch.insert(ACCOUNT, 3, 201, "a", "1").commit();
      run.untilEnd();
    }

    assertThat(slave.rows("select count(*) from account")).containsExactly("201");
  }

  private List<String> sinksInTransaction() throws SQLException {
    return slave.rows(
        "select count(*) from pg_stat_activity where state = 'idle in transaction'"
            + " and datname = current_database()");
  }

  @Test
  void refusesATopicOfSeveralPartitions() {
    var partitions = Set.of(new TopicPartition("test", 0), new TopicPartition("test", 1));

    assertThatThrownBy(() -> SinkRun.assign(slave.settings(), partitions))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("test-1")
        .hasMessageContaining("one partition");
  }

  @Test
  void namesTheGrantWithoutWhichItMayNotReplicate() throws Exception {
    slave.execute(
        "do $$ begin if to_regrole('unprivileged') is null then create role unprivileged login;"
            + " end if; end $$",
        "grant usage on schema replica to unprivileged",
        "grant select on all tables in schema replica to unprivileged");

    assertThatThrownBy(() -> SinkRun.of(topic, slave.settings("connection.user", "unprivileged")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'unprivileged' may not set session_replication_role")
        .hasMessageContaining(slave.isBefore15() ? "alter role" : "grant set on parameter");
  }

  @Test
  void sharesOneCommitBetweenBatchesThatArriveTogether() throws Exception {
    for (var i = 1; i <= 10; i++) {
      var position = (i + 3) + ":" + (i + 3) + ":";
      topic.batch(position).insert(ACCOUNT, i + 2, i, "a", "1").commit();
    }

    SinkRun.of(topic, slave.settings()).untilEnd().close();

    assertThat(slave.rows("select count(*), count(distinct xmin::text) from account"))
        .containsExactly("10|1");
  }
}
