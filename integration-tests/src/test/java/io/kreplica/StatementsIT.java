package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kreplica.stack.PostgresVersion;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** Every form of DML arrives identical: master and slave are compared after each statement. */
@ParameterizedClass
@EnumSource(TrialStage.class)
class StatementsIT {

  private static final int COPIED_ROWS = 100_000;

  private final TrialStage stage;
  private StatementTrial trial;

  StatementsIT(TrialStage stage) {
    this.stage = stage;
  }

  @BeforeEach
  void createTables() throws Exception {
    trial =
        StatementTrial.on(stage)
            .given(
                "create table t (id int primary key, a int, b text)",
                "create table u (id int primary key, t_id int, code text unique)")
            .track("t", "u")
            .run("insert into t select i, i * 10, 'row ' || i from generate_series(1, 9) i");
  }

  @AfterEach
  void close() throws Exception {
    trial.close();
  }

  @Test
  void statementsOfManyRowsArrive() throws Exception {
    trial.run(
        "insert into t values (11, 1, 'a'), (12, null, 'b'), (13, 3, null)",
        "update t set a = a + 1, b = upper(b) where id > 5",
        "delete from t where id % 2 = 0",
        "update t set b = default",
        "delete from t");
  }

  @Test
  void anUpdateThatChangesNothingChangesNothing() throws Exception {
    trial.run("update t set a = a", "update t set id = id", "update t set b = 'x' where false");
  }

  @Test
  void changedKeysArrive() throws Exception {
    trial
        .run("update t set id = 21 where id = 1", "update t set id = 1, b = 'back' where id = 21")
        .together("update t set id = 22 where id = 2", "insert into t values (2, 0, 'another')");
  }

  @Test
  void chainsOfKeysArriveInSeparateStatementsAndInOne() throws Exception {
    trial
        .run("delete from t where id > 3")
        .together(
            "update t set id = 4 where id = 3",
            "update t set id = 3 where id = 2",
            "update t set id = 2 where id = 1")
        // The rows lie in descending order, so that each finds its new key free.
        .together(
            "delete from t", "insert into t select i, i, 'r' from generate_series(9, 1, -1) i")
        .run("update t set id = id + 1")
        .together("delete from t", "insert into t select i, i, 'r' from generate_series(2, 9) i")
        .run("update t set id = id - 1", "update t set id = id - 1, b = 'shifted'");
  }

  @Test
  void valuesOfAUniqueColumnMaySwapThroughAThird() throws Exception {
    trial
        .run("insert into u values (1, null, 'one'), (2, null, 'two'), (3, null, 'three')")
        .together(
            "update u set code = 'temporary' where id = 1",
            "update u set code = 'one' where id = 2",
            "update u set code = 'two' where id = 1")
        .together(
            "update u set id = -1 where id = 1",
            "update u set id = 1 where id = 2",
            "update u set id = 2 where id = -1")
        .together("delete from u where id = 3", "insert into u values (0, null, 'three')");
  }

  @Test
  void deferrableUniqueColumnsMayShift() throws Exception {
    trial
        .given(
            "create table d (id int primary key, place int not null unique deferrable,"
                + " late int unique deferrable initially deferred)")
        .track("d")
        .run(
            "insert into d select i, i, i from generate_series(1, 9) i",
            "update d set place = place + 1",
            "update d set place = 11 - place, late = 10 - late")
        .together(
            "update d set late = 3",
            "insert into d values (20, 20, 3)",
            "update d set late = id * 2",
            "delete from d where id = 5");
  }

  @Test
  void uniqueValuesMaySwapInATransactionLargerThanTheBuffer() throws Exception {
    trial.close();
    trial = StatementTrial.between(stage, Mirror.on(stage.version()).sink("buffer.max.rows", "7"));
    trial
        .given(
            "create table d (id int primary key, code int unique, place int unique deferrable)",
            "create table ruled (id int primary key, code int unique)",
            "create rule noted as on update to ruled do also select 1",
            "create table plain (id int primary key, code int unique)")
        .track("d", "ruled", "plain");
    for (var table : List.of("d", "ruled", "plain")) {
      trial.run(
          "insert into " + table + " select i, i from generate_series(1, 40) i",
          "update " + table + " set code = -code",
          "do $$ begin for i in 1..20 loop"
              + (" update " + table + " set code = 1000 + code where id in (i, 41 - i);")
              + (" update " + table + " set code = i - 41 where id = i;")
              + (" update " + table + " set code = -i where id = 41 - i; end loop; end $$"));
    }
  }

