package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What triggers and foreign keys do beside a statement; both exist on the slave too, and rest. */
@ParameterizedClass
@EnumSource(TrialStage.class)
class TriggersIT {

  private final TrialStage stage;
  private StatementTrial trial;

  TriggersIT(TrialStage stage) {
    this.stage = stage;
  }

  @BeforeEach
  void createTables() throws Exception {
    trial =
        StatementTrial.on(stage)
            .given(
                "create table t (id int primary key, a int, b text)",
                "create table audit (n int generated always as identity primary key, what text)")
            .track("t", "audit")
            .run("insert into t select i, i * 10, 'row ' || i from generate_series(1, 9) i");
  }

  @AfterEach
  void close() throws Exception {
    trial.close();
  }

  private StatementTrial givenTrigger(String name, String when, String body) throws Exception {
    return trial.given(
        "create function \""
            + name
            + "\"() returns trigger language plpgsql as $$ begin "
            + body
            + " end $$",
        "create trigger \"" + name + "\" " + when + " execute function \"" + name + "\"()");
  }

  @Test
  void whatABeforeTriggerModifiesOrSuppressesArrives() throws Exception {
    givenTrigger(
            "before",
            "before insert or update or delete on t for each row",
            """
            if tg_op = 'DELETE' then
              if old.id = 1 then return null; end if;
              return old;
            elsif new.id % 5 = 0 then return null;
            end if;
            new.b := upper(new.b);
            if new.id % 7 = 0 then new.id := new.id + 100; end if;
            return new;
            """)
        .run(
            "insert into t values (14, 1, 'moved'), (15, 1, 'suppressed'), (16, 1, 'upper')",
            "update t set b = 'changed'",
            "insert into t values (4, 1, 'x'), (5, 1, 'y'), (17, 1, 'z')"
                + " on conflict (id) do update set b = 'conflict'",
            "delete from t where id < 4",
            "delete from t where id = 1");

    assertThat(trial.rows("select b from t where id = 1")).containsExactly("CHANGED");
  }

  @Test
  void aTriggerMayUpdateTheRowThatFiredIt() throws Exception {
    givenTrigger(
            "!a",
            "after insert or update of a on t for each row",
            "update t set b = b || '!' where id = new.id; return null;")
        .run(
            "insert into t values (10, 1, 'ten'), (11, 1, 'eleven')",
            "update t set a = 0 where id < 4",
            "update t set id = id + 50, a = 1 where id in (4, 5)",
            "insert into t values (6, 1, 'x'), (12, 1, 'y') on conflict (id) do update set a = 2");
  }

  @Test
  void aTriggerMayChangeOtherRowsOfTheStatement() throws Exception {
    givenTrigger(
            "!a",
            "after insert or update of a or delete on t for each row",
            """
            if tg_op = 'DELETE' then
              update t set b = 'neighbour of ' || old.id where id between old.id - 1 and old.id + 1;
            else
              update t set b = new.id || ' was here', id = id + 0
                where id between new.id - 1 and new.id + 1;
              delete from t where id = new.id + 2 and id % 3 = 0;
            end if;
            return null;
            """)
        .run(
            "insert into t select i, 1, 'new' from generate_series(11, 16) i",
            "update t set a = 2",
            "delete from t where id in (3, 4, 5)",
            "update t set id = id + 100, a = 3 where id < 12");
  }

  @Test
  void triggersThatFireBeforeOrAfterTheCaptureAndForStatementsArrive() throws Exception {
    for (var name : new String[] {"!first", "zz_last"}) {
      givenTrigger(
          name,
          "after insert or update of a or delete on t for each statement",
          "insert into audit (what) values ('"
              + name
              + " ' || tg_op);"
              + " update t set b = b || '"
              + name.charAt(0)
              + "' where id = 2; return null;");
    }
    trial.run(
        "insert into t values (21, 1, 'a'), (22, 1, 'b')",
        "update t set a = 1 where id < 5",
        "insert into t values (2, 1, 'a'), (23, 1, 'b') on conflict (id) do update set a = 5",
        "delete from t where id in (1, 3)",
        "update t set a = 1 where false");
  }

