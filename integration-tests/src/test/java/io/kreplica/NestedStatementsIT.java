package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Statements inside statements: functions that a statement calls write to the tables that it
 * writes, and are captured before it although they changed its rows after it. And statements that
 * the captures must not take for such.
 */
@ParameterizedClass
@EnumSource(TrialStage.class)
class NestedStatementsIT {

  private final TrialStage stage;
  private StatementTrial trial;

  NestedStatementsIT(TrialStage stage) {
    this.stage = stage;
  }

  @BeforeEach
  void createTables() throws Exception {
    trial =
        StatementTrial.on(stage)
            .given(
                "create table t (id int primary key, a int, b text)",
                "create table u (id int primary key, a int, b text)",
                // Changes the row before the given one, and says 5.
                """
                create function disturb(i int) returns int language plpgsql as $$
                begin
                  update t set b = b || ' disturbed by ' || i where id = i - 1;
                  return 5;
                end $$
                """)
            .track("t", "u");
    trial.master().execute("insert into t select i, 0, 'new' from generate_series(1, 9) i");
    trial.compare();
  }

  @AfterEach
  void close() throws SQLException {
    trial.close();
  }

  @Test
  void aFunctionThatAnUpdateCallsMayChangeTheRowsThatTheUpdateChanged() throws Exception {
    trial.run("update t set a = disturb(id) where id in (1, 2, 3)");

    assertThat(trial.rows("select a, b from t where id = 1"))
        .containsExactly("5|new disturbed by 2");
  }

  @Test
  void aFunctionThatAnInsertCallsMayChangeTheRowsThatTheInsertInserted() throws Exception {
    trial.run(
        "insert into t select i, disturb(i), 'late' from generate_series(21, 23) i",
        "insert into t values (41, 0, 'a'), (22, 0, 'b'), (42, 0, 'c')"
            + " on conflict (id) do update set a = disturb(42)");

    assertThat(trial.rows("select b from t where id in (22, 41) order by id"))
        .containsExactly("late disturbed by 23", "a disturbed by 42");
  }

  @Test
  void aFunctionThatADeleteCallsMayPutBackTheRowsThatTheDeleteDeleted() throws Exception {
    trial
        .given(
            """
            create function revive(i int) returns boolean language plpgsql as $$
            begin
              insert into t values (i - 1, -1, 'revived') on conflict do nothing;
              return true;
            end $$
            """)
        .run("delete from t where id in (3, 4, 5) and revive(id)");

    assertThat(trial.rows("select id from t where b = 'revived' order by 1"))
        .containsExactly("3", "4");
  }

  @Test
  void aFunctionMayChangeTheKeysOfTheRowsThatItsCallerChanged() throws Exception {
    trial
        .given(
            """
            create function move(i int) returns int language plpgsql as $$
            begin
              update t set id = id + 100 where id = i - 1;
              insert into t values (i - 1, 7, 'in its place');
              return i;
            end $$
            """)
        .run(
            "update t set a = move(id) where id in (2, 3)",
            "update t set id = move(id) + 50 where id in (5, 6)");
  }

  @Test
  void functionsMayCallStatementsThatCallFunctions() throws Exception {
    trial
        .given(
            """
            create function change(i int) returns int language plpgsql as $$
            begin
              update t set a = disturb(id) + i where id between i - 2 and i - 1;
              perform disturb(i);
              return 1;
            end $$
            """,
            """
            create function change_in_sql(i int) returns int language sql as $$
              update t set a = disturb(id) where id = i - 1;
              update t set b = b || '!' where id = i - 2;
              select 3
            $$
            """)
        .run(
            "update t set a = change(id) where id in (3, 5, 7)",
            "update t set a = change_in_sql(id) where id in (3, 5, 6)",
            "do $$ begin for i in 1..3 loop update t set a = disturb(id) where id < 4; end loop; end $$",
            "insert into u select id, change(id), b from t where id in (5, 6)");
  }

  @Test
  void withDeletesAreRightWhicheverPartOfTheStatementEndsFirst() throws Exception {
    trial.run(
        // The limit ends the insert before the delete, whose rows the insert has put back.
        "with gone as (delete from t where id < 9 returning id)"
            + " insert into t select id, 1, 'back' from gone limit 3",
        "with gone as (delete from t where id <= 9 returning id)"
            + " insert into t select id, 2, 'again' from gone",
        "with moved as (update t set id = id + 20 where id < 9 returning id - 20 as id)"
            + " insert into t select id, 3, 'in its place' from moved limit 1",
        "with added as (insert into t values (50, 1, 'added') returning id),"
            + " gone as (delete from t where id > 22 returning id)"
            + " update t set a = (select max(id) from gone) where id <= 22",
        "do $$ begin for i in 1..3 loop"
            + " with gone as (delete from t where id > 0 returning id)"
            + " insert into t select id, i, 'back' from gone limit 4; end loop; end $$");
  }

  @Test
  void aSnapshotThatStillShowsADeletedRowDoesNotBringItBack() throws Exception {
    trial.run("insert into t values (19, 0, 'near'), (1000, 0, 'old')");
    try (var other = trial.master().connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("set transaction isolation level repeatable read");
      statement.execute("select * from t");
      trial.run("delete from t where id = 1000");

      statement.execute("insert into t values (1000, disturb(20), 'new')");
      statement.execute("delete from t where b = 'new' and disturb(20) > 0");
      other.commit();
    }
    trial.compare();

    assertThat(trial.rows("select * from t where id = 1000")).isEmpty();
  }

  @Test
  void aTableThatTwoTransactionsTruncatedIsCapturedInRepeatableRead() throws Exception {
    try (var other = trial.master().connect();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("set transaction isolation level repeatable read");
      statement.execute("select * from u");
      trial.run("truncate t");

      statement.execute("truncate t");
      statement.execute("insert into t values (2, 0, 'two'), (3, 0, 'three')");
      statement.execute("update t set a = disturb(id)");
      other.commit();
    }
    trial.compare();
  }

  @Test
  void aDefaultMayWriteToTheTable() throws Exception {
    trial
        .given("alter table t alter a set default disturb(13)")
        .run("insert into t (id, b) values (12, 'x'), (11, 'y'), (13, 'z')");
  }

  @Test
  void onlyTheStatementsThatNeedItAreLoggedCarefully() throws Exception {
    var before = trial.sent().size();
    trial.together(
        "select disturb(2)",
        "insert into u values (1, 1, 'a'), (2, 2, 'b')",
        "insert into u values (2, 2, 'c'), (3, 3, 'c') on conflict (id) do update set b = 'd'",
        "do $$ begin for i in 1..2 loop update u set a = i; perform disturb(i); end loop; end $$",
        "update u set id = id + 10",
        "delete from u");

    assertThat(trial.sent().stream().skip(before))
        .as("a careful capture logs U for an insert")
        .filteredOn(line -> line.startsWith("I"))
        .containsExactly("I 1=1", "I 2=2", "I 3=3");
  }
}
