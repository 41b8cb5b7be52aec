package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import java.sql.SQLException;
import java.util.List;

/** A master of tables of every kind, and what becomes of one that is not the one it was. */
final class RestoredMaster {

  static final List<String> TABLES =
      List.of("plain", "child", "ranged", "parent", "heir", "audited", "handed_on");

  static final String DDL =
      """
      create table plain (gone int, id int, v text, tags text[], f float8, primary key (id));
      alter table plain drop column gone;
      create table child (id int primary key, plain int references plain on delete cascade on update cascade);
      create table ranged (id int primary key, v text) partition by range (id);
      create table ranged_low partition of ranged for values from (0) to (100);
      create table ranged_high partition of ranged for values from (100) to (200) partition by list (id);
      create table ranged_leaf partition of ranged_high default;
      create table parent (id int primary key, v text);
      create table heir (primary key (id)) inherits (parent);
      create table audited (id int generated always as identity primary key, v text);
      create table handed_on (gone int, id int primary key, twin uuid not null unique default gen_random_uuid(), v text);
      alter table handed_on drop column gone;
      create function touch() returns trigger language plpgsql set search_path = public as $$
      begin
          update plain set v = v || 't' where id = new.id - 1;
          return null;
      end
      $$;
      create trigger touch after insert on plain for each row execute function touch();
      """;

  private RestoredMaster() {}

  /** Tracks the tables, and leaves behind what was tracked and is gone. */
  static void track(MasterFixture master) throws SQLException {
    master.execute(
        "create table dropped (id int primary key)",
        "select replica.track('dropped')",
        "drop table dropped",
        "select replica.track(t::regclass) from unnest('{plain,child,ranged,parent,heir}'::text[]) t",
        "select replica.track('audited', old_image => true)",
        "select replica.track('handed_on', cascading => true)");
  }

  /**
   * The source refuses it, with and without an offset, until its log is begun anew; then the slave
   * of the master before follows it.
   */
  static void goesOnWithANewLog(MasterFixture restored, Mirror before, String refusal)
      throws Exception {
    write(restored);
    var sent = before.sent();
    assertRefused(TaskRun.first(restored.settings()), refusal);
    assertRefused(TaskRun.behind(restored.settings(), sent.get(sent.size() - 1)), refusal);

    // As install.sql does: keys are found by their names, although columns have other numbers now.
    restored.execute("call replica.renew()");
    assertThat(
            restored.value(
                "select key_names from replica.tracked_table where name = 'public.handed_on'"))
        .isEqualTo("{id}");
    assertThat(restored.value("select replica.restart_log()")).contains("a new topic");
    write(restored);
    try (var mirror = Mirror.between(restored, before.slave()).topic("again")) {
      mirror.settle().assertEqual();
      before.slave().execute("delete from replica.replica_position where topic = 'test'");
      write(restored);
      mirror.settle().assertEqual();
      assertThat(before.slave().rows("select from replica.slave_status where state <> 'complete'"))
          .isEmpty();
      assertThat(restored.rows("select reason from replica.copy_request where reason <> 'initial'"))
          .isEmpty();
      assertThat(restored.value("select tracked_tables, tables_to_renew from replica.status"))
          .isEqualTo(TABLES.size() + "|0");
    }
  }

  private static void assertRefused(TaskRun source, String refusal) {
    try (source) {
      assertThatThrownBy(source::untilIdle)
          .hasMessageContaining(refusal)
          .hasMessageContaining("select replica.restart_log()");
    }
  }

  /** Changes of every table, in both forms of capture and both paths. */
  static void write(MasterFixture master) throws SQLException {
    master.execute(
        "insert into plain select max(id) + 1, 'a', '{a}', 0.1 from (select 0 as id union all select"
            + " id from plain) ids",
        "insert into child select id, id from plain on conflict do nothing",
        "delete from plain where id % 5 = 0",
        "update plain set id = (select min(id) - 1 from plain) where id = (select max(id) from plain)",
        "insert into ranged select 98 + count(*), 'a' from ranged",
        "update ranged set v = v || 'b' where id % 2 = 0",
        "insert into heir select count(*), 'a' from heir",
        "update parent set v = v || 'b'",
        "insert into audited (v) values ('a')",
        "update audited set v = v || 'b'",
        "insert into handed_on (id, v) select count(*), 'a' from handed_on");
  }
}
