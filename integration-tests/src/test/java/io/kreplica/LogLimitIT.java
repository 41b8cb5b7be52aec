package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kreplica.postgres.InstallScript;
import io.kreplica.record.Operation;
import io.kreplica.record.SchemaCommand;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of a log that grows beyond the limit that an operator has set: nothing in silence.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class LogLimitIT {

  private final PostgresVersion version;
  private Mirror mirror;

  LogLimitIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws Exception {
    mirror = Mirror.on(version).source("keepalive.interval.ms", "1000");
    mirror
        .onBoth("create table t (id int primary key, v text)")
        .onBoth("create table p (id int primary key, v text) partition by range (id)")
        .onBoth("create table p1 partition of p for values from (0) to (1000000)")
        .track("t", "p")
        .settle();
  }

  @AfterEach
  void close() throws Exception {
    mirror.close();
  }

  @Test
  void withoutALimitALogIsNeverBeyondIt() throws Exception {
    fillTheLog();

    assertThat(mirror.master().rows("select * from replica.attend_log()")).isEmpty();
    assertThat(status()).isEqualTo("f|0|0");
  }

  @Test
  void aLogBeyondItsLimitIsSaidAndNothingElseHappensByDefault() throws Exception {
    mirror.restartSource();
    limit("warn");
    fillTheLog();

    assertThat(mirror.master().value("select is_trouble, message from replica.attend_log()"))
        .startsWith("t|The log has grown beyond its limit of 100 kB");
    mirror.settle().assertEqual();
    assertThat(status()).isEqualTo("t|0|0");
  }

  @Test
  void tablesAreLetGoAndCopiedAgainOnceThereIsRoom() throws Exception {
    mirror.restartSource();
    mirror.master().execute("select replica.capture_ddl(true)");
    limit("stop_capture");
    fillTheLog();
    assertThat(status()).isEqualTo("t|2|0");
    var bytes = "select log_bytes from replica.status";

    mirror.pump();
    awaitLetGo(2);
    var before = mirror.master().value(bytes);
    fillTheLog();
    assertThat(mirror.master().value(bytes)).as("size of the log").isEqualTo(before);

    awaitTakenBack();
    mirror.settle().assertEqual();
    assertThat(commands())
        .anySatisfy(sql -> assertThat(sql).startsWith("-- Changes of public.t are not logged"))
        .anySatisfy(sql -> assertThat(sql).startsWith("-- Changes of public.p are not logged"))
        .allSatisfy(sql -> assertThat(sql).startsWith("-- "));
    fillTheLog();
    mirror.settle().assertEqual();
  }

  @Test
  void applicationsWriteOnAndNothingOfTheirsIsMissingInTheEnd() throws Exception {
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("kreplica.seed=" + seed);
    mirror.onBoth(Applications.ddl());
    mirror.track(Applications.TABLES.toArray(String[]::new)).settle();
    mirror.master().execute(Applications.rows());
    limit("stop_capture");
    try (var applications = Applications.start(mirror.master()::connect, seed)) {
      fillTheLog();
      awaitLetGo(5);
      applications.awaitCommits(50);
      mirror.master().execute("update replica.log_state set log_limit_bytes = null");
      awaitTakenBack();
      applications.awaitCommits(50);

      applications.stop();
    }
    mirror.settle().assertEqual();
  }

  @Test
  void aMasterWithoutASourceLetsTablesGoWhenItIsAskedTo() throws Exception {
    mirror.restartSource();
    limit("stop_capture");
    fillTheLog();

    mirror.master().execute("call replica.renew()");
    assertThat(status()).isEqualTo("t|0|2");
    mirror.master().execute("call replica.renew()", "select replica.forget_dropped()");
    InstallScript.ofFile(MasterFixture.INSTALL).run(mirror.master().session());
    assertThat(status()).isEqualTo("t|0|2");

    fillTheLog();
    mirror.settle();
    awaitTakenBack();
    mirror.settle().assertEqual();
  }

  @Test
  void trackingALetGoTableAnewCopiesItWhateverItIsAskedFor() throws Exception {
    mirror.restartSource();
    limit("stop_capture");
    fillTheLog();
    mirror.master().execute("call replica.renew()");
    fillTheLog();

    mirror
        .master()
        .execute(
            "update replica.log_state set log_limit_bytes = null",
            "select replica.track('t', copy => false)",
            "select replica.track('p', copy => false)");

    mirror.settle().assertEqual();
  }

  @Test
  void theSlaveSaysWhichOfItsTablesGrowOld() throws Exception {
    mirror.restartSource().source("keepalive.interval.ms", "600000");
    mirror.sink("conflict.mode", "fail").restartSink(0);
    var master = mirror.master();
    assertThat(states()).containsExactly("public.p|complete", "public.t|complete");
    master.execute(
        "update replica.log_state set log_limit_bytes = 1, log_limit_policy = 'stop_capture'",
        "call replica.renew()",
        "insert into t values (1, 'not logged')");
    mirror.settle();
    assertThat(states()).containsExactly("public.p|let go", "public.t|let go");

    master.execute("select replica.copy('t')");
    mirror.settle().assertEqual("t");
    assertThat(states()).containsExactly("public.p|let go", "public.t|let go");

    master.execute(
        "insert into t values (2, 'not logged')",
        "insert into p values (2, 'not logged')",
        "update replica.log_state set log_limit_bytes = null",
        "begin",
        "select replica.track('t', copy => false)",
        "delete from replica.copy_request where finished_at is null",
        "commit",
        "update t set v = 'logged' where id = 2");
    mirror.settle();
    assertThat(states()).containsExactly("public.p|let go", "public.t|waiting for a copy");

    master.execute(
        "select replica.copy('t')",
        "begin",
        "select replica.track('p', copy => false)",
        "update p set v = 'logged' where id = 2",
        "commit",
        "update t set v = 'logged, too' where id = 2");
    mirror.settle().assertEqual();
    assertThat(states()).containsExactly("public.p|complete", "public.t|complete");
  }

  @Test
  void aMasterThatBeginsANewLogTakesBackWhatItHadLetGo() throws Exception {
    mirror.restartSource();
    limit("stop_capture");
    fillTheLog();
    var master = mirror.master();
    master.execute("call replica.renew()");
    fillTheLog();

    master.execute("select replica.restart_log()");
    assertThat(
            master.rows(
                "select a.message from replica.tracked_table t cross join lateral"
                    + " replica.attend(t.table_id) a"))
        .hasSize(2)
        .allSatisfy(said -> assertThat(said).endsWith("are logged again, and it will be copied"));

    assertThat(status()).isEqualTo("f|0|0");
    fillTheLog();
    try (var again = Mirror.between(master, mirror.slave()).topic("again")) {
      again.settle().assertEqual();
    }
  }

  private void limit(String policy) throws Exception {
    mirror
        .master()
        .execute(
            "update replica.log_state set log_limit_bytes = 102400, log_limit_policy = '"
                + policy
                + "'");
  }

  private void fillTheLog() throws Exception {
    for (var table : new String[] {"t", "p"}) {
      mirror
          .master()
          .execute(
              "insert into "
                  + table
                  + " select i, 'first' from generate_series(1, 1000) i"
                  + " on conflict (id) do update set v = excluded.v || clock_timestamp()");
    }
  }

  /** What the slave's status says of each table. */
  private List<String> states() throws Exception {
    return mirror
        .slave()
        .rows("select source_table, state from replica.slave_status order by source_table");
  }

  /** Whether the log is over its limit, and how many tables are to be let go, and were. */
  private String status() throws Exception {
    return mirror
        .master()
        .value("select is_over_limit, tables_to_renew, tables_let_go from replica.status");
  }

  private void awaitLetGo(int tables) {
    await()
        .untilAsserted(
            () ->
                assertThat(mirror.master().value("select tables_let_go from replica.status"))
                    .isEqualTo(String.valueOf(tables)));
  }

  private void awaitTakenBack() {
    await()
        .untilAsserted(
            () -> {
              mirror.pump();
              assertThat(mirror.master().value("select tables_let_go from replica.status"))
                  .isEqualTo("0");
            });
  }

  private Iterable<String> commands() {
    return mirror.sent().stream()
        .filter(record -> TaskRun.operation(record) == Operation.SCHEMA)
        .map(record -> SchemaCommand.ofValue(record.value()).sql())
        .toList();
  }
}
