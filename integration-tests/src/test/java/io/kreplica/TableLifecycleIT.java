package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.Operation;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables come, go and are copied while the master is written to and the source reads. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class TableLifecycleIT {

  private final PostgresVersion version;
  private Mirror mirror;

  TableLifecycleIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws SQLException {
    mirror = Mirror.on(version).source("snapshot.chunk.rows", "50");
    mirror.onBoth(
        "create table t (id int primary key, v text, a float8[])",
        "create table u (id int primary key, v text)");
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  @Test
  void aTableTrackedWhileApplicationsWriteLosesNothingBetweenCopyAndChanges() throws Exception {
    try (var applications = startApplications()) {
      applications.awaitCommits(200);
      for (var table : Applications.TABLES) {
        mirror.track(table);
        pumpFor(applications, 100);
      }
      applications.stop();
    }

    mirror.settle().assertEqual();
  }

  @Test
  void copiesAskedForWhileApplicationsWriteAreExact() throws Exception {
    try (var applications = startApplications()) {
      mirror.track(Applications.TABLES.toArray(String[]::new));
      pumpFor(applications, 100);
      for (var round = 0; round < 3; round++) {
        mirror.slave().execute("delete from purchase where id % 3 = 0");
        for (var table : Applications.TABLES) {
          mirror.master().execute("select replica.copy('" + table + "')");
        }
        pumpFor(applications, 100);
      }
      applications.stop();
    }

    mirror.settle().assertEqual();
  }

  @Test
  void aTableUntrackedAndTrackedAgainWhileApplicationsWriteIsWhole() throws Exception {
    try (var applications = startApplications()) {
      mirror.track(Applications.TABLES.toArray(String[]::new));
      pumpFor(applications, 100);
      for (var round = 0; round < 3; round++) {
        mirror.master().execute("select replica.untrack('purchase')");
        pumpFor(applications, 50);
        mirror.track("purchase");
        pumpFor(applications, 50);
      }
      applications.stop();
    }

    mirror.settle().assertEqual();
  }

  @Test
  void whatIsInTheLogWhenATableIsUntrackedIsStillSentAndNothingAfter() throws Exception {
    mirror.track("t", "u").settle();

    mirror
        .master()
        .execute(
            "insert into t values (1, 'a', '{0.1}')",
            "select replica.untrack('t')",
            "insert into t values (2, 'b', null)",
            "insert into u values (1, 'a')");

    mirror.settle();
    assertThat(mirror.slave().rows("select id, v, a from t")).containsExactly("1|a|{0.1}");
  }

  @Test
  void anInitialCopyGoesOnWhereItWasWhenEitherTaskIsKilledHalfWay() throws Exception {
    mirror
        .master()
        .execute("insert into t select i, 'x', array[i / 7.0] from generate_series(1, 3000) i");
    mirror.track("t");
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("kreplica.seed=" + seed);
    var random = new Random(seed);
    for (var kill = 0; kill < 6; kill++) {
      for (var i = 0; i < 5; i++) {
        mirror.pump();
        mirror.applyAll();
      }
      mirror
          .master()
          .execute(
              "update t set v = v || 'y' where id % 7 = " + kill,
              "delete from t where id % 11 = " + kill);
      if (kill % 2 == 0) {
        mirror.killSource(random);
      } else {
        mirror.restartSink(0);
      }
    }

    mirror.settle().assertEqual();
    var copied = sent(Operation.COPY);
    assertThat(copied).as("rows copied, not begun anew").isLessThan(3000);
  }

  @Test
  void aTableRewrittenOrDroppedSinceTheSnapshotOfACopyIsNotTakenForEmpty() throws Exception {
    mirror
        .master()
        .execute(
            "insert into u select i, 'x' from generate_series(1, 9) i",
            "select replica.track('u')");

    assertThatThrownBy(() -> chunkAfter("alter table u alter v type varchar using v || 'x'"))
        .hasMessageContaining("Cannot copy from public.u: it was rewritten");
    assertThatThrownBy(() -> chunkAfter("alter table u rename id to id2"))
        .hasMessageContaining("Cannot copy public.u: it was altered");
    assertThatThrownBy(() -> chunkAfter("drop table u")).hasMessageContaining("Cannot copy");
  }

  @Test
  void rowsLoggedBeforeTheirTableWasDroppedAreStillSent() throws Exception {
    mirror.track("t", "u").settle();
    mirror
        .master()
        .execute(
            "insert into t values (1, 'a', '{0.1,NULL}'), (2, 'b', null), (3, 'c', '{}')",
            "update t set id = 4 where id = 2",
            "delete from t where id = 3",
            "drop table t",
            "insert into u values (1, 'after')");

    mirror.restartSource().settle();

    assertThat(mirror.slave().rows("select id, v, a from t order by id"))
        .containsExactly("1|a|{0.1,NULL}", "4|b|null");
    assertThat(mirror.slave().rows("select v from u")).containsExactly("after");
  }

  @Test
  void aTableDroppedAndCreatedAgainUnderTheSameNameIsAnotherOne() throws Exception {
    mirror.track("t").settle();
    mirror
        .master()
        .execute(
            "insert into t values (1, 'old', null), (2, 'old', null)",
            "drop table t",
            "create table t (id int primary key, v text, a float8[])",
            "insert into t values (2, 'before it was tracked', '{1}')");
    mirror.track("t");
    mirror.master().execute("insert into t values (3, 'new', null)");

    mirror.settle().assertEqual();
    assertThat(mirror.master().value("select count(*) from replica.tracked_table")).isEqualTo("2");
  }

  @Test
  void aTableRenamedByHandGoesOnUnderItsOldNameUntilItIsRenewed() throws Exception {
    mirror.track("t").settle();

    mirror
        .master()
        .execute(
            "alter table t rename to renamed", "insert into renamed values (1, 'renamed', null)");
    mirror.settle();
    assertThat(mirror.slave().rows("select id, v from t")).containsExactly("1|renamed");
    assertThat(mirror.master().value("select tables_to_renew from replica.status")).isEqualTo("1");

    mirror
        .onSlaves("alter table t rename to renamed")
        .master()
        .execute(
            "call replica.renew()", "insert into renamed values (2, 'under the new name', '{}')");
    mirror.settle().assertEqual();

    mirror
        .onBoth("create schema elsewhere", "alter table renamed set schema elsewhere")
        .onBoth("alter schema elsewhere rename to \"over there\"")
        .master()
        .execute("call replica.renew()", "delete from \"over there\".renamed where id = 1");
    mirror.settle().assertEqual();
  }

  @Test
  void twoTablesThatSwapTheirNamesDoNotMixTheirRows() throws Exception {
    mirror.onBoth("create table w (id int primary key, v text)").track("u", "w").settle();
    mirror.master().execute("insert into u values (1, 'u')", "insert into w values (2, 'w')");
    mirror.settle();
    var swap =
        new String[] {
          "alter table u rename to x", "alter table w rename to u", "alter table x rename to w"
        };

    mirror.master().execute(swap);
    mirror.master().execute("insert into u values (3, 'w')", "insert into w values (4, 'u')");
    mirror.settle();
    assertThat(mirror.slave().rows("select v from u")).containsOnly("u");
    assertThat(mirror.slave().rows("select v from w")).containsOnly("w");

    mirror.onSlaves(swap).master().execute("call replica.renew()", "update u set v = v || 5");
    mirror.settle().assertEqual();
  }

  @Test
  void droppedTablesAndSchemasHinderNeitherStatusNorCopiesNorRenewalsNorANewStart()
      throws Exception {
    mirror.onBoth(
        "create schema gone",
        "create table gone.one (id int primary key, v text)",
        "create table gone.two (id int generated always as identity primary key, v text)");
    mirror.track("u", "gone.one", "gone.two").settle();
    mirror
        .master()
        .execute(
            "insert into gone.one values (1, 'unread')",
            "select replica.copy('gone.one')",
            "select replica.copy('gone.two')",
            "drop schema gone cascade");

    assertThat(
            mirror
                .master()
                .value(
                    "select tracked_tables, tables_to_renew, pending_copies from replica.status"))
        .isEqualTo("1|0|0");
    mirror.restartSource();
    mirror.master().execute("insert into u values (1, 'a')", "select replica.copy('u')");
    mirror.settle();
    mirror
        .master()
        .execute("call replica.renew()", "select replica.track('u')", "select replica.track('t')");
    mirror.master().execute("insert into u values (2, 'b')", "insert into t values (1, 'a', null)");

    mirror.settle().assertEqual("t", "u");
    assertThat(mirror.slave().rows("select v from gone.one")).containsExactly("unread");
    assertThat(
            mirror
                .master()
                .rows("select name from replica.tracked_table where relation is null order by 1"))
        .containsExactly("gone.one", "gone.two");
  }

  @Test
  void aTableWhosePrimaryKeyIsDroppedGoesOnByTheSameColumns() throws Exception {
    mirror.track("u").settle();

    mirror.master().execute("alter table u drop constraint u_pkey");
    mirror
        .master()
        .execute(
            "insert into u select i, 'x' from generate_series(1, 200) i",
            "update u set id = id + 1000 where id < 10",
            "select replica.copy('u')",
            "call replica.renew()",
            "delete from u where id % 2 = 0");

    mirror.settle().assertEqual();
  }

  @Test
  void aTableWhoseTriggersWereDroppedByHandIsTrackedAnewWithACopy() throws Exception {
    mirror.track("u").settle();
    mirror
        .master()
        .execute(
            "do $$ declare g name; begin for g in select tgname from pg_trigger where tgrelid ="
                + " 'u'::regclass and not tgisinternal loop execute format('drop trigger %I on u',"
                + " g); end loop; end $$",
            "insert into u values (1, 'missed')");

    assertThat(mirror.master().value("select replica.track('u')")).contains("will be copied");

    mirror.settle().assertEqual();
  }

  private Applications startApplications() throws SQLException {
    mirror.onBoth(Applications.ddl());
    mirror.master().execute(Applications.rows());
    return Applications.start(mirror.master()::connect, 7);
  }

  /** Lets both tasks run until the applications have committed so much more. */
  private void pumpFor(Applications applications, int commits) throws Exception {
    var goal = applications.commits() + commits;
    while (applications.commits() < goal && !applications.isBroken()) {
      mirror.pump();
      mirror.applyAll();
    }
  }

  private long sent(Operation operation) {
    return mirror.sent().stream().filter(r -> TaskRun.operation(r) == operation).count();
  }

  /** Reads a chunk of u in a snapshot that is older than a command. */
  private void chunkAfter(String ddl) throws SQLException {
    try (var source = mirror.master().connect();
        var statement = source.createStatement()) {
      source.setAutoCommit(false);
      source.setReadOnly(true);
      source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("select pg_current_snapshot()");
      mirror.master().execute(ddl);
      statement.execute(
          "select replica.read_chunk(table_id, null, 5, 1000) from replica.tracked_table where name ="
              + " 'public.u'");
    }
  }
}
