package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes that go through views, their triggers, and rules. */
@ParameterizedClass
@EnumSource(TrialStage.class)
class ViewsAndRulesIT {

  private final TrialStage stage;
  private StatementTrial trial;

  ViewsAndRulesIT(TrialStage stage) {
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

  @Test
  void changesThroughAnUpdatableViewArriveAndItsCheckHolds() throws Exception {
    trial
        .given(
            "create view small as select id, a, b from t where a < 50 with cascaded check option",
            "create view smaller as select id, b from small where id < 5")
        .run(
            "insert into small values (20, 20, 'through the view')",
            "update small set b = 'small'",
            "update smaller set b = upper(b), id = -id",
            "delete from smaller where id = -2");

    assertThatThrownBy(() -> trial.run("update small set a = 60")).hasMessageContaining("check");
    trial.compare();
  }

  @Test
  void changesByInsteadOfTriggersArrive() throws Exception {
    trial
        .given(
            "create view v as select id, a || b as ab from t",
            """
            create function on_view() returns trigger language plpgsql as $$
            begin
              if tg_op = 'INSERT' then
                insert into t values (new.id, 0, new.ab)
                  on conflict (id) do update set b = excluded.b;
                return new;
              elsif tg_op = 'UPDATE' then
                update t set id = new.id, b = new.ab where id = old.id;
                return new;
              end if;
              delete from t where id = old.id;
              insert into audit (what) values ('deleted ' || old.id);
              return old;
            end $$
            """,
            "create trigger on_view instead of insert or update or delete on v"
                + " for each row execute function on_view()")
        .run(
            "insert into v values (30, 'new'), (1, 'again')",
            "update v set ab = 'changed', id = id + 40 where id in (2, 3)",
            "delete from v where id > 5",
            "insert into v values (7, 'x'), (7, 'y')");
  }

  @Test
  void whatRulesDoBesideArrives() throws Exception {
    trial
        .given(
            "create rule noted as on update to t where new.a <> old.a"
                + " do also insert into audit (what) values ('a of ' || old.id)",
            "create rule added as on insert to t"
                + " do also update t set b = b || '+' where id = new.id - 1")
        .run(
            "update t set a = a + 1 where id < 4",
            "insert into t values (10, 0, 'ten'), (11, 0, 'eleven')",
            "update t set b = 'same a'");
  }

  @Test
  void whatRulesDoInsteadArrives() throws Exception {
    trial
        .given(
            "create rule kept as on delete to t where old.id < 5"
                + " do instead update t set b = 'marked as deleted' where id = old.id",
            "create rule none as on insert to audit where new.what = 'nothing' do instead nothing")
        .run(
            "delete from t where id in (3, 4, 6)",
            "delete from t",
            "insert into audit (what) values ('nothing'), ('something')");

    assertThat(trial.rows("select count(*) from t where b like 'marked%'")).containsExactly("4");
  }
}
