package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.postgres.InstallScript;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Schema commands that the master does not log by itself, and whose right that is. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class DdlCaptureLimitsIT {

  private final PostgresVersion version;
  private CapturingMirror capturing;
  private Mirror mirror;
  private MasterFixture master;

  DdlCaptureLimitsIT(PostgresVersion version) {
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
  void whatConcernsTheMasterOnlyIsNotLogged() throws Exception {
    master.execute(
        "create schema other",
        "alter table t owner to postgres",
        "alter table t set (fillfactor = 50)",
        "alter table t set tablespace pg_default",
        "alter table t enable row level security",
        "alter table t replica identity full",
        "alter table t alter column v set statistics 7",
        "alter table t add column if not exists v text",
        "create index on t (v)",
        "grant select on t to public",
        "comment on table t is 'ours'",
        "alter table t disable trigger user",
        "vacuum full t",
        "alter table plain add column n int",
        "create table more (id int primary key references t)",
        "drop table more, plain",
        "create temp table t (id int)",
        "alter table t add column n int",
        "drop table t",
        "create view seen as select * from t",
        "alter table seen rename to looked_at",
        "drop view looked_at",
        "create type other.mood as enum ('calm')",
        "drop schema other cascade",
        "do $$ begin alter table t owner to postgres; end $$");

    assertThat(capturing.commands()).isEmpty();
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void whatIsNotSentAloneIsMissedWithAWarningAndNothingFails() throws Exception {
    master.execute(
        "create table base (v text)",
        "alter table t inherit base",
        "create table audit (id int primary key)",
        "create function touch(int) returns int language sql as"
            + " 'insert into audit values ($1) on conflict do nothing; select 7'",
        "create function change_it() returns void language sql as"
            + " 'alter table t add column c int'",
        "create procedure migrate() language plpgsql as"
            + " $$ begin alter table t add column d int; commit; end $$",
        "create unique index t_v on t (v)",
        "alter table t alter v set not null",
        "select replica.track('audit')");
    mirror.pauseSink(0);
    var before = capturing.commands().size();
    var queries =
        List.of(
            "do $$ begin alter table t add column a int; end $$",
            "do $$ begin execute 'alter table t add column b int'; end $$",
            "select change_it()",
            "call migrate()",
            "/* a /* comment; in */ another */ alter table t add column e int",
            "alter table t add column f int default touch(1)",
            "alter table t add column g int; select 1",
            "begin; select 1; alter table t add column h int; commit",
            "alter table t add column i int; create table j (id int); insert into j values (1)",
            "alter table base add column k int",
            "alter table t add constraint t_v_key unique using index t_v");
    try (var session =
        DriverManager.getConnection(
            master.settings().get("connection.url") + "?user=postgres&preferQueryMode=simple")) {
      for (var query : queries) {
        assertThat(CapturingMirror.warningsOf(session, query))
            .as(query)
            .contains("Cannot log ALTER TABLE of public.t: ");
      }
    }
    assertThat(capturing.missed()).isEqualTo("" + queries.size());
    assertThat(capturing.commands().subList(before, before + queries.size()))
        .allMatch(sql -> sql.startsWith("-- ALTER TABLE of public.t is not in the log: "));
  }

  @Test
  void whatIsMissedStopsTheSinkAtTheFirstRowThatNeedsIt() throws Exception {
    master.execute(
        "do $$ begin alter table t add column n int; end $$", "update t set n = 5 where id = 1");

    assertThatThrownBy(() -> mirror.settle())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("alter table public.t add column n integer");
    mirror.pauseSink(0).onSlaves("alter table t add column n int");
    mirror.restartSink(0).settle().assertEqual();
  }

  @Test
  void aMissedCommandIsNamedToWhoeverExecutesItAndKeptUntilSomebodyHasSeenToIt() throws Exception {
    assertThat(
            CapturingMirror.warningsOf(
                master.session(), "do $$ begin alter table t add column n int; end $$"))
        .contains("Cannot log ALTER TABLE of public.t")
        .contains("its text is not known");
    assertThat(master.rows("select tag, tables, reason from replica.missed_command"))
        .containsExactly(
            "ALTER TABLE|{public.t}|a function, a DO block or a script executed it, so that its"
                + " text is not known");
    // Its change is known from then on, and is not taken for another command's.
    assertThat(CapturingMirror.warningsOf(master.session(), "alter table t owner to postgres"))
        .isEmpty();
    master.execute("delete from replica.missed_command");
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void whatIsRolledBackLeavesNoTrace() throws Exception {
    master.execute(
        "begin",
        "alter table t rename to gone",
        "drop table gone",
        "rollback",
        "begin",
        "savepoint s",
        "alter table t add column n int",
        "do $$ begin alter table t add column m int; end $$",
        "rollback to s",
        "alter table t add column k int",
        "commit");

    assertThat(capturing.commands()).containsExactly("alter table t add column k int");
    assertThat(capturing.missed()).isEqualTo("0");
    mirror.settle().assertEqual();
  }

  @Test
  void aTypesChangeInsideAFunctionIsMissed() throws Exception {
    master.execute("create type mood as enum ('calm')", "alter table t add column m mood");

    assertThat(
            CapturingMirror.warningsOf(
                master.session(),
                "do $$ begin alter type mood rename value 'calm' to 'quiet'; end $$"))
        .contains("Cannot log ALTER TYPE of public.t");
    assertThat(capturing.missed()).isEqualTo("1");
  }

  @Test
  void aKeyColumnIsRetypedOnlyByReplicaExecute() {
    assertThatThrownBy(() -> master.execute("alter table t alter id type bigint"))
        .hasMessageContaining("used in a trigger definition");
  }

  @Test
  void whoeverOwnsATableNeedsNoRightOnTheLogAndGainsNone() throws Exception {
    master.execute(
        "do $$ begin if to_regrole('tinker') is null then create role tinker; end if; end $$",
        "create schema evil authorization tinker",
        "grant create on schema public to tinker",
        "alter table t owner to tinker",
        "set role tinker",
        "create table evil.seen (who name)",
        "create function evil.regexp_replace(text, text, text) returns text language sql as"
            + " 'insert into evil.seen values (current_user); select $1'",
        "create function evil.same(text, text) returns boolean language plpgsql as"
            + " $$ begin insert into evil.seen values (current_user); return true; end $$",
        "create operator evil.= (leftarg = text, rightarg = text, function = evil.same)",
        "create operator evil.|| (leftarg = text, rightarg = text, function = evil.same)",
        "set search_path = evil, public, pg_catalog",
        "alter table t add column n int",
        "do $do$ begin alter table public.t add column m int; end $do$");

    assertThatThrownBy(() -> master.execute("select replica.capture_ddl(false)"))
        .hasMessageContaining("permission denied");
    assertThatThrownBy(() -> master.execute("select * from replica.missed_command"))
        .hasMessageContaining("permission denied");
    master.execute("reset role", "reset search_path");
    assertThat(master.rows("select * from evil.seen")).isEmpty();
    assertThat(capturing.missed()).isEqualTo("1");
    mirror.pauseSink(0);
    assertThat(capturing.commands())
        .contains("alter table t add column n int")
        .noneMatch(sql -> sql.startsWith("do"));
  }

  @Test
  void whatIsChangedByHandOnBothSidesMayBeKeptOut() throws Exception {
    mirror.slave().execute("alter table t add column n int");
    master.execute(
        "begin",
        "set local replica.capture_ddl = off",
        "do $$ begin alter table t add column n int; end $$",
        "commit",
        "update t set n = id",
        "alter table t owner to postgres");

    mirror.settle().assertEqual();
    assertThat(capturing.commands()).isEmpty();
    assertThat(capturing.missed()).isEqualTo("0");
  }

  @Test
  void itIsRefusedToRolesThatMayNotCreateEventTriggers() throws Exception {
    master.execute(
        "do $$ begin if to_regrole('keeper') is null then create role keeper; end if; end $$",
        "grant usage on schema replica to keeper",
        "grant update, select on replica.tracked_table to keeper",
        "grant execute on function replica.capture_ddl(boolean), replica.table_shape(regclass) to keeper",
        "set role keeper");

    assertThatThrownBy(() -> master.execute("select replica.capture_ddl(false)"))
        .hasMessageContaining(
            "Cannot end capture of schema commands: role keeper may not create or drop event"
                + " triggers");
    master.execute("reset role", "select replica.capture_ddl(false)", "set role keeper");
    assertThatThrownBy(() -> master.execute("select replica.capture_ddl(true)"))
        .hasMessageContaining("Cannot begin capture of schema commands: role keeper")
        .hasMessageContaining("replica.execute");
    master.execute("reset role", "alter table t add column n int");
    mirror.onSlaves("alter table t add column n int");
    assertThat(master.value("select captures_ddl from replica.status")).isEqualTo("f");
    assertThat(capturing.commands()).isEmpty();
  }

  @Test
  void whatWasChangedWhileItWasOffIsNotTakenForALaterCommands() throws Exception {
    master.execute(
        "select replica.capture_ddl(false)",
        "alter table t drop column v",
        "select replica.capture_ddl(true)",
        "select replica.capture_ddl(true)",
        "alter table t owner to postgres");

    assertThat(master.value("select captures_ddl from replica.status")).isEqualTo("t");
    assertThat(capturing.commands()).isEmpty();
  }

  @Test
  void uninstallTakesItAway() throws Exception {
    InstallScript.ofFile(MasterFixture.INSTALL.resolveSibling("uninstall.sql"))
        .run(master.session());

    assertThat(master.value("select count(*) from pg_event_trigger")).isEqualTo("0");
    master.execute("alter table t add column n int");
  }
}
