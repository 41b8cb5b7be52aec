package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.postgres.InstallScript;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A master that was installed and tracked with the script of version 1, brought up to date. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class UpgradeIT {

  static final InstallScript VERSION_1 =
      InstallScript.ofResource(UpgradeIT.class, "/sql/version-1/master-install.sql");
  private static final InstallScript TODAY = InstallScript.ofFile(MasterFixture.INSTALL);

  private static final String TRIGGERS =
      "select tgrelid::regclass, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
          + " order by 1, 2";

  private final PostgresVersion version;
  private Mirror mirror;
  private MasterFixture master;

  UpgradeIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void trackWithVersion1() throws SQLException {
    var server = SharedPostgres.of(version);
    master = MasterFixture.on(server, VERSION_1);
    mirror = Mirror.between(master, SlaveFixture.on(server));
    mirror.onBoth(Applications.ddl());
    mirror.onSlaves("alter table purchase disable trigger count_purchase");
    mirror.onBoth("create table by_index (a int not null unique, f float8, d interval)");
    master.execute(Applications.rows());
    mirror.track(Applications.TABLES.toArray(String[]::new));
    master.execute("select replica.track('by_index', key => 'by_index_a_key')");
  }

  @AfterEach
  void close() throws SQLException {
    mirror.close();
  }

  @Test
  void whatTheVersionBeforeLoggedIsSentByTodaysSource() throws Exception {
    write();
    master.execute("truncate by_index", "insert into by_index values (7, 'Infinity', '1 mon')");
    var log = master.value("select log_id from replica.log_state");
    var unread = master.value("select count(*) from replica.replica_log");

    TODAY.run(master.session());

    assertThat(master.value("select log_id, schema_version from replica.log_state"))
        .isEqualTo(log + "|2");
    assertThat(master.value("select count(*) from replica.replica_log")).isEqualTo(unread);
    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");
    mirror.source("snapshot.mode", "never").settle().assertEqual();
    write();
    mirror.settle().assertEqual();
  }

  @Test
  void triggersOfTheVersionBeforeGoOnWorkingWhereATableIsBusyAndAreRenewedLater() throws Exception {
    var before = master.rows(TRIGGERS);
    try (var busy = master.connect();
        var statement = busy.createStatement()) {
      busy.setAutoCommit(false);
      statement.execute("lock table customer, purchase, tally, by_index in row exclusive mode");
      master.execute("set replica.patience = '1s'");

      TODAY.run(master.session());

      assertThat(master.rows(TRIGGERS)).isEqualTo(before);
      assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("4");
      write();
      mirror.settle().assertEqual();
    }
    master.execute("call replica.renew()");

    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");
    write();
    mirror.settle().assertEqual();
  }

  @Test
  void noStatementOfAnApplicationFailsDuringAnUpgradeAndNothingIsLost() throws Exception {
    try (var applications = Applications.start(master::connect, 1)) {
      applications.awaitCommits(50);
      for (var again = 0; again < 5; again++) {
        TODAY.run(master.session());
        assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");
        applications.awaitCommits(50);
        master.execute("update replica.tracked_table set triggers_version = 1");
      }
      applications.stop();
    }

    mirror.settle().assertEqual();
  }

  @Test
  void aTransactionThatDoesNotEndStopsTheUpgradeWhichChangesNothingAndNamesIt() throws Exception {
    try (var open = master.connect();
        var statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("set application_name = 'the long one'");
      statement.execute("insert into tally values (9, 9)");
      master.execute("set replica.patience = '1s'");

      assertThatThrownBy(() -> TODAY.run(master.session()))
          .hasMessageContaining("Cannot bring KReplica up to date")
          .hasMessageContaining("the long one");

      assertThat(master.value("select schema_version from replica.log_state")).isEqualTo("1");
      statement.execute("insert into purchase values (3, null, 9)");
      open.commit();
    }
    TODAY.run(master.session());

    mirror.settle().assertEqual();
  }

  @Test
  void autoInstallBringsTheScriptUpToDateAndAConnectorWithoutItSaysWhatToDo() throws Exception {
    write();
    assertThatThrownBy(mirror::settle)
        .hasMessageContaining("of version 1, this connector needs 2")
        .hasMessageContaining("sql/master/install.sql");

    mirror.restartSource().source("auto.install", "true", "connection.user", "postgres").settle();

    mirror.assertEqual();
    assertThat(master.value("select schema_version from replica.log_state")).isEqualTo("2");
  }

  /** Half-way: waiting for writers; or with some tables' triggers made anew and others' not. */
  @ParameterizedTest
  @CsvSource({"replica.replica_log, 0", "purchase, 1"})
  void anUpgradeThatIsInterruptedIsDoneByRunningItAgain(String busyTable, int renewed)
      throws Exception {
    write();
    var unread = master.value("select count(*) from replica.replica_log");
    try (var busy = master.connect();
        var upgrading = master.connect();
        var statement = busy.createStatement();
        var settings = upgrading.createStatement()) {
      busy.setAutoCommit(false);
      statement.execute("lock table " + busyTable + " in row exclusive mode");
      settings.execute("set replica.patience = '5min'");
      settings.execute("set application_name = 'upgrading'");
      var upgrade =
          CompletableFuture.runAsync(
              () -> assertThatThrownBy(() -> TODAY.run(upgrading)).isNotNull());
      // Until the script has come to it there is no such column.
      Awaitility.await()
          .ignoreExceptionsInstanceOf(SQLException.class)
          .until(() -> renewed == 0 ? isWaiting(busy) : renewedTables() >= renewed);
      assertThat(upgrade).isNotDone();
      master.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
              + " 'upgrading'");
      upgrade.join();
    }
    assertThat(master.value("select count(*) from replica.replica_log")).isEqualTo(unread);
    assertThat(master.value("select schema_version from replica.log_state"))
        .isEqualTo(renewed == 0 ? "1" : "2");
    write();

    TODAY.run(master.session());

    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");
    write();
    mirror.settle().assertEqual();
  }

  private boolean isWaiting(Connection session) throws SQLException {
    return MasterFixture.rows(
            session,
            "select count(*) > 0 from pg_stat_activity where application_name = 'upgrading' and"
                + " wait_event in ('relation', 'PgSleep')")
        .contains("t");
  }

  private int renewedTables() throws SQLException {
    return Integer.parseInt(
        master.value("select count(*) from replica.tracked_table where triggers_version = 2"));
  }

  @Test
  void whatTheVersionBeforeRefusedIsTrackedBesideWhatItTracked() throws Exception {
    mirror.onBoth(
        "create table ranged (id int primary key, v text) partition by range (id)",
        "create table ranged_low partition of ranged for values from (0) to (100)",
        "create table parent (id int primary key, v text)",
        "create table heir (primary key (id)) inherits (parent)");
    for (var refused : List.of("ranged", "parent", "heir")) {
      assertThatThrownBy(() -> mirror.track(refused)).hasMessageContaining("Cannot track");
    }
    write();
    TODAY.run(master.session());

    mirror.track("ranged", "parent", "heir");
    mirror.settle().assertEqual();
    mirror.onBoth("create table ranged_high partition of ranged for values from (100) to (200)");
    master.execute(
        "insert into ranged values (99, 'a'), (100, 'b')",
        "update ranged set id = id + 10",
        "insert into heir values (1, 'a')",
        "update parent set v = 'b'");
    write();
    mirror.settle().assertEqual();
  }

  @Test
  void tablesThatGotHeirsOrBecamePartitionsUnderTheVersionBeforeAreAttendedTo() throws Exception {
    mirror.onBoth(
        "create table heir (primary key (id)) inherits (tally)",
        "create table whole (like customer including all) partition by range (id)");
    master.execute(
        "insert into heir values (100, 1)",
        "update tally set purchases = purchases + 1",
        "create table part (like customer including all)",
        "select replica.track('part')",
        "insert into part values (1, 'a', null)",
        "alter table whole attach partition part for values from (0) to (1000)");
    mirror.onSlaves(
        "create table part (like customer including all)",
        "alter table whole attach partition part for values from (0) to (1000)");
    write();

    TODAY.run(master.session());

    assertThat(master.rows("select row_form from replica.tracked_table where name ~ 'tally'"))
        .containsExactly("t");
    assertThat(
            master.rows(
                "select a.message from replica.tracked_table t cross join lateral"
                    + " replica.attend(t.table_id) a where a.is_trouble"))
        .singleElement()
        .asString()
        .contains("public.part became a partition of public.whole", "track the root");
    mirror.track("heir");
    master.execute(
        "select replica.untrack('part')",
        "select replica.track('whole')",
        "insert into whole values (2, 'b', '{b}')",
        "update tally set purchases = purchases + 1");
    write();
    mirror.settle().assertEqual();
  }

  /** Changes of every kind, with every trigger. */
  private void write() throws SQLException {
    master.execute(
        "delete from purchase",
        "delete from customer",
        "insert into customer select i, 'x', '[0:1]={1,null}' from generate_series(1, 100) i"
            + " on conflict (id) do update set name = customer.name || 'y'",
        "insert into purchase select i, i, i from generate_series(1, 100) i"
            + " on conflict (id) do update set amount = purchase.amount + 1",
        "update customer set id = id + 1000 where id % 5 = 0 and id < 1000",
        "update customer set id = -id where id % 7 = 0",
        "delete from customer where id % 11 = 0",
        "set extra_float_digits = -15",
        "delete from by_index",
        "insert into by_index values (1, 0.1::float8 * 3, '1 day 2 hours'), (2, 'NaN', null)",
        "update by_index set a = -a",
        "reset extra_float_digits");
  }
}