  @Test
  void aTriggerMayPutBackWhatWasDeleted() throws Exception {
    givenTrigger(
            "revive",
            "after delete on t for each row when (old.id % 2 = 1)",
            "insert into t values (old.id, -1, 'revived'); return null;")
        .run("delete from t where id < 6", "delete from t", "delete from t")
        .together("delete from t where id = 3", "update t set a = 7 where id = 3");
  }

  @Test
  void triggersMayFireOneAnother() throws Exception {
    givenTrigger(
        "deep",
        "after update of a on t for each row when (new.a > 0)",
        "update t set a = new.a - 1 where id = new.id % 9 + 1;"
            + " insert into audit (what) values (new.id || '/' || new.a); return null;");
    givenTrigger(
            "echo",
            "after insert on audit for each row",
            "update t set b = new.what where id = 1; return null;")
        .run("update t set a = 12 where id = 3", "update t set a = 4 where id in (1, 2)");
  }

  @Test
  void aDeferredConstraintTriggerMayWriteWhenItsTransactionCommits() throws Exception {
    trial
        .given(
            "create function late() returns trigger language plpgsql as $$ begin"
                + " insert into audit (what) values ('late ' || new.id);"
                + " update t set b = 'at commit' where id = new.id; return null; end $$",
            "create constraint trigger late after insert or update of a on t"
                + " deferrable initially deferred for each row execute function late()")
        .run("insert into t values (31, 1, 'x')")
        .together(
            "update t set a = 1 where id < 4",
            "update t set b = 'before commit'",
            "delete from t where id = 2");
  }

  @Test
  void foreignKeysThatCascadeArrive() throws Exception {
    trial
        .given(
            "create table p (id int primary key, b text)",
            "create table c (id int primary key, p int references p on delete cascade"
                + " on update cascade, q int default 1 references p on delete set null"
                + " on update set default, b text)",
            "create table g (c int references c on delete cascade on update cascade, n int,"
                + " primary key (c, n))")
        .track("p", "c", "g")
        .run(
            "insert into p select i, 'p' from generate_series(1, 9) i",
            "insert into c select i, i / 3 + 1, i / 2 + 1, 'c' from generate_series(1, 16) i",
            "insert into g select i, n from generate_series(1, 16) i, generate_series(1, 3) n",
            "update p set id = id + 20 where id = 2",
            "update c set id = -id where id < 9",
            "delete from p where id in (3, 4)",
            "update p set id = id + 100 where id > 4")
        .together("delete from p where id > 105", "insert into c values (50, 1, 1, 'new')")
        .run("with gone as (delete from p where id = 22) insert into c values (60, 1, 1, 'x')")
        .run("delete from p where id > 1", "delete from p");
  }

  @Test
  void aTreeThatCascadesArrives() throws Exception {
    trial
        .given(
            "create table node (id int primary key, parent int references node on delete cascade"
                + " on update cascade, friend int references node on delete set null"
                + " on update cascade)")
        .track("node")
        .run(
            "insert into node select i, nullif(i / 2, 0), nullif(i % 5, 0) from generate_series(1, 40) i",
            "update node set id = 102 where id = 2",
            "delete from node where id = 3",
            "delete from node where id in (4, 5)",
            "delete from node");
  }

  @Test
  void triggersOfCascadingTablesArrive() throws Exception {
    trial.given(
        "create table p (id int primary key, children int default 0)",
        "create table c (id int primary key, p int references p on delete cascade, b text)");
    trial.track("p", "c");
    givenTrigger(
        "tally",
        "after insert or delete on c for each row",
        "update p set children = (select count(*) from c where c.p = p.id)"
            + " where id = coalesce(new.p, old.p); return null;");
    givenTrigger(
            "adopt",
            "before delete on c for each row when (old.id % 4 = 0)",
            "insert into c values (old.id + 100, null, 'adopted'); return old;")
        .run(
            "insert into p select i from generate_series(1, 5) i",
            "insert into c select i, i % 5 + 1, 'c' from generate_series(1, 30) i",
            "delete from c where id in (3, 4)",
            "delete from p where id in (2, 3)",
            "update c set p = null, b = 'orphan' where p = 4",
            "delete from p");
  }
}
