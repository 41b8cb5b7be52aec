package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.SharedPostgres;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** Schema changes through replica.execute, on a master and a slave that executes them too. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ExecuteIT {

  private final PostgresVersion version;
  private Mirror mirror;
  private MasterFixture master;

  ExecuteIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMirror() throws Exception {
    mirror = Mirror.on(version).sink("ddl.enabled", "true");
    master = mirror.master();
    letSinkChange(mirror.slave());
    mirror.onBoth("create table t (id int primary key, v text)");
    mirror.slave().execute("alter table t owner to sink_login");
    master.execute("insert into t values (1, 'a'), (2, 'b')");
    mirror.track("t").settle();
  }

  /** What a sink needs to execute schema commands. */
  static void letSinkChange(SlaveFixture slave) throws SQLException {
    slave.execute(
        "grant create, usage on schema public to sink_login",
        "do $$ begin execute format('grant create on database %I to sink_login',"
            + " current_database()); end $$");
  }

  @AfterEach
  void closeMirror() throws SQLException {
    mirror.close();
  }

  private String execute(String command) throws SQLException {
    return master.value("select replica.execute($kr$" + command + "$kr$)");
  }

  @Test
  void columnsComeGoAndAreRenamedAtTheirPlaceAmongTheRows() throws Exception {
    master.execute("begin", "insert into t values (3, 'c')");
    execute("alter table t add column n int default 7");
    master.execute("insert into t values (4, 'd', 8)", "update t set n = 9 where id = 1");
    execute("alter table t rename column v to w");
    master.execute("update t set w = 'x' where id = 2", "commit");
    execute("alter table t drop column n");
    master.execute("insert into t values (5, 'e')");

    mirror.settle().assertEqual();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|a", "2|x", "3|c", "4|d", "5|e");
  }

  @Test
  void aTableIsRenamedAndMovedWhileTheSourceIsBehind() throws Exception {
    master.execute("insert into t values (3, 'before')");
    execute("create schema crm");
    execute("alter table t rename to account; alter table account set schema crm");
    master.execute("insert into crm.account values (4, 'after')");
    execute("alter table crm.account rename column id to number");
    master.execute("update crm.account set v = 'again' where number = 1");
    // The catalog that the source now reads is newer than every one of these rows.
    mirror.restartSource().settle().assertEqual();

    assertThat(mirror.slave().rows("select * from crm.account order by number"))
        .containsExactly("1|again", "2|b", "3|before", "4|after");
  }

  @Test
  void aRenameIsFollowedByARunningSource() throws Exception {
    execute("alter table t rename to u");
    master.execute("insert into u values (3, 'c')");

    mirror.settle().assertEqual();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "create table r (id int primary key, x int) | 1, 7 | bigint | 2, 9007199254740993",
        "create table r (id int primary key, x int) | 1, 7 | text | 2, 'seven'",
        "create table r (id int primary key, x text) | 1, '007' | int using x::int | 2, 8",
        "create table r (id int primary key, x text) | 1, '007' | int using length(x) | 2, 8",
        "create table r (id int primary key, x text) | 1, 't' | bool using true | 2, false",
        "create table r (id int primary key, x varchar(3)) | 1, 'abc' | text | 2, 'abcdef'",
        "create table r (id int primary key, x float8) | 1, '-0' | int | 2, 5",
        "create table r (id int primary key, x float8) | 1, 0.1 | text | 2, 'x'",
        "create table r (id int primary key, x timestamp) | 1, '2026-01-01 12:00' | timestamptz | 2, now()",
        "create table r (id int primary key, x int) | 1, 7 | int[] using array[x] | 2, '[5:5]={1}'"
      })
  void aColumnIsRetypedBetweenRows(String ddl, String before, String type, String after)
      throws Exception {
    master.execute("set timezone = 'America/New_York'");
    execute(ddl);
    mirror.track("r").settle();
    master.execute("insert into r values (" + before + ")");
    execute("alter table r alter column x type " + type);
    master.execute("insert into r values (" + after + ")");

    mirror.settle().assertEqual();
  }

  @Test
  void aKeyColumnIsRetypedAlthoughItsTriggerNamesIt() throws Exception {
    execute("create table \"T\" (t int primary key)");
    mirror.track("\"T\"");
    master.execute("insert into \"T\" values (1)");

    assertThat(execute("alter table t alter column id type bigint"))
        .contains("Renewed the tracking of public.t by (id)");
    execute("alter table \"T\" alter t type text; alter table t alter id type numeric");
    master.execute("update t set id = id + 0.5", "update \"T\" set t = 'one'");

    mirror.settle().assertEqual();
  }

  @Test
  void theKeyIsReplacedByAnother() throws Exception {
    master.execute("update t set v = 'before' where id = 1");
    execute("alter table t add column n int not null default 0");
    assertThat(execute("alter table t drop constraint t_pkey, add primary key (n, id)"))
        .contains("Renewed the tracking of public.t by (n, id)");
    master.execute("insert into t values (1, 'same id', 1)", "update t set n = 5 where id = 2");

    mirror.restartSource().settle().assertEqual();

    assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("3");
  }

  @Test
  void aCommandThatLeavesATrackedTableWithoutAKeyIsRefused() throws Exception {
    assertThatThrownBy(() -> execute("alter table t drop constraint t_pkey"))
        .hasMessageContaining("takes the key (id) from public.t")
        .hasMessageContaining("replica.untrack('public.t')");
    assertThatThrownBy(() -> execute("alter table t drop column id cascade"))
        .hasMessageContaining("takes the key (id) from public.t");
  }

  @Test
  void anArrayColumnIsExactFromItsFirstRow() throws Exception {
    execute("alter table t add column a int[]");
    master.execute("update t set a = '[5:6]={1,2}' where id = 1");

    mirror.settle().assertEqual();

    assertThat(mirror.slave().rows("select a from t where id = 1")).containsExactly("[5:6]={1,2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table t add column c timestamptz default now()",
        "alter table t add column c timestamptz default current_timestamp",
        "alter table t add column c serial",
        "alter table t add column c int generated always as identity",
        "alter table t add column c uuid not null default gen_random_uuid()",
        "create domain d as float8 default random(); alter table t add column c d",
        "alter table t alter column v type text using v || random()"
      })
  void valuesThatDifferOnEachServerAreCopied(String command) throws Exception {
    assertThat(execute(command)).contains("public.t will be copied again");

    mirror.settle().assertEqual();
  }

  @Test
  void aConstantDefaultFillsTheRowsOnBothSidesWithoutACopy() throws Exception {
    mirror.settle();

    assertThat(
            execute("alter table t add column c numeric default 1 + 0.5, add d text default 'x'"))
        .doesNotContain("copied");

    mirror.settle().assertEqual();
  }

  @Test
  void anEnumsNewValueIsUsedInTheVeryNextRow() throws Exception {
    execute("create type mood as enum ('calm')");
    execute("alter table t add column m mood");
    execute("alter type mood add value 'glad' before 'calm'");
    master.execute("update t set m = 'glad'");

    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("select enum_range(null::mood)")).containsExactly("{glad,calm}");
  }

  @Test
  void aDroppedTableGoesOnTheSlaveBehindItsLastRow() throws Exception {
    master.execute("insert into t values (3, 'c')");
    execute("drop table t");
    execute("create table t (code text primary key, x int)");
    mirror.track("t");
    master.execute("insert into t values ('new', 1)");

    mirror.restartSource().settle().assertEqual();

    assertThat(mirror.slave().rows("select * from t")).containsExactly("new|1");
    assertThat(
            master.rows(
                "select name from replica.tracked_table where untracked_at is not null"
                    + " and relation is null"))
        .containsExactly("public.t");
  }

  @Test
  void unqualifiedNamesAreFoundWhereTheMasterFoundThem() throws Exception {
    execute(
        "create schema a; create schema b; create table a.x (id int primary key);"
            + " create table b.x (id int primary key)");
    mirror.track("a.x", "b.x");
    master.execute("set search_path = b, a");
    execute("alter table x add column only_b int");
    master.execute("reset search_path", "insert into b.x values (1, 2)");

    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("show search_path")).containsExactly("\"$user\", public");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-- nothing | there is no command",
        "; /* nothing */ ; | there is no command",
        "begin; select 1 | controls the transaction",
        "Commit | controls the transaction",
        "select 1; rollback | transaction commands",
        "alter table t add c int; update t set v = 'x' | without replica.execute",
        "truncate t | without replica.execute",
        "select replica.execute('select 1') | replayed twice",
        "vacuum t | VACUUM"
      })
  void refusesWhatCannotBeReplayed(String command, String reason) throws SQLException {
    assertThatThrownBy(() -> execute(command))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e ->
                assertThat(String.valueOf(e.getServerErrorMessage())).containsIgnoringCase(reason));
    assertThat(
            master.rows(
                "select 1 from replica.replica_log where op = 'S' and row->>'sql' like '%v = %'"))
        .isEmpty();
  }

  @Test
  void onlyWhoIsGrantedItMayExecute() throws Exception {
    master.execute(
        "do $$ begin if to_regrole('deployer') is null then create role deployer; end if; end $$",
        "grant create on schema public to deployer",
        "set role deployer");

    assertThatThrownBy(() -> execute("create table mine (id int primary key)"))
        .hasMessageContaining("permission denied for schema replica");
    master.execute(
        "reset role",
        "grant usage on schema replica to deployer",
        "grant execute on function replica.execute(text, boolean), replica.begin_command(text, boolean),"
            + " replica.free_keys(text), replica.command_settings(),"
            + " replica.end_command(text, text, json, json, integer[]) to deployer",
        "set role deployer");
    execute("create table mine (id int primary key)");
    assertThatThrownBy(() -> execute("alter table t add column c int"))
        .hasMessageContaining("must be owner of table t");
    master.execute("reset role");

    assertThat(master.rows("select tableowner from pg_tables where tablename = 'mine'"))
        .containsExactly("deployer");
  }

  @Test
  void withoutDdlEnabledACommandIsSkippedAndTheSlaveIsAPersonsBusiness() throws Exception {
    mirror.sink("ddl.enabled", "false").restartSink(0);
    execute("alter table t add column n int");
    master.execute("update t set n = 1");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("alter table public.t add column n integer");
    mirror.onSlaves("alter table t add column n int").restartSink(0).settle().assertEqual();
  }

  @Test
  void aCommandThatTheSlaveRefusesStopsTheSinkBehindTheBatchesBefore() throws Exception {
    mirror.slave().execute("alter table t add column n int");
    master.execute("insert into t values (3, 'c')");
    mirror.pauseSink(0).settle();
    execute("alter table t add column n text default 'secret'");
    mirror.settle();

    assertThatThrownBy(() -> mirror.restartSink(0).settle())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Cannot execute the schema command 'alter table t' (log row ")
        .hasMessageContaining("already exists")
        .hasMessageContaining("ddl.enabled=false")
        .hasMessageNotContaining("secret");
    assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("3");

    mirror.slave().execute("alter table t drop column n");
    mirror.restartSink(0).settle().assertEqual();
  }

  @Test
  void aSinkThatDoesNotOwnTheTablesSaysSo() throws Exception {
    mirror.slave().execute("alter table t owner to current_user");
    execute("alter table t add column n int");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("must be owner of table t")
        .hasMessageContaining("let it own the tables");

    mirror.restartSink(0).slave().execute("alter table t owner to sink_login");
    mirror.settle().assertEqual();
  }

  @Test
  void aSlaveThatJoinsOrRepeatsExecutesNothingTwice() throws Exception {
    execute("alter table t add column n int");
    var second = SlaveFixture.on(SharedPostgres.of(version));
    mirror.andTo(second, "name", "second");
    letSinkChange(second);
    second.execute(
        "create table t (id int primary key, v text)", "alter table t owner to sink_login");
    mirror.restartSource().restartSink(0).restartSink(1);
    master.execute("update t set n = 1");

    mirror.settle().assertEqual();
  }
}
