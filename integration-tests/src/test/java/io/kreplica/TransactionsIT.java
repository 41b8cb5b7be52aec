package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresServer;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What transactions keep and what they take back: savepoints, errors, procedures, two phases. */
@ParameterizedClass
@EnumSource(TrialStage.class)
class TransactionsIT {

  private final TrialStage stage;
  private StatementTrial trial;

  TransactionsIT(TrialStage stage) {
    this.stage = stage;
  }

  @BeforeEach
  void createTables() throws Exception {
    trial = prepare(StatementTrial.on(stage));
  }

  private static StatementTrial prepare(StatementTrial trial) throws Exception {
    return trial
        .given("create table t (id int primary key, a int, b text)")
        .track("t")
        .run("insert into t select i, i * 10, 'row ' || i from generate_series(1, 9) i");
  }

  @AfterEach
  void close() throws Exception {
    trial.close();
  }

  @Test
  void whatWasRolledBackToASavepointDoesNotArrive() throws Exception {
    trial.together(
        "update t set b = 'kept' where id = 1",
        "savepoint a",
        "update t set b = 'undone', id = id + 100 where id < 4",
        "delete from t where id > 5",
        "savepoint b",
        "insert into t values (50, 1, 'undone')",
        "truncate t",
        "rollback to a",
        "insert into t values (51, 1, 'kept')",
        "savepoint c",
        "update t set a = 1 where id = 51",
        "release c",
        "rollback to a",
        "delete from t where id = 2");

    assertThat(trial.rows("select b from t where id in (1, 2, 51)")).containsExactly("kept");
  }

  @Test
  void whatAnExceptionBlockUndoesDoesNotArrive() throws Exception {
    trial.run(
        """
        do $$
        begin
          for i in 1..9 loop
            begin
              update t set b = 'tried ' || i where id = i;
              insert into t values (i + 20, i, 'tried');
              if i % 3 = 0 then
                perform 1 / (i - i);
              end if;
              update t set id = id + 1 where id = i;
            exception
              when division_by_zero then
                insert into t values (i + 40, i, 'caught');
              when unique_violation then
                update t set b = b || ' (taken)' where id = i;
            end;
          end loop;
        end $$
        """);

    assertThat(trial.rows("select count(*) from t where b = 'caught'")).containsExactly("3");
  }

  @Test
  void aFunctionThatFailsInsideAStatementLeavesNoTrace() throws Exception {
    trial
        .given(
            """
            create function attempt(i int) returns int language plpgsql as $$
            begin
              update t set b = 'attempted' where id = i - 1;
              perform 1 / (i % 3);
              return i;
            exception when division_by_zero then
              return -1;
            end $$
            """)
        .run("update t set a = attempt(id) where id in (3, 4, 5, 6)");

    assertThatThrownBy(() -> trial.run("update t set a = attempt(id) / 0"))
        .hasMessageContaining("division by zero");
    trial.compare();
  }

  @Test
  void whatProceduresCommitAndRollBackArrives() throws Exception {
    trial
        .given(
            """
            create procedure work() language plpgsql as $$
            begin
              for i in 1..6 loop
                update t set b = 'step ' || i where id <= i;
                insert into t values (60 + i, i, 'step')
                  on conflict (id) do update set a = t.a + 1;
                if i % 2 = 0 then commit; else rollback; end if;
              end loop;
            end $$
            """)
        .run("call work()", "do $$ begin call work(); update t set a = 0; end $$");
  }

  @Test
  void aFunctionThatASelectCallsMayWrite() throws Exception {
    trial
        .given(
            "create function put(i int) returns void language sql as"
                + " $$ insert into t values (i, i, 'put') on conflict (id) do update set a = -i $$")
        .run(
            "select put(i) from generate_series(5, 15) i",
            "select count(put(id)) from t",
            "prepare p(int) as update t set b = 'prepared' where id = $1",
            "execute p(3)",
            "explain analyze delete from t where id = 4");
  }

  @Test
  void serializableTransactionsArrive() throws Exception {
    trial.master().session().setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    trial
        .together(
            "update t set a = (select sum(a) from t) where id = 1", "delete from t where id = 2")
        .run("update t set id = id + 10");
  }

  @Test
  void whatWritesAsAReplicaIsNotLogged() throws Exception {
    trial.master().execute("set session_replication_role = replica");
    trial.master().execute("update t set b = 'unseen' where id = 1");
    trial.master().execute("set session_replication_role = origin");

    assertThatThrownBy(() -> trial.run("update t set b = 'seen' where id = 2"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("(1,10,\"row 1\")");
  }

  @Test
  void preparedTransactionsArriveWhenTheyAreCommitted() throws Exception {
    try (var server =
            PostgresServer.builder(stage.version())
                .setting("max_prepared_transactions", "4")
                .start();
        var prepared =
            StatementTrial.between(
                stage,
                Mirror.between(
                    MasterFixture.on(server),
                    SlaveFixture.on(SharedPostgres.of(stage.version()))))) {
      var master = prepared.master();
      master.execute("update replica.log_state set doorbell_rings = false");
      prepare(prepared);
      master.execute(
          "begin",
          "update t set b = 'two phases', id = id + 20 where id < 3",
          "prepare transaction 'kept'",
          "begin",
          "delete from t where id > 5",
          "prepare transaction 'undone'");
      prepared.run("insert into t values (40, 1, 'meanwhile')");
      assertThat(prepared.rows("select count(*) from t")).containsExactly("10");

      prepared.run("commit prepared 'kept'", "rollback prepared 'undone'");
      prepared.run("delete from t where id = 40");

      assertThat(prepared.rows("select count(*) from t where b = 'two phases'"))
          .containsExactly("2");
    }
  }
}