  @Test
  void aDeferrableKeyIsRefusedAndAnotherIndexServes() throws Exception {
    trial.given(
        "create table d (id int primary key deferrable, code int not null, b text)",
        "create unique index d_code on d (code)");

    assertThatThrownBy(() -> trial.track("d")).hasMessageContaining("not DEFERRABLE");

    trial.trackBy("d", "'d_code'");
    trial.run(
        "insert into d select i, i, 'x' from generate_series(1, 9) i",
        "update d set id = id + 1",
        "update d set id = 11 - id, b = 'turned'");
  }

  @Test
  void insertsOnConflictArriveAsWhatTheyDid() throws Exception {
    trial.run(
        "insert into t values (8, 1, 'a'), (10, 2, 'b'), (9, 3, 'c'), (11, 4, 'd')"
            + " on conflict (id) do update set a = t.a + excluded.a, b = excluded.b",
        "insert into t values (8, 1, 'a'), (12, 2, 'b') on conflict do nothing",
        "insert into t values (8, 1, 'a'), (13, 2, 'b')"
            + " on conflict (id) do update set id = t.id + 100 where t.a > 0",
        "insert into t values (1, 1, 'x'), (14, 1, 'x'), (1, 1, 'again')"
            + " on conflict (id) do update set id = t.id + 200",
        "insert into t values (2, 1, 'kept') on conflict (id) do update set a = 0 where false");
  }

  @Test
  void mergeArrivesWithAllItsActions() throws Exception {
    assumeTrue(stage.version() == PostgresVersion.NEWEST, "PostgreSQL 13 has no MERGE");
    trial.run(
        "merge into t using (values (1, 'del'), (2, 'upd'), (3, 'none'), (21, 'ins'), (22, 'none'))"
            + " s(k, what) on t.id = s.k"
            + " when matched and what = 'del' then delete"
            + " when matched and what = 'upd' then update set a = -1, b = what"
            + " when matched then do nothing"
            + " when not matched and what = 'ins' then insert values (k, 0, what)",
        // The key that one row leaves is taken by another.
        "merge into t using (values (4, 'del'), (5, 'upd')) s(k, what) on t.id = s.k"
            + " when matched and what = 'del' then delete when matched then update set id = 4",
        "merge into t using (values (6, 1), (60, 2)) s(k, n) on t.id = s.k"
            + " when matched then delete when not matched then insert values (6, n, 'again')",
        "merge into t using u on t.id = u.id when not matched by source and t.id > 7 then delete"
            + " when not matched by source then update set b = 'no source'",
        "with m as (merge into t using (values (7), (70)) s(k) on t.id = k"
            + " when matched then delete when not matched then insert values (k, 0, 'm')"
            + " returning merge_action() as did, t.id)"
            + " insert into u select id, id, did from m");
  }

  @Test
  void withArrivesAsWhatItsPartsDid() throws Exception {
    trial.run(
        "with moved as (delete from t where id < 4 returning *)"
            + " insert into u select id, a, b from moved",
        "with a as (insert into t values (31, 1, 'x') returning *),"
            + " b as (update u set t_id = 31 where id = 1 returning *),"
            + " c as (delete from u where id = 2)"
            + " select count(*) from a, b",
        "with a as (update t set b = 'a' where id = 5), b as (update t set b = 'b' where id = 6)"
            + " update t set b = 'c' where id = 7");
  }

  @Test
  void copyFromArrives() throws Exception {
    var lines =
        IntStream.range(100, 100 + COPIED_ROWS)
            .mapToObj(i -> i + "\t" + i % 7 + "\trow\\n" + i + "\n")
            .collect(Collectors.joining());
    trial
        .master()
        .session()
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy t from stdin", new StringReader(lines));
    trial.compare();

    assertThat(trial.rows("select count(*) from t"))
        .containsExactly(String.valueOf(COPIED_ROWS + 9));
  }

