package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.postgres.InstallScript;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scripts taken out again: what is left is what was there before. On a cluster of its own,
 * since the roles are the cluster's.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class UninstallIT {

  private static final String TABLES =
      """
      create schema odd;
      create table plain (id int primary key, v text, tags text[], f float8);
      create table "odd"."Ta""b le." (id int primary key, plain int references plain on delete cascade);
      create table ranged (id int primary key, v text) partition by range (id);
      create table ranged_low partition of ranged for values from (0) to (100);
      create table ranged_high partition of ranged for values from (100) to (200) partition by list (id);
      create table ranged_leaf partition of ranged_high default;
      create table parent (id int primary key, v text);
      create table heir (primary key (id)) inherits (parent);
      create table audited (id int generated always as identity primary key, v text);
      create table handed_on (id serial primary key, v text);
      create table kept (id int primary key, v text);
      create sequence ticket;
      """;

  private static final List<String> TRACK =
      List.of(
          "select replica.track_all('odd')",
          "select replica.track('plain')",
          "select replica.track('ranged')",
          "select replica.track('parent')",
          "select replica.track('heir')",
          "select replica.track('audited', old_image => true)",
          "select replica.track('handed_on', cascading => true)",
          "select replica.track_sequence('ticket')",
          "select replica.capture_ddl(true)");

  private static final List<String> DAMAGES =
      List.of(
          "drop schema replica cascade",
          "drop table replica.tracked_table cascade",
          "drop table replica.replica_log, replica.replica_position cascade",
          "drop function replica.log_change(), replica.log_row() cascade",
          "drop function replica.attend(int), replica.request_copy(int)");

  private static PostgresServer server;

  private Connection first;
  private Connection second;

  @BeforeParameterizedClassInvocation
  static void startServer(PostgresVersion version) throws SQLException {
    server = PostgresServer.builder(version).setting("fsync", "off").start();
    try (var session = server.connect("postgres");
        var statement = session.createStatement()) {
      statement.execute("create role source_login login password 'secret'");
      statement.execute("create role sink_login login password 'secret'");
      if (version == PostgresVersion.OLDEST) {
        statement.execute("alter role sink_login set session_replication_role = replica");
      }
      statement.execute("create role owner login createrole");
    }
  }

  @AfterParameterizedClassInvocation
  static void stopServer() {
    server.close();
  }

  UninstallIT(PostgresVersion version) {}

  @BeforeEach
  void createDatabases() throws SQLException {
    server.createDatabase("first");
    server.createDatabase("second");
    first = server.connect("first");
    second = server.connect("second");
    run(first, TABLES);
    run(second, TABLES);
  }

  @AfterEach
  void dropDatabases() throws SQLException {
    first.close();
    second.close();
    try (var session = server.connect("postgres")) {
      run(session, "drop database if exists first with (force)");
      run(session, "drop database if exists second with (force)");
      for (var role : List.of("replica_source", "replica_sink")) {
        run(
            session,
            String.format(
                "do $$ begin if to_regrole('%1$s') is not null then drop owned by %1$s;"
                    + " drop role %1$s; end if; end $$",
                role));
      }
    }
  }

  @Test
  void masterAndSlaveLeaveNoTraceOfWhatTheyReplicated() throws Exception {
    var beforeOnMaster = CatalogInventory.of(first);
    var beforeOnSlave = CatalogInventory.of(second);
    for (var round = 0; round < 2; round++) {
      try (var mirror = fromFirstToSecond()) {
        replicate(mirror);
        mirror.restartSource().pauseSink(0);
        mirror.master().uninstall();
        mirror.slave().uninstall();
      }

      CatalogInventory.assertSame(beforeOnMaster, CatalogInventory.of(first));
      CatalogInventory.assertSame(beforeOnSlave, CatalogInventory.of(second));
    }
  }

  /** The first database is the second's master, which is the third's. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofBothInOneDatabaseEachGoesWithoutTheOther(boolean masterGoes) throws Exception {
    server.createDatabase("third");
    try (var third = server.connect("third")) {
      run(third, TABLES);
      try (var stays = masterGoes ? fromFirstToSecond() : fromSecondToThird()) {
        stays.onSlaves().track("kept");
        writeKept(stays);
        var before = CatalogInventory.ofDatabase(second);
        try (var goes = masterGoes ? fromSecondToThird() : fromFirstToSecond()) {
          replicate(goes);
          if (masterGoes) {
            goes.master().uninstall();
          } else {
            goes.slave().uninstall();
          }
          CatalogInventory.assertSame(before, CatalogInventory.ofDatabase(second));
          writeKept(stays);
          writeKept(stays.restartSource().restartSink(0));
          goes.restartSource().restartSink(0);
        }
      }
    } finally {
      run(first, "drop database third with (force)");
    }
  }

  @Test
  void anotherDatabaseOfTheClusterKeepsWhatItNeedsOfTheRoles() throws Exception {
    try (var mirror = fromFirstToSecond();
        var otherSlave = SlaveFixture.in(server, "first");
        var otherMaster = MasterFixture.in(server, "second")) {
      otherSlave.grantEverything();
      run(first, "grant temporary on database first to replica_sink");
      run(first, "grant temporary on database second to replica_sink");
      otherSlave.uninstall();
      otherMaster.uninstall();

      assertThat(grantees(first)).containsExactly("first|replica_source", "second|replica_sink");
      replicate(mirror);
      mirror.slave().uninstall();
      assertThat(grantees(first)).containsExactly("first|replica_source");
      mirror.master().uninstall();
      assertThat(grantees(first)).isEmpty();
    }
  }

  @Test
  void tablesThatARoleOwnsStayWithIt() throws Exception {
    try (var slave = SlaveFixture.in(server, "second")) {
      slave.execute("insert into kept values (1, 'a')", "alter table kept owner to replica_sink");

      slave.uninstall();

      assertThat(slave.rows("select id, tableowner from kept, pg_tables where tablename = 'kept'"))
          .containsExactly("1|replica_sink");
    }
  }

  @Test
  void anOrdinaryRoleTakesOutWhatItInstalled() throws Exception {
    run(first, "grant create on database first to owner");
    run(first, "alter schema odd owner to owner");
    var url = server.url("first") + "?user=owner&currentSchema=odd";
    try (var session = DriverManager.getConnection(url)) {
      run(session, "create table own (id int primary key, v text)");
      var before = CatalogInventory.of(first);
      for (var script : List.of(MasterFixture.INSTALL, SlaveFixture.INSTALL)) {
        InstallScript.ofFile(script).run(session);
      }
      run(session, "select replica.track('own')");
      run(session, "grant select on own to replica_sink");

      for (var script : List.of(MasterFixture.INSTALL, SlaveFixture.INSTALL)) {
        InstallScript.ofFile(script.resolveSibling("uninstall.sql")).run(session);
      }

      CatalogInventory.assertSame(before, CatalogInventory.of(first));
    }
  }

  @Test
  void whatIsLeftOfThemGoesToo() throws Exception {
    var before = CatalogInventory.of(first);
    for (var damage : DAMAGES) {
      try (var master = MasterFixture.in(server, "first");
          var slave = SlaveFixture.in(server, "first")) {
        slave.grantEverything();
        master.execute(TRACK.toArray(String[]::new));
        master.execute(damage);

        for (var again = 0; again < 2; again++) {
          master.uninstall();
          slave.uninstall();
          CatalogInventory.assertSame(before, CatalogInventory.of(first));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVersionBeforeGoesToo(boolean isUpgraded) throws Exception {
    var before = CatalogInventory.of(first);
    try (var master = MasterFixture.in(server, "first", UpgradeIT.VERSION_1)) {
      master.execute("select replica.track('plain')", "insert into plain values (1, 'a')");
      if (isUpgraded) {
        InstallScript.ofFile(MasterFixture.INSTALL).run(first);
      }

      master.uninstall();
    }

    CatalogInventory.assertSame(before, CatalogInventory.of(first));
  }

  @Test
  void runningTheScriptsAgainChangesNothing() throws Exception {
    var state = "select * from replica.tracked_table, replica.log_state order by table_id";
    try (var master = MasterFixture.in(server, "first");
        var slave = SlaveFixture.in(server, "first")) {
      slave.grantEverything();
      master.execute(TRACK.toArray(String[]::new));
      var catalogs = CatalogInventory.named(first);
      var rows = master.rows(state);

      InstallScript.ofFile(MasterFixture.INSTALL).run(first);
      InstallScript.ofFile(SlaveFixture.INSTALL).run(first);

      CatalogInventory.assertSame(catalogs, CatalogInventory.named(first));
      assertThat(master.rows(state)).isEqualTo(rows);
    }
  }

  @Test
  void applicationsWriteOnWhileTheScriptGoesAndComesAgain() throws Exception {
    run(first, Applications.ddl());
    run(first, Applications.rows());
    run(second, Applications.ddl());
    var before = CatalogInventory.of(first);
    try (var applications = Applications.start(() -> server.connect("first"), 3);
        var partitions = PartitionWriter.start(server, "first")) {
      for (var round = 0; round < 3; round++) {
        try (var master = MasterFixture.in(server, "first")) {
          master.execute(TRACK.toArray(String[]::new));
          for (var table : Applications.TABLES) {
            master.execute("select replica.track('" + table + "')");
          }
          applications.awaitCommits(30);
          master.uninstall();
        }
        CatalogInventory.assertSame(before, CatalogInventory.of(first));
        applications.awaitCommits(30);
      }
      try (var mirror = fromFirstToSecond()) {
        mirror.onSlaves().track(Applications.TABLES.toArray(String[]::new)).track("ranged");
        mirror.settle();
        applications.stop();
        partitions.stop();
        mirror.settle().assertEqual();
      }
    }
  }

  @Test
  void aTransactionThatDoesNotEndStopsItAndWhatIsTrackedStillSaysSo() throws Exception {
    var before = CatalogInventory.of(first);
    try (var master = MasterFixture.in(server, "first");
        var open = master.connect()) {
      master.execute("select replica.track('plain')", "select replica.track('kept')");
      master.execute("set replica.patience = '300ms'");
      open.setAutoCommit(false);
      run(open, "set application_name = 'the long one'");
      run(open, "insert into kept values (1, 'a')");

      assertThatThrownBy(master::uninstall)
          .hasMessageContaining("Cannot take the triggers off kept")
          .hasMessageContaining("the long one")
          .hasMessageContaining("run the script again");
      assertThat(
              master.rows("select relation from replica.tracked_table where untracked_at is null"))
          .containsExactly("kept");

      run(open, "insert into kept values (2, 'a')");
      open.commit();
      assertThat(master.value("select count(*) from replica.replica_log")).isEqualTo("2");
      master.uninstall();
    }
    CatalogInventory.assertSame(before, CatalogInventory.of(first));
  }

  /** Which databases depend on which of our roles. */
  private static List<String> grantees(Connection session) throws SQLException {
    return MasterFixture.rows(
        session,
        "select distinct d.datname, r.rolname from pg_shdepend s join pg_roles r on r.oid ="
            + " s.refobjid join pg_database d on d.oid = s.dbid or d.oid = s.objid and s.classid ="
            + " 'pg_database'::regclass where r.rolname in ('replica_source', 'replica_sink') order"
            + " by 1, 2");
  }

  private static Mirror fromFirstToSecond() throws SQLException {
    return Mirror.between(MasterFixture.in(server, "first"), SlaveFixture.in(server, "second"));
  }

  private static Mirror fromSecondToThird() throws SQLException {
    return Mirror.between(MasterFixture.in(server, "second"), SlaveFixture.in(server, "third"));
  }

  private static void writeKept(Mirror mirror) throws Exception {
    mirror.master().execute("insert into kept select count(*), 'a' from kept");
    mirror.settle().assertEqual("kept");
  }

  /** Whatever leaves something in a catalog: triggers, copies, commands, grants. */
  private static void replicate(Mirror mirror) throws Exception {
    mirror.onSlaves().master().execute(TRACK.toArray(String[]::new));
    write(mirror);
    mirror
        .master()
        .execute(
            "select replica.execute('alter table plain rename v to w')",
            "select replica.execute('alter table plain rename w to v')",
            "select replica.copy('plain')");
    write(mirror);
  }

  private static void write(Mirror mirror) throws Exception {
    mirror
        .master()
        .execute(
            "insert into plain select count(*), 'a', '{a}', 0.1 from plain",
            "insert into ranged select 98 + count(*), 'a' from ranged",
            "insert into heir select count(*), 'a' from heir",
            "insert into audited (v) values ('a')",
            "update audited set v = v || 'b'",
            "insert into handed_on (v) values ('a')",
            "select nextval('ticket')");
    mirror.settle().assertEqual();
  }

  private static void run(Connection session, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
    }
  }
}
