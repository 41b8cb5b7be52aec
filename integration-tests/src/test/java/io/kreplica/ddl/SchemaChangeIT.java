package io.kreplica.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kreplica.Mirror;
import io.kreplica.record.EventHeaders;
import io.kreplica.record.Operation;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Schema changes by hand, on either side first: nothing breaks, nothing is lost or misread. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class SchemaChangeIT {

  private final PostgresVersion version;
  private Mirror mirror;
  private MasterFixture master;

  SchemaChangeIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createMirror() throws Exception {
    mirror = Mirror.on(version);
    master = mirror.master();
    mirror.onBoth("create table t (id int primary key, v text)");
    master.execute("insert into t values (1, 'a'), (2, 'b')");
    mirror.track("t").settle();
  }

  @AfterEach
  void closeMirror() throws SQLException {
    mirror.close();
  }

  @Test
  void oneTransactionWritesBeforeAndAfterEachChange() throws Exception {
    master.execute(
        "begin",
        "insert into t values (3, 'c')",
        "alter table t add column n int",
        "insert into t values (4, 'd', 4)",
        "alter table t drop column v",
        "update t set n = 3 where id = 3",
        "alter table t rename column n to m",
        "update t set m = 5 where id = 4",
        "alter table t alter column m type text using 'm' || m",
        "insert into t values (5, 'x')",
        "commit");
    // The slave has every column that a row in flight may have.
    mirror.onSlaves("alter table t add column n int, add column m text");
    mirror.settle();

    assertThat(mirror.slave().rows("select id, n, m from t order by id"))
        .containsExactly("1|null|null", "2|null|null", "3|3|null", "4|4|5", "5|null|x");
  }

  @Test
  void aColumnThatIsAddedOnTheMasterFirstStopsTheSinkUntilTheSlaveHasIt() throws Exception {
    master.execute(
        "alter table t add column \"Sum\" numeric(10,2)", "update t set \"Sum\" = 1 where id = 1");

    assertThatThrownBy(mirror::settle)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("has no column \"Sum\"")
        .hasMessageContaining("alter table public.t add column \"Sum\" numeric(10,2)")
        .hasMessageContaining("renamed on the master");

    change("alter table public.t add column \"Sum\" numeric(10,2)").settle().assertEqual();
  }

  @Test
  void aColumnThatIsAddedOnTheSlaveFirstStays() throws Exception {
    mirror.onSlaves("alter table t add column n int default 7");
    master.execute("insert into t values (3, 'c')");
    mirror.settle();
    master.execute("alter table t add column n int default 7", "insert into t values (4, 'd', 8)");

    mirror.settle().assertEqual();
  }

  @Test
  void aColumnThatIsDroppedOnTheMasterStaysOnTheSlaveUntilItIsDroppedThere() throws Exception {
    mirror.onBoth("alter table t add column n int");
    master.execute(
        "update t set n = id", "alter table t drop column n", "update t set v = 'x' where id = 1");
    mirror.settle();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|x|1", "2|b|2");
    mirror.onSlaves("alter table t drop column n");
    master.execute("update t set v = 'y'");
    mirror.settle().assertEqual();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "int | 7 | bigint | 9007199254740993",
        "int | 7 | text | 'seven'",
        "varchar(10) | 'short' | text | 'longer than ten'",
        "text | '007' | int using x::int | 8",
        "timestamp | '2026-01-01 12:00' | timestamptz | '2026-06-01 12:00+09'",
        "numeric(10,2) | 1.50 | numeric(12,4) | 1.2345",
        "text | '{\"a\": null}' | json using x::json | 'null'"
      })
  void aColumnIsRetypedOnTheMasterFirstAndNothingIsLost(
      String type, String before, String retyped, String after) throws Exception {
    mirror.onBoth("create table r (id int primary key, x " + type + ")").track("r").settle();
    master.execute(
        "insert into r values (1, " + before + ")",
        "alter table r alter column x type " + retyped,
        "insert into r values (2, " + before + ")");
    // What the slave's old type takes is applied; the first value that it refuses stops the sink.
    master.execute("select replica.track('r')", "insert into r values (3, " + after + ")");
    try {
      mirror.settle();
    } catch (ConnectException e) {
      assertThat(e).hasMessageContaining("Cannot apply a row to public.r (key id=");
    }

    change("alter table r alter column x type " + retyped).settle().assertEqual();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "int | 7 | bigint | 9007199254740993",
        "int | 7 | text | 'seven'",
        "varchar(10) | 'short' | text | 'longer than ten'",
        "text | '007' | int using x::int | 8",
        "numeric(10,2) | 1.50 | numeric(12,4) | 1.2345"
      })
  void aColumnIsRetypedOnTheSlaveFirstAndNothingIsLost(
      String type, String before, String retyped, String after) throws Exception {
    mirror.onBoth("create table r (id int primary key, x " + type + ")").track("r").settle();
    mirror.onSlaves("alter table r alter column x type " + retyped);
    master.execute("insert into r values (1, " + before + ")");
    mirror.settle();
    master.execute(
        "alter table r alter column x type " + retyped, "insert into r values (2, " + after + ")");

    mirror.settle().assertEqual();
  }

  @Test
  void aKeyColumnIsRetypedBetweenUntrackAndTrack() throws Exception {
    mirror.onSlaves("alter table t alter column id type bigint");
    assertThatThrownBy(() -> master.execute("alter table t alter column id type bigint"))
        .hasMessageContaining("used in a trigger definition");
    master.execute(
        "update t set v = 'before' where id = 1",
        "begin",
        "select replica.untrack('t')",
        "alter table t alter column id type bigint",
        "select replica.track('t', copy => false)",
        "commit",
        "update t set id = 9007199254740993 where id = 2");

    mirror.settle().assertEqual();
  }

  @Test
  void aRenamedTableKeepsItsNameOnTheTopicUntilTheMasterIsTold() throws Exception {
    master.execute("alter table t rename to account", "insert into account values (5, 'old')");
    mirror.settle();
    assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("3");

    master.execute("select replica.track('account')", "insert into account values (6, 'new name')");
    assertThatThrownBy(mirror::settle).hasMessageContaining("has no table public.account");
    assertThat(namesOfRows(5, 6)).containsExactly("public.t", "public.account");
    change("alter table t rename to account").settle().assertEqual();
  }

  private List<String> namesOfRows(int... ids) {
    return mirror.sent().stream()
        .filter(
            record ->
                EventHeaders.operation(record.headers()) == Operation.INSERT
                    && List.of(ids[0], ids[1]).contains(((Struct) record.key()).getInt32("id")))
        .map(record -> String.valueOf(record.headers().lastWithName("replica.table").value()))
        .toList();
  }

  @Test
  void theSourceFollowsARenameByItselfAndATableMapLeadsToTheOldTable() throws Exception {
    master.execute(
        "create schema crm", "alter table t set schema crm", "alter table crm.t rename to u");
    mirror.sink("table.map", "crm.u:public.t").restartSink(0);
    mirror.restartSource();
    untilFits();
    master.execute("insert into crm.u values (3, 'c')");
    mirror.settle();

    assertThat(mirror.slave().rows("select * from t order by id"))
        .containsExactly("1|a", "2|b", "3|c");
    assertThat(master.value("select count(*) from replica.copy_request")).isEqualTo("1");
  }

  /** Changes the slave while its sink is stopped, and starts it. */
  private Mirror change(String... statements) throws SQLException {
    return mirror.pauseSink(0).onSlaves(statements).restartSink(0);
  }

  /** The source looks after the tracked tables on a thread of its own. */
  private void untilFits() throws Exception {
    await()
        .until(
            () -> {
              mirror.pump();
              return master.value("select tables_to_renew from replica.status").equals("0");
            });
  }

  @Test
  void tablesSwapTheirNamesWhileTheSinkIsStopped() throws Exception {
    mirror.onBoth("create table new_t (id int primary key, v text)");
    master.execute("update t set v = 'last' where id = 1");
    mirror.settle().pauseSink(0);
    master.execute(
        "insert into new_t values (10, 'copied by hand')",
        "begin",
        "alter table t rename to old_t",
        "alter table new_t rename to t",
        "select replica.track('t')",
        "commit",
        "insert into t values (11, 'new')",
        "update old_t set v = 'older' where id = 2");

    change("alter table t rename to old_t", "alter table new_t rename to t").settle().assertEqual();
  }

  @Test
  void aTableOfTheSameNameFollowsADroppedOne() throws Exception {
    master.execute(
        "update t set v = 'last' where id = 1",
        "drop table t",
        "create table t (id int primary key, v text, extra int)",
        "insert into t values (7, 'untracked', 1)");
    mirror.settle();
    assertThat(mirror.slave().rows("select * from t order by id")).containsExactly("1|last", "2|b");

    mirror.onSlaves("alter table t add column extra int").track("t");
    master.execute("insert into t values (8, 'tracked', 2)");
    mirror.settle().assertEqual();
  }

  @Test
  void createTableAsIsTrackedWithItsRows() throws Exception {
    master.execute("create table c as select * from t", "alter table c add primary key (id)");
    mirror.onSlaves("create table c (id int primary key, v text)").track("c");
    master.execute("update c set v = 'x' where id = 1");

    mirror.settle().assertEqual();
  }

  @Test
  void aRenamedKeyIsFollowed() throws Exception {
    for (var names : List.of("id to a", "a to b")) {
      master.execute("update t set v = 'old name'");
      mirror.settle();
      var name = names.substring(names.length() - 1);
      master.execute(
          "alter table t rename column " + names, "update t set v = 'new' where " + name + " = 1");
      assertThatThrownBy(mirror::settle).hasMessageContaining("has no column " + name);
      change("alter table t rename column " + names).settle().assertEqual();
    }
  }

  @Test
  void aTableThatLostItsKeyIsCopiedOnceItHasOneAgain() throws Exception {
    master.execute(
        "alter table t drop constraint t_pkey",
        "insert into t values (1, 'one more')",
        "delete from t where v = 'one more'");
    mirror.settle();
    assertThat(mirror.slave().rows("select id from t")).containsExactly("2");
    assertThat(master.value("select tables_to_renew from replica.status")).isEqualTo("1");
    mirror.restartSource();
    await()
        .until(
            () -> {
              mirror.pump();
              return master.value("select key_lost from replica.tracked_table").equals("t");
            });
    master.execute("alter table t add primary key (id)");

    mirror.restartSource();
    untilFits();
    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("select id from t order by id")).containsExactly("1", "2");
  }

  @Test
  void aKeyColumnThatIsDroppedBreaksNoApplicationAndTheTableIsCopied() throws Exception {
    mirror.pauseSink(0);
    master.execute(
        "create function touch() returns trigger language plpgsql as"
            + " $$ begin update t set v = v || '!' where v !~ '!'; return null; end $$",
        "create trigger touch after insert on t for each statement execute function touch()",
        "alter table t drop column id cascade",
        "insert into t values ('c')",
        "update t set v = v || '?'");
    assertThatThrownBy(mirror::settle).hasMessageContaining("its columns lack the key (id)");

    master.execute("alter table t add column k serial primary key");
    assertThat(master.value("select replica.track('t')"))
        .contains("by (k)")
        .contains("its present rows will be copied");
    master.execute("insert into t (v) values ('z')");
    mirror.onSlaves("drop table t", "create table t (v text, k int primary key)");

    mirror.restartSource().restartSink(0).settle().assertEqual();
  }

  @Test
  void theSourceAdoptsAPrimaryKeyThatReplacesTheOldOne() throws Exception {
    mirror.onBoth(
        "alter table t add column n int not null default 0",
        "alter table t drop constraint t_pkey, add primary key (n, id)");
    mirror.restartSource();
    untilFits();
    master.execute("insert into t values (1, 'same id', 1)");

    mirror.settle().assertEqual();
    assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("3");
  }

  @Test
  void aTableWhoseNewKeyIsUnfitKeepsTheSourceFromNoOtherTable() throws Exception {
    mirror.onBoth("create table u (id int primary key, v text)").track("u").settle();
    master.execute(
        "alter table t drop constraint t_pkey, add primary key (id) deferrable",
        "alter table u add column a int[]");

    mirror.restartSource();
    await()
        .until(
            () -> {
              mirror.pump();
              return master.value("select tables_to_renew from replica.status").equals("1");
            });

    assertThat(master.rows("select name, key_lost, exact from replica.tracked_table order by name"))
        .containsExactly("public.t|t|f", "public.u|f|t");
    master.execute("alter table t drop constraint t_pkey, add primary key (id)");
    mirror.restartSource();
    untilFits();
    mirror.onSlaves("alter table u add column a int[]").settle().assertEqual();
  }
}