  @Test
  void anUpdateThatFindsARowTwiceArrivesAsWhatItDid() throws Exception {
    trial.run(
        "update t set b = s.v from (values (1, 'first'), (1, 'second'), (2, 'x')) s(id, v)"
            + " where t.id = s.id",
        "delete from t using (values (1), (1), (2)) s(id) where t.id = s.id");
  }

  @Test
  void truncateArrives() throws Exception {
    trial
        .given(
            "create table p (id int generated always as identity primary key, v text)",
            "create table c (id int primary key, p_id int references p)")
        .track("p", "c")
        .run("insert into p (v) values ('a'), ('b')", "insert into c values (1, 1), (2, 2)")
        .run("truncate t", "truncate c", "insert into c values (1, 1)", "truncate p, c")
        .run("insert into p (v) values ('c')", "insert into c select 1, id from p")
        .run("truncate p restart identity cascade", "insert into p (v) values ('first again')")
        .run("insert into t values (1, 1, 'a')")
        .together("truncate t", "insert into t values (1, 2, 'b'), (2, 2, 'b')")
        .together("insert into t values (3, 3, 'c')", "truncate t", "truncate p cascade")
        .together(
            "insert into t values (4, 4, 'd')",
            "truncate t, u",
            "insert into t values (4, 5, 'e')",
            "truncate only t",
            "insert into t values (5, 6, 'f')");
  }

  @Test
  void aKeyThatComesAndGoesInOneTransactionArrivesAsItIsAtItsEnd() throws Exception {
    trial
        .together("insert into t values (51, 1, 'a')", "delete from t where id = 51")
        .together("delete from t where id = 1", "insert into t values (1, 2, 'other')")
        .together(
            "insert into t values (52, 1, 'a')",
            "update t set b = 'b' where id = 52",
            "delete from t where id = 52",
            "insert into t values (52, 2, 'c')",
            "update t set id = 53 where id = 52");
  }

  @Test
  void anInsertMayReadItsOwnTable() throws Exception {
    trial.run("insert into t select id + 100, a, b from t", "insert into t table u");
  }

  @Test
  void largeListsArrive() throws Exception {
    var ids = IntStream.range(1, 20_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    trial.run(
        "insert into t select i, i, 'x' from generate_series(10, 20000) i",
        "update t set b = 'listed' where id in (" + ids + ")",
        "delete from t where id = any ('{" + ids + "}')");
  }

  @Test
  void rowsOfACursorArrive() throws Exception {
    trial
        .together(
            "declare c cursor for select * from t where id > 3 for update",
            "fetch 2 from c",
            "update t set b = 'here' where current of c",
            "fetch 1 from c",
            "delete from t where current of c")
        .run(
            """
            do $$
            declare r record;
            begin
              for r in update t set a = a + 1 where id < 6 returning * loop
                update t set b = 'seen ' || r.a where id = r.id + 1;
              end loop;
            end $$
            """);
  }

  @Test
  void whatReturningGivesChangesNothing() throws Exception {
    trial.run(
        "insert into t values (61, 1, 'r') returning *",
        "update t set b = 'returned' where id < 5 returning id, b",
        "delete from t where id > 7 returning b");
  }

  @Test
  void defaultsAndGeneratedColumnsArrive() throws Exception {
    trial
        .given(
            "create sequence numbers",
            "create table g (id int generated by default as identity primary key,"
                + " n int default nextval('numbers'), at timestamptz default clock_timestamp(),"
                + " r uuid default gen_random_uuid(), a int default 3,"
                + " twice int generated always as (a * 2) stored, note text default 'it''s')")
        .track("g")
        .run(
            "insert into g default values",
            "insert into g (a) select i from generate_series(1, 20) i",
            "update g set a = default where id < 5",
            "update g set n = default, twice = default, at = default where id > 10",
            "insert into g (id, a) values (7, 9) on conflict (id) do update set a = g.twice");
  }

  @Test
  void whatOnlyMovesRowsOnDiskIsNotLogged() throws Exception {
    var before = trial.sent().size();
    trial.run(
        "vacuum full t",
        "cluster t using t_pkey",
        "reindex table t",
        "analyze t",
        "vacuum (freeze) t");
    trial.together("lock table t in access exclusive mode", "select * from t for update");

    assertThat(trial.sent().subList(before, trial.sent().size())).isEmpty();
    trial.run("update t set b = 'still logged' where id = 1");
  }
}
