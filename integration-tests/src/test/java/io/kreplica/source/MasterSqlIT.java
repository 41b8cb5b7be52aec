package io.kreplica.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.util.PSQLException;

/** The SQL on the master: what people call, what triggers log, what is refused. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class MasterSqlIT {

  private static final String LOG =
      "select op, row->>'id', row->>'v' from replica.replica_log order by seq";

  private final PostgresVersion version;
  private MasterFixture master;

  MasterSqlIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMaster() throws SQLException {
    master = MasterFixture.on(SharedPostgres.of(version));
    master.execute(
        "create table t (id int primary key, v text)",
        "create table u (id int primary key, v text)");
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "create table bad (a int) | ADD PRIMARY KEY",
        "create unlogged table bad (a int primary key) | SET LOGGED",
        "create temporary table bad (a int primary key) | SET LOGGED",
        "create table root (a int primary key) partition by range (a); create table bad partition of root default | replica.track('public.root')",
        "create table bad (a int primary key) partition by range (a); create unlogged table leaf partition of bad default | SET LOGGED",
        "create view bad as select 1 as a | beneath a view",
        "create table parent (a int primary key); create table bad () inherits (parent) | ADD PRIMARY KEY",
        "create table bad (a int, constraint k primary key (a) deferrable) | not DEFERRABLE"
      })
  void refusesWhatItCannotLogCompletelyWithTheRemedy(String ddl, String hint) throws SQLException {
    master.execute(ddl);

    assertThatThrownBy(() -> master.execute("select replica.track('bad')"))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getServerErrorMessage().getMessage())
                  .startsWith("Cannot track ")
                  .contains("bad");
              assertThat(e.getServerErrorMessage().getHint()).contains(hint);
            });
  }

  @Test
  void trackSaysWhatItDidAndAsksForOneCopyOnly() throws SQLException {
    assertThat(master.value("select replica.track('t')"))
        .isEqualTo("Tracking public.t by (id); its present rows will be copied");
    assertThat(master.value("select replica.track('t')"))
        .isEqualTo("Renewed the tracking of public.t by (id)");
    assertThat(master.value("select pending_copies from replica.status")).isEqualTo("1");
  }

  @Test
  void aChosenUniqueIndexServesAsTheKey() throws SQLException {
    master.execute(
        "create table nopk (a int not null, b int not null)",
        "create unique index nopk_ab on nopk (b, a)");

    assertThat(master.value("select replica.track('nopk', key => 'nopk_ab')"))
        .contains("public.nopk by (b, a)");
  }

  @Test
  void untrackStopsLoggingAndKeepsWhatIsLogged() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "insert into t values (1, 'a')",
        "select replica.untrack('t')",
        "insert into t values (2, 'b')");

    assertThat(master.rows(LOG)).containsExactly("I|1|a");
    assertThat(master.value("select replica.untrack('t')")).contains("was not tracked");
  }

  @Test
  void copyOfAnUntrackedTableIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> master.execute("select replica.copy('t')"))
        .hasMessageContaining("Cannot copy public.t")
        .hasMessageContaining("select replica.track('public.t')");
  }

  @Test
  void logsAKeyChangeAsDeleteAndUpdateEvenWhenKeysShift() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "insert into t values (1, 'a'), (2, 'b')",
        "truncate replica.replica_log",
        "update t set id = id - 1");

    assertThat(master.rows(LOG)).containsExactly("D|1|a", "D|2|b", "U|0|a", "U|1|b");
  }

  @Test
  void aTriggerThatChangesASiblingRowLeavesTheLastStateInTheLog() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "create function f() returns trigger language plpgsql as $$ begin"
            + " update t set v = 'sibling' where id = new.id + 1; return null; end $$",
        "create trigger \"!a\" after insert on t for each row execute function f()",
        "insert into t values (1, 'a'), (2, 'b')");

    assertThat(master.value("select v from t where id = 2")).isEqualTo("sibling");
    assertThat(
            master.value(
                "select row->>'v' from replica.replica_log where row->>'id' = '2'"
                    + " order by seq desc limit 1"))
        .isEqualTo("sibling");
  }

  @Test
  void aTriggerThatRevivesADeletedRowLeavesItInTheLog() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "create function f() returns trigger language plpgsql as $$ begin"
            + " insert into t values (old.id, 'revived'); return null; end $$",
        "create trigger revive after delete on t for each row execute function f()",
        "insert into t values (1, 'a')",
        "delete from t");

    assertThat(master.rows(LOG)).endsWith("I|1|revived", "u|1|revived");
  }

  @Test
  void cascadesAreLogged() throws SQLException {
    master.execute(
        "create table w (id int primary key, v text unique)",
        "create table child (id int primary key, v text references w (v)"
            + " on delete cascade on update cascade)",
        "select replica.track('w')",
        "select replica.track('child')",
        "insert into w values (1, 'x')",
        "insert into child values (10, 'x')",
        "update w set v = 'y'",
        "delete from w");

    assertThat(master.rows(LOG))
        .containsExactly("I|1|x", "I|10|x", "U|1|y", "u|10|y", "D|1|y", "d|10|y");
  }

  @Test
  void aRowThatForeignKeysUpdateAndThenDeleteIsGoneInTheLog() throws SQLException {
    master.execute(
        "create table node (id int primary key, parent int references node on delete cascade,"
            + " buddy int references node on delete set null)",
        "select replica.track('node')",
        "insert into node values (1, null, null), (2, 1, null), (3, 2, 1)",
        "truncate replica.replica_log",
        "delete from node where id = 1");

    assertThat(
            master.value(
                "select op from replica.replica_log where row->>'id' = '3' order by seq desc limit 1"))
        .isEqualTo("d");
  }

  @Test
  void anAlterationThatTheTriggersDoNotFitIsCountedUntilTheyAreRenewed() throws SQLException {
    master.execute("select replica.track('t')", "select replica.track('u')");
    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");

    master.execute(
        "alter table t add column tags text[]",
        "alter table u add column t_id int references t on delete cascade");
    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("2");

    master.execute("select replica.track('t')", "select replica.track('u')");
    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("0");
  }

  @Test
  void hostileSessionSettingsDoNotChangeWhatIsLogged() throws SQLException {
    master.execute(
        "create table h (id int primary key, f float8, i interval, b bytea, ts timestamptz, a float8[])",
        "select replica.track('h')",
        "set extra_float_digits = -15",
        "set intervalstyle = sql_standard",
        "set bytea_output = escape",
        "set datestyle = 'ISO, DMY'",
        "set timezone = 'Asia/Kathmandu'",
        "insert into h values (1, 0.30000000000000004, '1 mon -2 days 03:04:05.6', '\\x00ff5c',"
            + " '2026-02-01 12:00+00', '{0.1,0.30000000000000004}')");

    assertThat(master.value("select image from replica.replica_log"))
        .isEqualTo(
            "(1,0.30000000000000004,\"1 mon -2 days +03:04:05.6\",\"\\\\x00ff5c\","
                + "\"2026-02-01 12:00:00+00\",\"{0.1,0.30000000000000004}\")");
  }

  @Test
  void anApplicationNeedsNoRightOnTheLog() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "create role app",
        "grant select, insert, update, delete on t to app",
        "set role app",
        "insert into t values (1, 'a')",
        "update t set id = 2",
        "delete from t");
    assertThatThrownBy(() -> master.execute("select * from replica.replica_log"))
        .hasMessageContaining("permission denied");
    master.execute("reset role", "drop owned by app", "drop role app");

    assertThat(master.rows(LOG)).containsExactly("I|1|a", "D|1|a", "U|2|a", "D|2|a");
  }

  @Test
  void aSearchPathOfTheSessionDoesNotLeadTheTriggersAstray() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "create schema evil",
        "create function evil.to_json(anyelement) returns json language sql as $$ select 'null'::json $$",
        "create function evil.pg_trigger_depth() returns int language sql as $$ select 7 $$",
        "set search_path = evil, pg_catalog, public",
        "insert into public.t values (1, 'a')",
        "reset search_path");

    assertThat(master.rows(LOG)).containsExactly("I|1|a");
  }

  @Test
  void whatASinkAppliesIsNotLogged() throws SQLException {
    master.execute(
        "select replica.track('t')",
        "set session_replication_role = replica",
        "insert into t values (1, 'a')",
        "set session_replication_role = origin");

    assertThat(master.rows(LOG)).isEmpty();
  }

  @Test
  void installingAgainKeepsLogAndTracking() throws SQLException {
    master.execute("select replica.track('t')", "insert into t values (1, 'a')");
    var log = master.value("select log_id from replica.log_state");

    InstallScript.ofFile(MasterFixture.INSTALL).run(master.session());
    master.execute("insert into t values (2, 'b')");

    assertThat(master.value("select log_id from replica.log_state")).isEqualTo(log);
    assertThat(master.rows(LOG)).containsExactly("I|1|a", "I|2|b");
  }

  @Test
  void uninstallLeavesTheTablesAndNothingElse() throws SQLException {
    master.execute("select replica.track('t')", "insert into t values (1, 'a')");

    master.uninstall();
    master.execute("update t set v = 'b'");

    assertThat(master.rows("select nspname from pg_namespace where nspname = 'replica'")).isEmpty();
    assertThat(master.rows("select tgname from pg_trigger where not tgisinternal")).isEmpty();
    assertThat(master.rows("select * from t")).containsExactly("1|b");
  }

  @Test
  void everythingInTheSchemaIsDescribed() throws SQLException {
    assertThat(
            master.rows(
                """
                select c.relname || coalesce('.' || a.attname, '')
                from pg_class c
                left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and c.relkind in ('r', 'v')
                where c.relnamespace = 'replica'::regnamespace and c.relkind in ('r', 'v')
                  and (obj_description(c.oid, 'pg_class') is null
                       or col_description(c.oid, a.attnum) is null)
                union all
                select p.oid::regprocedure::text
                from pg_proc p
                where p.pronamespace = 'replica'::regnamespace
                  and obj_description(p.oid, 'pg_proc') is null
                """))
        .isEmpty();
  }

  @Test
  void theStatusCountsWhatKafkaHasNotAcknowledged() throws SQLException {
    master.execute(
        "select replica.track('t')", "insert into t select i, 'x' from generate_series(1, 7) i");

    assertThat(master.value("select backlog_rows, tracked_tables, listener from replica.status"))
        .isEqualTo("7|1|null");
  }

  @Test
  void aStrangersTableWithTheTriggersOfADroppedOneIsNotTakenForIt() throws SQLException {
    master.execute("create table dropped (id int primary key)", "select replica.track('dropped')");
    var id =
        master.value("select table_id from replica.tracked_table where name = 'public.dropped'");
    master.execute(
        "drop table dropped",
        "create table stranger (id int primary key)",
        "create trigger replica_log_truncate after truncate on stranger"
            + " execute function replica.log_truncate('"
            + id
            + "')",
        "call replica.renew()");

    assertThat(master.rows("select from pg_trigger where tgrelid = 'stranger'::regclass"))
        .isEmpty();
    assertThat(
            master.value(
                "select relation is null from replica.tracked_table where table_id = " + id))
        .isEqualTo("t");
  }
}
