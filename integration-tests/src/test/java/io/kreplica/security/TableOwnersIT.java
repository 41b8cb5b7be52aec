package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.SharedPostgres;
import io.kreplica.postgres.InstallScript;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/**
 * What the owner of a table can do to others by having it tracked. Reading a table runs code of its
 * owner's, in PostgreSQL as such; captures and copies read with the rights of the owner of schema
 * replica, here a superuser.
 */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class TableOwnersIT {

  /** Mallory's table, with code of his own in all places that he can think of. */
  private static final String[] HOSTILE = {
    "set role mallory",
    // A transaction that only reads cannot take notes.
    "create function mallory.note(what text) returns void language plpgsql as"
        + " $$ begin insert into mallory.loot values (what || ' as ' || current_user);"
        + " exception when read_only_sql_transaction then null; end $$",
    "create type mallory.mood as enum ('a', 'b')",
    "create function mallory.to_json(mallory.mood) returns json language plpgsql as"
        + " $$ begin perform mallory.note('cast to json'); return '1'; end $$",
    "create cast (mallory.mood as json) with function mallory.to_json(mallory.mood)",
    "create function mallory.to_text(mallory.mood) returns text language plpgsql as"
        + " $$ begin perform mallory.note('cast to text'); return 'a'; end $$",
    "create cast (mallory.mood as text) with function mallory.to_text(mallory.mood)",
    "create table mallory.t (id int primary key, mood mallory.mood, by text default current_user)",
    "create function mallory.row_to_text(mallory.t) returns text language plpgsql as"
        + " $$ begin perform mallory.note('row to text'); return ''; end $$",
    "create cast (mallory.t as text) with function mallory.row_to_text(mallory.t)",
    "create function mallory.on_change() returns trigger language plpgsql as"
        + " $$ begin perform mallory.note('trigger'); return new; end $$",
    "create trigger mine before insert on mallory.t"
        + " for each row execute function mallory.on_change()",
    "reset role"
  };

  private static final String[] ATTEMPTS = {
    "create trigger forge after insert on mallory.t referencing new table as changed_rows"
        + " for each statement execute function replica.log_change('1', 'json', 'plain')",
    "create trigger forge after insert on mallory.t"
        + " for each row execute function replica.log_row('1', 'json', 'plain', 'new')",
    "create trigger forge after truncate on mallory.t execute function replica.log_truncate('1')",
    "insert into replica.replica_log (table_id, op) values (1, 'T')",
    "select * from replica.replica_log",
    "select * from replica.tracked_table",
    "select * from replica.read_row(1, '{\"id\": 1}')",
    "select replica.untrack('victim')",
    "select replica.copy('victim')",
    "select replica.request_copy(1)",
    "select replica.log_command('drop table victim', '', '{}')",
    "select nextval('replica.replica_log_seq_seq')",
    "delete from replica.checkpoint"
  };

  private final PostgresServer server;
  private MasterFixture master;

  TableOwnersIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @BeforeEach
  void createMasterWithAHostileTable() throws SQLException {
    master = MasterFixture.on(server);
    master.execute(
        "do $$ begin if to_regrole('mallory') is null then create role mallory login; end if; end $$",
        "create schema mallory authorization mallory",
        "create table mallory.loot (what text)",
        "grant usage on schema mallory to public",
        "grant insert on mallory.loot to public",
        "create table victim (id int primary key, v text)",
        "select replica.track('victim')");
    master.execute(HOSTILE);
  }

  @AfterEach
  void closeMaster() throws SQLException {
    master.execute("reset role", "drop owned by mallory cascade");
    master.close();
  }

  @Test
  void aTableOfAStrangerIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> master.execute("select replica.track('mallory.t')"))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getServerErrorMessage().getMessage())
                  .isEqualTo(
                      "Cannot track mallory.t: role mallory, which owns it, could have code executed"
                          + " with the rights of role postgres, which owns schema replica");
              assertThat(e.getServerErrorMessage().getHint())
                  .contains("Install KReplica as role mallory", "select replica.trust('mallory');");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table bad (id int primary key, m mallory.mood)",
        "create table bad (id int primary key, m mallory.mood[])",
        "create domain d as mallory.mood; create table bad (id int primary key, m d)",
        "create type p as (m mallory.mood); create table bad (id int primary key, p p)",
        "create table bad (id int primary key) partition by range (id);"
            + "create table leaf partition of bad default; alter table leaf owner to mallory"
      })
  void typesAndPartitionsOfAStrangerAreRefusedToo(String ddl) throws SQLException {
    master.execute(ddl);

    assertThatThrownBy(() -> master.execute("select replica.track('bad')"))
        .hasMessageContaining("role mallory, which owns its");
    assertThat(
            master.rows("select result from replica.track_all('public') where name = 'public.bad'"))
        .singleElement()
        .asString()
        .startsWith("Left out: Cannot track public.bad: role mallory")
        .contains("replica.trust");
    master.execute("drop table bad");
  }

  @Test
  void trustIsWhatItIsCalledAndCanBeTakenBack() throws SQLException {
    master.execute("select replica.trust('mallory')", "select replica.track('mallory.t')");
    master.execute("set role mallory", "insert into mallory.t values (1, 'a')", "reset role");

    assertThat(master.rows("select what from mallory.loot order by 1"))
        .containsExactly("cast to json as postgres", "trigger as mallory");

    assertThat(master.value("select replica.distrust('mallory')"))
        .contains("Trusting mallory no longer");
    assertThatThrownBy(() -> master.execute("select replica.track('mallory.t')"))
        .hasMessageContaining("Cannot track mallory.t");
  }

  @Test
  void aStrangersTableThatIsTrackedIsWarnedOf() throws SQLException {
    master.execute("alter table victim owner to mallory");

    assertThat(master.rows("select is_trouble, message from replica.attend(1)"))
        .singleElement()
        .asString()
        .startsWith("t|public.victim is tracked, and role mallory, which owns it, could have code")
        .contains(
            "If it may do all that postgres may: select replica.trust('mallory')",
            "select replica.untrack('public.victim')");
  }

  @Test
  void whereTheTablesOwnerInstallsNobodyGetsRightsByIt() throws Exception {
    master.execute(
        "drop schema replica cascade",
        "grant create on database " + master.database() + " to mallory");
    try (var mallory = connectAs("mallory")) {
      InstallScript.ofFile(MasterFixture.INSTALL).run(mallory);
    }
    master.execute(
        "set role mallory",
        "select replica.track('mallory.t')",
        // By this one nobody could read his rows, himself included.
        "drop cast (mallory.t as text)",
        "create index on mallory.t ((by || 'x'))",
        "insert into mallory.t values (1, 'a')",
        "update mallory.t set id = 2",
        "reset role");
    try (var source = TaskRun.first(master.settings())) {
      source.until(sent -> TaskRun.data(sent).size() >= 1);
    }

    assertThat(master.rows("select distinct split_part(what, ' as ', 2) from mallory.loot"))
        .containsExactly("mallory");
  }

  private Connection connectAs(String role) throws SQLException {
    return DriverManager.getConnection(server.url(master.database()) + "?user=" + role);
  }

  @Test
  void anOwnerOfATrackedTableReachesNoLogRowsOfOthers() throws SQLException {
    master.execute(
        "select replica.trust('mallory')",
        "select replica.track('mallory.t')",
        // More than he has: what stands behind the schema's own lock.
        "grant usage on schema replica to mallory",
        "set role mallory");

    for (var attempt : ATTEMPTS) {
      assertThatThrownBy(() -> master.execute(attempt))
          .as(attempt)
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void whatAnOwnerDoesToHisTriggersLogsInNobodyElsesName() throws SQLException {
    master.execute(
        "select replica.trust('mallory')",
        "select replica.track('mallory.t')",
        "set role mallory",
        "alter trigger replica_log_insert on mallory.t rename to other",
        "create table mallory.twin (like mallory.t including all)",
        "insert into mallory.twin values (1, 'a')",
        "alter table mallory.t rename to victim",
        "insert into mallory.victim values (1, 'a')",
        "reset role");

    assertThat(
            master.rows(
                "select t.relation, count(*) from replica.replica_log l"
                    + " join replica.tracked_table t using (table_id) group by 1"))
        .containsExactly("mallory.victim|1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sql/master/install.sql", "sql/slave/install.sql"})
  void aSchemaThatSomebodyElseHasPreparedIsRefused(String script) throws SQLException {
    var install = InstallScript.ofFile(Path.of(System.getProperty("kreplica.root"), script));
    master.execute(
        "drop schema replica cascade",
        "create schema replica authorization mallory",
        "create table replica.log_state (singleton boolean primary key)",
        "create table replica.replica_position (log_id text primary key)");

    assertThatThrownBy(() -> install.run(master.session()))
        .hasMessageContaining("schema replica is there, and it belongs to role mallory")
        .hasMessageContaining("SET ROLE mallory");

    master.execute("alter schema replica owner to postgres");
    master.execute("create function replica.ring_doorbell() returns void language sql as ''");
    master.execute("alter function replica.ring_doorbell() owner to mallory");
    assertThatThrownBy(() -> install.run(master.session()))
        .hasMessageContaining("replica.ring_doorbell() belongs to role mallory");
    assertThat(
            master.rows(
                "select count(*) from pg_proc where pronamespace = 'replica'::regnamespace"))
        .containsExactly("1");
    master.execute("drop schema replica cascade");
    InstallScript.ofFile(MasterFixture.INSTALL).run(master.session());
  }
}
