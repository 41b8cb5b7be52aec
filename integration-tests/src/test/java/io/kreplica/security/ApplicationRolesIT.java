package io.kreplica.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.Mirror;
import io.kreplica.stack.PostgresVersion;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** Applications write to tracked tables without any right on schema replica. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ApplicationRolesIT {

  private static final String[] TABLES = {
    "create table plain (id serial primary key, v text, tags text[])",
    // Foreign keys and triggers change rows: the careful path.
    "create table tree (id int primary key, parent int references tree on delete cascade, v text)",
    "create table audited (id int primary key, v text)",
    "create table event (id int, day int, v text, primary key (id, day)) partition by range (day)",
    "create table event_1 partition of event for values from (0) to (10)",
    "create table event_2 partition of event default"
  };

  private static final String[] MASTER_ONLY = {
    "create function touch() returns trigger language plpgsql as $$ begin"
        + " update tree set v = v || '!' where id = old.id; return null; end $$",
    "create trigger touch after update of parent on tree for each row execute function touch()",
    "do $$ begin if to_regrole('shop_app') is null then create role shop_app; end if; end $$",
    "grant select, insert, update, delete, truncate on plain, tree, audited, event, event_1, event_2"
        + " to shop_app",
    "grant usage on sequence plain_id_seq to shop_app",
    "grant create on schema public to shop_app"
  };

  private static final String[] ATTEMPTS = {
    "select * from replica.replica_log",
    "insert into replica.replica_log (table_id, op) values (1, 'T')",
    "delete from replica.replica_log",
    "select * from replica.status",
    "select * from replica.read_chunk(1, null, 10, 1000)",
    "select replica.untrack('plain')",
    "select replica.track('plain')",
    "select replica.copy('plain')",
    "select replica.execute('drop table plain')",
    "select replica.attend(1)",
    "select replica.restart_log()",
    "select replica.trust('shop_app')",
    "call replica.renew()",
    "create trigger t after insert on mine execute function replica.log_truncate(1)"
  };

  private final PostgresVersion version;
  private Mirror mirror;

  ApplicationRolesIT(PostgresVersion version) {
    this.version = version;
  }

  @BeforeEach
  void createTables() throws SQLException {
    mirror = Mirror.on(version).onBoth(TABLES).track("plain", "tree", "event");
    mirror.master().execute(MASTER_ONLY);
    mirror.master().execute("select replica.track('audited', old_image => true)");
  }

  @AfterEach
  void close() throws SQLException {
    mirror.master().execute("reset role", "drop owned by shop_app");
    mirror.close();
  }

  @Test
  void everyKindOfStatementIsLoggedForARoleWithoutRightsOnTheLog() throws Exception {
    mirror.settle();
    mirror
        .master()
        .execute(
            "set role shop_app",
            "insert into plain (v, tags) select 'v' || i, array['a', null] from generate_series(1, 9) i",
            "insert into plain (id, v) values (1, 'again') on conflict (id) do update set v = 'upserted'",
            "update plain set v = 'changed' where id > 5",
            "update plain set id = id + 100 where id in (8, 9)",
            "with gone as (delete from plain where id = 2 returning v)"
                + " insert into plain (v) select v from gone",
            "do $$ begin insert into plain (v) values ('kept');"
                + " begin insert into plain (v) values ('undone'); raise exception 'x';"
                + " exception when others then null; end; end $$",
            "insert into tree values (1, null, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, null, 'd')",
            "update tree set parent = 4 where id = 3",
            "delete from tree where id = 1",
            "insert into audited values (1, 'a'), (2, 'b')",
            "update audited set v = 'c', id = 3 where id = 2",
            "delete from audited where id = 1",
            "insert into event select i, i, 'e' from generate_series(1, 19) i",
            "update event set day = 19 - day",
            "delete from event_2 where id = 1",
            "truncate event_1");
    copyIn("plain (v) from stdin", "copied\n");
    if (version != PostgresVersion.OLDEST) {
      mirror
          .master()
          .execute(
              "merge into plain p using (values (3), (999)) s (id) on p.id = s.id"
                  + " when matched then update set v = 'merged'"
                  + " when not matched then insert (id, v) values (s.id, 'merged')");
    }
    mirror.master().execute("reset role");
    mirror.settle().assertEqual();

    mirror
        .master()
        .execute(
            "set role shop_app",
            "truncate plain, event",
            "insert into plain (v) values ('last')",
            "reset role");
    mirror.settle().assertEqual();
  }

  private void copyIn(String what, String rows) throws SQLException, IOException {
    var copies = mirror.master().session().unwrap(PGConnection.class).getCopyAPI();
    copies.copyIn("copy " + what, new StringReader(rows));
  }

  @Test
  void aRoleThatMayOnlyInsertNeedsNotSeeItsRows() throws Exception {
    mirror
        .master()
        .execute(
            "revoke all on tree, event, event_1, event_2 from shop_app",
            "grant insert on tree, event to shop_app",
            "create function nest() returns trigger language plpgsql security definer as $$ begin"
                + " update tree set v = 'nested' where id = new.id; return null; end $$",
            "create trigger nest after insert on tree for each row execute function nest()",
            "set role shop_app",
            "insert into tree values (1, null, 'a')",
            "insert into event values (1, 1, 'a')",
            "reset role");

    mirror.settle().assertEqual();
  }

  @Test
  void reachesNothingOfSchemaReplica() throws SQLException {
    mirror.master().execute("set role shop_app", "create table mine (id int)");
    assertEachIsDenied("for schema replica");

    // What stands behind the schema's own lock.
    mirror.master().execute("reset role", "grant usage on schema replica to shop_app");
    mirror.master().execute("set role shop_app");
    assertEachIsDenied("for");
    assertThat(mirror.master().rows("select count(*) from plain")).containsExactly("0");
  }

  private void assertEachIsDenied(String what) {
    for (var attempt : ATTEMPTS) {
      assertThatThrownBy(() -> mirror.master().execute(attempt))
          .as(attempt)
          .hasMessageContaining("permission denied " + what);
    }
  }
}
