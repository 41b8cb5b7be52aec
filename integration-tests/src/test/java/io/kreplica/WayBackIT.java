package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kreplica.postgres.InstallScript;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.sink.SinkRun;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Stops of the table "When it stops" in docs/operations.md, each with its way back, to the letter:
 * what the message says is done, the task is restarted, and the tables are equal. One master and
 * one slave for all; each test leaves them equal and at work.
 */
class WayBackIT {

  private static Mirror mirror;
  private static MasterFixture master;
  private static SlaveFixture slave;

  @BeforeAll
  static void replicate() throws Exception {
    mirror = Mirror.on(PostgresVersion.NEWEST);
    master = mirror.master();
    slave = mirror.slave();
    mirror.onBoth("create table t (id serial primary key, v text)").track("t");
    write();
    mirror.settle().assertEqual();
  }

  @AfterAll
  static void close() throws SQLException {
    mirror.close();
  }

  private static void write() throws SQLException {
    master.execute("insert into t (v) values ('a'), ('b')", "update t set v = v || 'c'");
  }

  /** A task stops at what is written now, and says so. */
  private static String stopsAt(String... parts) throws SQLException {
    write();
    var stop = catchThrowableOfType(ConnectException.class, mirror::settle);
    assertThat(stop).isNotNull().hasMessageContainingAll(parts);
    return stop.getMessage();
  }

  private static void restartedSinkGoesOn() throws Exception {
    mirror.restartSink(0).settle().assertEqual();
    write();
    mirror.settle().assertEqual();
  }

  private static void restartedSourceGoesOn() throws Exception {
    mirror.restartSource();
    restartedSinkGoesOn();
  }

  /** The statement that a message tells to run on the slave. */
  private static String toRun(String message) {
    var command = Pattern.compile("[Rr]un on the slave: (.+?)(; and restart| - and start)");
    var found = command.matcher(message);
    assertThat(found.find()).as(message).isTrue();
    return found.group(1);
  }

  @Test
  void aSourceThatWasSucceededIsRestartedIfNoOtherTaskRuns() throws Exception {
    mirror.settle();
    try (var successor = TaskRun.first(master.settings("snapshot.mode", "never"))) {
      successor.untilIdle();
    }

    stopsAt("Cannot go on reading the log: another task of this connector has started");

    restartedSourceGoesOn();
  }

  @Test
  void aSourceThatFindsAnotherGoesOnOnceThatIsDeleted() throws Exception {
    mirror.restartSource();
    try (var other = TaskRun.first(master.settings("name", "other", "snapshot.mode", "never"))) {
      other.untilIdle();
      stopsAt("another source reads it already ('kreplica-source other'", "Delete one");
    }

    restartedSourceGoesOn();
  }

  @Test
  void aSourceThatIsLedToADatabaseWithoutTheScriptGetsTheRightUrl() throws Exception {
    var here = master.settings().get("connection.url");
    var elsewhere = SharedPostgres.of(PostgresVersion.NEWEST).url("postgres");
    mirror.restartSource().source("connection.url", elsewhere);

    stopsAt("Cannot read the log: KReplica is not installed in this database");

    mirror.source("connection.url", here);
    restartedSourceGoesOn();
  }

  @Test
  void aSourceThatLacksAPrivilegeGoesOnAfterTheGrant() throws Exception {
    mirror.restartSource();
    master.execute("revoke select on replica.replica_log from replica_source");

    stopsAt("permission denied for table replica_log", "or run sql/master/install.sql again");

    InstallScript.ofFile(MasterFixture.INSTALL).run(master.session());
    restartedSourceGoesOn();
  }

  @Test
  void aTableThatIsNotTakenIsNamedInTables() throws Exception {
    mirror.sink("tables", "public.other").restartSink(0);

    stopsAt("Cannot apply changes of public.t: the sink's setting tables does not name it");

    mirror.sink("tables", "public.other, public.t");
    restartedSinkGoesOn();
    mirror.sink("tables", "").restartSink(0);
  }

  @Test
  void aTableThatTheMapLeavesNoPlaceGetsOne() throws Exception {
    mirror.onSlaves("create table t_here (id serial primary key, v text)");
    mirror.sink("table.map", "public.elsewhere:public.t").restartSink(0);

    stopsAt("table.map gives the slave's table of this name to another table", "a place");

    mirror.sink("table.map", "public.elsewhere:public.t, public.t:public.t_here");
    master.execute("select replica.copy('t')");
    mirror.restartSink(0).settle();
    assertThat(slave.rows("select * from t_here order by id"))
        .isEqualTo(master.rows("select * from t order by id"));
    mirror.sink("table.map", "").restartSink(0).master().execute("select replica.copy('t')");
    mirror.settle().assertEqual();
  }

