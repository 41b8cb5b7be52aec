package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Schema commands that the master logs by itself, and slaves execute. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class DdlCaptureIT {

  private final PostgresVersion version;
  private CapturingMirror capturing;
  private Mirror mirror;
  private MasterFixture master;

  DdlCaptureIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMirror() throws Exception {
    capturing = CapturingMirror.on(version);
    mirror = capturing.mirror();
    master = capturing.master();
  }

  @AfterEach
  void closeMirror() throws SQLException {
    capturing.close();
  }

  @Test
  void changesOfATrackedTableAreReplayedAtTheirPlaceAmongTheRows() throws Exception {
    master.execute(
        "begin",
        "insert into t values (3, 'c')",
        "alter table t add column n int not null default 7, alter column v set default 'none'",
        "insert into t (id, n) values (4, 8)",
        "/* ticket 7; */ -- and more\n ALTER TABLE public.t RENAME v TO w;",
        "update t set w = 'x' where id = 2",
        "commit",
        "alter table t alter column w drop default, alter column w type int using length(w)",
        "update t set w = 9 where id = 1",
        "alter table t alter column n drop not null, add constraint few check (n < 100)",
        "insert into t values (5, 1, null)",
        "alter table only t drop column w",
        "update t set n = 10 where id = 1");

    mirror.settle().assertEqual();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|10", "2|7", "3|7", "4|8", "5|null");
    assertThatThrownBy(() -> mirror.slave().execute("insert into t values (6, 100)"))
        .hasMessageContaining("few");
    assertThat(capturing.commands()).hasSize(5);
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void tablesAreRenamedMovedAndKeyedAnewWhileTheSourceIsBehind() throws Exception {
    mirror.slave().execute("create schema crm authorization sink_login");
    master.execute(
        "create schema crm",
        "insert into t values (3, 'before')",
        "alter table t rename to account",
        "insert into account values (4, 'renamed')",
        "alter table account set schema crm",
        "alter table crm.account rename id to number",
        "update crm.account set v = 'moved' where number = 1",
        "alter table crm.account add column n int not null default 0",
        "begin",
        "alter table crm.account drop constraint t_pkey",
        "alter table crm.account add primary key (n, number)",
        "commit",
        "insert into crm.account values (1, 'same number', 1)",
        "update crm.account set n = 2 where v = 'renamed'");

    mirror.restartSource().settle().assertEqual();

    assertThat(mirror.slave().rows("select * from crm.account order by 3, 1"))
        .containsExactly("1|moved|0", "2|b|0", "3|before|0", "1|same number|1", "4|renamed|2");
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void droppedTablesGoOnTheSlaveAndNothingElseThatTheCommandNamed() throws Exception {
    master.execute("create schema s");
    mirror.slave().execute("create schema s authorization sink_login");
    for (var table : List.of("s.a", "s.\"B c\"", "d")) {
      master.execute("create table " + table + " (id int primary key)");
      mirror.onSlaves(
          "create table " + table + " (id int primary key)",
          "alter table " + table + " owner to sink_login");
      mirror.track(table);
    }
    mirror.onSlaves("create table plain (id int)").settle();
    master.execute(
        "insert into d values (1)",
        "drop table d, plain",
        "do $$ begin drop schema s cascade; end $$");

    mirror.restartSource().settle().assertEqual("t");
    assertThat(
            mirror
                .slave()
                .rows(
                    "select to_regclass('d'), to_regclass('plain'),"
                        + " to_regclass('s.a'), to_regclass('s.\"B c\"')"))
        .containsExactly("null|plain|null|null");
    assertThat(capturing.missed()).isEqualTo("0");
    assertThat(master.value("select tracked_tables from replica.status")).isEqualTo("1");
  }

  @Test
  void columnsGoWithTheirTypes() throws Exception {
    master.execute(
        "create type mood as enum ('calm')",
        "alter table t add column m mood[]",
        "update t set m = '{calm}'",
        "drop type mood cascade",
        "update t set v = 'x' where id = 1");

    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("select * from t order by id")).containsExactly("1|x", "2|b");
  }

  @Test
  void typesThatTrackedTablesUseFollow() throws Exception {
    master.execute(
        "create type mood as enum ('calm')",
        "create domain few as int check (value < 10)",
        "create type pair as (a int, b mood)",
        "alter table t add column m mood, add column f few[], add column p pair",
        "alter type mood add value 'it''s \"glad\"' before 'calm'",
        "update t set m = 'it''s \"glad\"', f = '{1}'",
        "alter type mood rename value 'calm' to 'quiet'",
        "update t set m = 'quiet', p = (1, 'quiet') where id = 1",
        "alter domain few drop constraint few_check",
        "update t set f = '[2:2]={100}' where id = 2",
        "alter type pair owner to postgres");

    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("select enum_range(null::mood)"))
        .containsExactly("{\"it's \\\"glad\\\"\",quiet}");
    assertThat(capturing.missed()).isEqualTo("0");
    assertThat(capturing.commands()).hasSize(7);
  }

  @Test
  void partitionsComeOnSlavesThatArePartitionedTheSameWayHoweverTheyCome() throws Exception {
    var root = "create table event (id int, day timestamptz, primary key (id, day))";
    var byDay = root + " partition by range (day)";
    mirror.onBoth(byDay).onSlaves("alter table event owner to sink_login").track("event");
    master.execute(
        "create table flat (id int, day int, primary key (id, day)) partition by list (day)",
        "create table other (id int, day int, primary key (id, day)) partition by list (day)");
    mirror
        .onSlaves(
            "create table flat (id int, day int, primary key (id, day))",
            "alter table flat owner to sink_login",
            "create table other (id int, day int, primary key (id, day)) partition by list (day)",
            "create table other_all partition of other for values in (1, 2, 3)",
            "alter table other owner to sink_login")
        .track("flat", "other")
        .settle();
    master.execute(
        "set timezone = 'Asia/Kolkata'",
        "set intervalstyle = 'sql_standard'",
        "create table e1 partition of event for values from ('2026-02-01') to ('2026-03-01')",
        "insert into event values (1, '2026-02-01')",
        "do $$ begin execute 'create table e2 partition of event for values from"
            + " (''2026-03-01'') to (''2026-04-01'') partition by hash (id)'; end $$",
        "create table \"E 2\" partition of e2 for values with (modulus 1, remainder 0)",
        "create table e3 (id int, day timestamptz not null, primary key (id, day))",
        "insert into e3 values (4, '2026-04-05')",
        "alter table event attach partition e3 for values from ('2026-04-01') to (maxvalue)",
        "insert into event values (2, '2026-03-31 23:59'), (3, '2026-05-01')",
        "create table f1 partition of flat for values in (1)",
        "create table o1 partition of other for values in (1)",
        "insert into flat values (1, 1)",
        "insert into other values (1, 1)");

    master.execute("call replica.renew()");
    mirror.restartSource().settle().assertEqual();
    assertThat(mirror.slave().rows("select tableoid::regclass, id from event order by id"))
        .containsExactly("e1|1", "\"E 2\"|2", "e3|3", "e3|4");
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void aCommandOnAParentReachesItsHeirs() throws Exception {
    mirror
        .onBoth("create table heir (primary key (id)) inherits (t)")
        .onSlaves("alter table heir owner to sink_login")
        .track("heir")
        .settle();
    master.execute(
        "alter table t add column n int default 7",
        "insert into heir values (1, 'heir', 8)",
        "alter table t rename n to m",
        "insert into t values (5, 'own', 9)");

    mirror.settle().assertEqual();
    assertThat(capturing.missed()).isEqualTo("0");
    assertThat(capturing.commands()).hasSize(2);
  }

  @Test
  void whatReplicaExecuteRunsIsLoggedOnce() throws Exception {
    master.execute(
        "select replica.execute('alter table t add column n int; alter table t rename v to w')",
        "select replica.execute('alter table t alter id type bigint')",
        "select replica.execute('create type mood as enum (''calm'')')",
        "alter table t owner to postgres",
        "alter table t add column m mood",
        "select replica.execute('drop table t')");

    assertThat(capturing.commands()).hasSize(5);
    assertThat(capturing.missed()).isEqualTo("0");
    mirror.settle();
    assertThat(mirror.slave().rows("select to_regclass('t')")).containsExactly("null");
  }

  private String copiesAskedFor() throws SQLException {
    return master.value("select count(*) from replica.copy_request where reason = 'copy'");
  }

  @Test
  void valuesThatDifferOnEachServerAreCopied() throws Exception {
    var commands =
        List.of(
            "alter table t add column c timestamptz default now()",
            "alter table t add column d serial",
            "alter table t alter column v type text using v || random()",
            "alter table t alter column v type text using v || \"clock_timestamp\" ()",
            "alter table t alter column v type text using v || current_user");
    for (var command : commands) {
      master.execute(command);
    }

    assertThat(copiesAskedFor()).isEqualTo("" + commands.size());
    mirror.settle().assertEqual();
  }

  @Test
  void valuesThatAreTheSameEverywhereAreNotCopied() throws Exception {
    master.execute(
        "set timezone = 'Asia/Kolkata'",
        "alter table t add column c timestamp default '2026-01-01 12:00'",
        "alter table t alter column c type timestamptz",
        "alter table t alter column v type int using length(trim(both from v)) + 1");

    assertThat(copiesAskedFor()).isEqualTo("0");
    mirror.settle().assertEqual();
  }

  @Test
  void unqualifiedNamesAreFoundWhereTheClientFoundThem() throws Exception {
    master.execute(
        "do $$ begin if to_regrole('Mover') is null then create role \"Mover\"; end if; end $$",
        "create schema \"Mover\"",
        "create schema hidden",
        "create schema \"a, \"\"b\"",
        "grant all on schema \"Mover\", \"a, \"\"b\" to \"Mover\"");
    for (var schema : List.of("\"Mover\"", "hidden", "\"a, \"\"b\"")) {
      master.execute("create table " + schema + ".x (id int primary key)");
      mirror.onSlaves(
          "create schema if not exists " + schema + " authorization sink_login",
          "create table " + schema + ".x (id int primary key)",
          "alter table " + schema + ".x owner to sink_login");
      mirror.track(schema.replace("'", "''") + ".x");
    }
    mirror.settle();
    master.execute(
        "alter table \"Mover\".x owner to \"Mover\"",
        "alter table \"a, \"\"b\".x owner to \"Mover\"",
        "set role \"Mover\"",
        "set search_path = hidden, \"$user\", pg_temp",
        "alter table x add column only_mover int",
        "set search_path = 'nowhere', \"a, \"\"b\", \"$user\", hidden",
        "alter table x add column only_b int",
        "reset role",
        "reset search_path",
        "update t set v = 'end'");

    assertThat(
            master.rows(
                "select row->>'search_path' from replica.replica_log where op = 'S' order by seq"))
        .containsExactly("\"Mover\"", "\"a, \"\"b\", \"Mover\"");
    mirror.settle().assertEqual();
  }

  @Test
  void whatASinkExecutesIsNotLoggedAgain() throws Exception {
    mirror.source("snapshot.mode", "never");
    try (var back =
        Mirror.between(
                MasterFixture.in(SharedPostgres.of(version), mirror.slave().database()),
                SlaveFixture.in(SharedPostgres.of(version), master.database()))
            .source("snapshot.mode", "never")
            .sink("ddl.enabled", "true")) {
      back.master()
          .execute("select replica.trust('sink_login')", "select replica.capture_ddl(true)");
      back.track("t").settle();
      ExecuteIT.letSinkChange(back.slave());
      master.execute(
          "alter table t owner to sink_login",
          "create type mood as enum ('calm')",
          "alter table t add column n int, add column m mood",
          "alter type mood add value 'glad'",
          "update t set m = 'glad' where id = 2");
      mirror.settle();
      back.master()
          .execute("alter table t rename n to k", "insert into t values (5, 'back', 5, 'glad')");
      back.settle();
      mirror.settle().assertEqual();

      assertThat(capturing.commands()).hasSize(3);
      assertThat(CapturingMirror.commands(back)).containsExactly("alter table t rename n to k");
    }
  }
}
