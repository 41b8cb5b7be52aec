package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.postgres.InstallScript;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
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