  @Test
  void aMissingTableColumnAndKeyAreMadeByTheStatementsOfTheMessages() throws Exception {
    mirror.onBoth("create table made (id int primary key, v text)").track("made");
    master.execute("insert into made values (1, 'a')");
    mirror.settle();
    for (var damage :
        Map.of(
                "drop table made", "the slave has no table public.made",
                "alter table made drop column v", "has no column v",
                "alter table made drop constraint made_pkey", "has no key of the columns id")
            .entrySet()) {
      mirror
          .restartSink(0)
          .onSlaves("create table if not exists made (id int primary key, v text)");
      slave.execute(damage.getKey());
      master.execute("update made set v = v || 'c'");

      var command = toRun(stopsAt("Cannot apply changes of public.made", damage.getValue()));

      mirror.onSlaves(command);
      restartedSinkGoesOn();
    }
    master.execute("select replica.untrack('made')");
  }

  @Test
  void anotherSinkTakesOverByTheStatementOfTheMessage() throws Exception {
    mirror.settle().sink("name", "renamed").restartSink(0);

    var stop = stopsAt("is applied to this slave by sink 'test-sink'");

    slave.execute(stop.substring(stop.indexOf("update replica.replica_position")));
    restartedSinkGoesOn();
    mirror.sink("name", "test-sink").restartSink(0);
    slave.execute("update replica.replica_position set sink = 'test-sink'");
  }

  @Test
  void aSinkThatWasSucceededIsRestartedIfNoOtherTaskRuns() throws Exception {
    mirror.settle();
    var zombie = mirror.sinkTask(0);
    SinkRun.of(new MirrorTopic("test", true, false), slave.settings()).close();

    stopsAt("Cannot go on applying topic 'test': another task of sink 'test-sink' has started");

    assertThat(mirror.sinkTask(0)).isSameAs(zombie);
    restartedSinkGoesOn();
  }

  @Test
  void anotherTopicOfTheSameLogIsTakenByTheStatementOfTheMessage() throws Exception {
    mirror.settle().topic("moved").restartSource().restartSink(0);

    var stop = stopsAt("from topic 'moved': this slave has applied it from topic 'test'");

    slave.execute(toRun(stop));
    restartedSinkGoesOn();
    mirror.topic("test").restartSource().restartSink(0);
    slave.execute("update replica.replica_position set topic = 'test', kafka_offset = null");
    mirror.settle().assertEqual();
  }

  @Test
  void aLogWhoseMarkersATransformOfTheSourceDroppedIsBegunAnew() throws Exception {
    try (var own = Mirror.on(PostgresVersion.NEWEST)) {
      own.onBoth("create table t (id int primary key)").track("t").settle();
      own.transforming(
          record -> EventHeaders.operation(record.headers()) == Operation.COMMIT ? null : record);
      own.master().execute("insert into t values (1)");
      own.settle().master().execute("insert into t values (2)");
      assertThatThrownBy(own::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("Cannot assemble the records")
          .hasMessageContaining("the commit marker of batch");

      own.restartSource().pauseSink(0).master().execute("select replica.restart_log()");
      own.master().execute("insert into t values (3)");
      try (var anew = Mirror.between(own.master(), own.slave()).topic("anew")) {
        anew.settle().assertEqual();
      }
    }
  }

  @Test
  void aSinkWhosePositionWasDeletedUnderItJoinsAnewAndTheTablesAreCopied() throws Exception {
    mirror.settle();
    slave.execute("delete from replica.replica_position");

    stopsAt("was deleted from replica.replica_position while the task was running", "Restart");

    mirror.restartSink(0);
    master.execute("select replica.copy('t')");
    restartedSinkGoesOn();
  }

  @Test
  void aSlaveThatLostItsScriptGetsItAgainAndTheTablesAreCopied() throws Exception {
    slave.execute("drop schema replica cascade");
    mirror.restartSink(0);

    stopsAt("Cannot apply to this slave", "sql/slave/install.sql");

    InstallScript.ofFile(SlaveFixture.INSTALL).run(slave.session());
    master.execute("select replica.copy('t')");
    restartedSinkGoesOn();
  }

  @Test
  void aStrangersTableIsReplicatedOnceHeIsTrusted() throws Exception {
    master.execute(
        "create role table_owner",
        "create table theirs (id int primary key)",
        "alter table theirs owner to table_owner");
    mirror.onSlaves("create table theirs (id int primary key)");
    assertThatThrownBy(() -> mirror.track("theirs"))
        .hasMessageContaining(
            "Cannot track public.theirs: role table_owner, which owns it, could have code");

    master.execute("select replica.trust('table_owner')");
    mirror.track("theirs");
    master.execute("insert into theirs values (1)");
    mirror.settle().assertEqual();
    master.execute(
        "select replica.untrack('theirs')", "drop table theirs", "drop role table_owner");
  }

  @Test
  void aScriptThatAnotherRoleInstalledIsRunAgainAsThatRole() throws Exception {
    var script = InstallScript.ofFile(MasterFixture.INSTALL);
    try (var session = master.connect();
        var statement = session.createStatement()) {
      statement.execute("create role stranger_too superuser");
      statement.execute("set role stranger_too");
      assertThatThrownBy(() -> script.run(session))
          .hasMessageContaining("Cannot install: schema replica is there")
          .hasMessageContaining("SET ROLE postgres");

      statement.execute("set role postgres");
      script.run(session);
      statement.execute("drop role stranger_too");
    }
    write();
    mirror.settle().assertEqual();
  }
}
