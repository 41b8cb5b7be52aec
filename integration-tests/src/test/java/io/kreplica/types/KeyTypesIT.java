package io.kreplica.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.Mirror;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresVersion;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys whose equality is not that of their texts. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class KeyTypesIT {

  private final PostgresVersion version;

  KeyTypesIT(PostgresVersion version) {
    this.version = version;
  }

  @Test
  void aKeyWrittenInOneTimeZoneAndDeletedInAnotherIsGone() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (k timestamptz primary key)").track("t").settle();

      mirror
          .master()
          .execute(
              "set timezone = 'America/St_Johns'",
              "insert into t values ('2020-01-01 00:00:00+00'), ('2020-01-02 00:00:00+00')",
              "set timezone = 'UTC'",
              "delete from t where k = '2020-01-01 00:00:00+00'");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void anInstantInAKeyHasOneTextWhateverTheTimeZone() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (k timestamptz primary key, v text)").track("t").settle();

      mirror
          .master()
          .execute(
              "set timezone = 'America/St_Johns'",
              "insert into t values ('2020-01-01 00:00:00+00')",
              "set timezone = 'UTC'",
              "update t set v = 'changed'");
      mirror.settle().assertEqual();

      assertThat(TaskRun.data(mirror.sent()))
          .extracting(record -> ((Struct) record.key()).get("k"))
          .containsOnly("2020-01-01T00:00:00+00:00")
          .hasSize(2);
    }
  }

  @Test
  void keysOfExtensionsTypesAreCopiedChangedAndDeleted() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("snapshot.chunk.rows", "2")
          .onBoth(
              "create schema ext",
              "create extension citext schema ext",
              "create extension ltree schema ext",
              "create extension hstore schema ext",
              "create table c (k ext.citext primary key, v int)",
              "create table l (k ext.ltree primary key, v int)",
              "create table h (k ext.hstore, v int, primary key (k, v))",
              "create table m (a int, k ext.citext, b timestamptz, v int, primary key (a, k, b))");
      mirror
          .master()
          .execute(
              "insert into c select x, 1"
                  + " from unnest(array['b', 'A', 'a1', 'B2', 'C', 'd', 'Z', 'ä']) x",
              "insert into l select x::ext.ltree, 1"
                  + " from unnest(array['a', 'a.b', 'a.b.c', 'B', 'a_b', 'A', 'z.y.x']) x",
              "insert into h select ext.hstore('a \"=>', x), 1"
                  + " from unnest(array['1', null, 'NULL', ',', '''']) x",
              "insert into m select i % 3, x, now() + i * interval '1 day', 1"
                  + " from generate_series(1, 4) i, unnest(array['b', 'A', 'B2', 'a1', 'Z']) x");
      mirror.track("c", "l", "h", "m").settle().assertEqual();

      mirror
          .master()
          .execute(
              "set search_path = public, ext",
              "update c set k = 'D' where k = 'D'",
              "update c set k = 'new' where k = 'a'",
              "update c set v = 2",
              "delete from c where k = 'Z'",
              "update l set k = k || 'tail', v = 2",
              "delete from l where k = 'a.tail'",
              "update h set v = 2",
              "delete from h where k -> 'a \"=>' = ','",
              "update m set k = upper(k::text)::citext, v = 2");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void keysOfAnyTypeAreFoundByTheCarefulPath() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth(
              "create extension citext",
              "create extension ltree",
              "create type pair as (x int, y text)",
              "create table c (k citext primary key, v int)",
              "create table l (k ltree primary key, v int)",
              "create table a (k int[] primary key, v int)",
              "create table p (k pair primary key, v int)")
          .track("c", "l", "a", "p")
          .settle();
      mirror
          .master()
          .execute(
              "create table bell (i int)",
              """
              create function change() returns trigger language plpgsql as $$
              begin
                  insert into c values ('a', 1), ('B', 1);
                  update c set k = 'A', v = 2 where k = 'a';
                  insert into l values ('a', 1), ('a.b', 1);
                  update l set k = 'a.c', v = 2 where k = 'a';
                  insert into a values ('[2:4]={1,2,3}', 1), ('{1,2,3}', 1), ('{}', 1);
                  update a set k = '[-1:0]={1,2}', v = 2 where v = 1 and array_lower(k, 1) = 2;
                  insert into p values (row(null, null), 1), (row(1, 'x'), 1), (row(2, 'x'), 1);
                  update p set k = row(3, 'y"'), v = 2 where (k).x = 1;
                  return null;
              end
              $$""",
              "create trigger change after insert on bell for each row execute function change()",
              "insert into bell values (1)");
      mirror.settle().assertEqual();

      mirror
          .master()
          .execute(
              "create or replace function change() returns trigger language plpgsql as $$ begin"
                  + " delete from c where k = 'a'; delete from l where k = 'a.c';"
                  + " delete from a where v = 2; delete from p where (k).x = 3 or k is null;"
                  + " return null; end $$",
              "insert into bell values (2)");
      mirror.settle().assertEqual();
    }
  }

  @Test
  void keysThatAreEqualUnderDifferentTextsAreOneRow() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("snapshot.chunk.rows", "2")
          .onBoth(
              "create collation ci"
                  + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
              "create collation german (provider = icu, locale = 'de')",
              "create domain word as text collate \"C\"",
              "create type mood as enum ('sad, or so', '\"ok\"', 'glücklich', '')",
              "create domain checked as mood check (value is not null)",
              "create table t (k text collate ci primary key, v text collate german)",
              "create table n (k numeric primary key, v int)",
              "create table f (k float8 primary key, v int)",
              "create table w (k word collate german primary key, v int)",
              "create table e (k checked, v checked, primary key (k, v))",
              "create table r (k numrange primary key, v int)",
              "create table b (k char(5) primary key, v int)");
      mirror
          .master()
          .execute(
              "insert into t values ('a', 1), ('B', 1), ('c', 1), ('D', 1), ('é', 1)",
              "insert into n values (1.0, 1), (2, 1), ('NaN', 1), (-1.10, 1)",
              "insert into f values ('-0', 1), ('NaN', 1), ('Infinity', 1), (1e-310, 1)",
              "insert into w values ('a', 1), ('B', 1), ('ä', 1), ('z', 1), ('', 1)",
              "insert into e select x, y from unnest(enum_range(null::mood)) x,"
                  + " unnest(enum_range(null::mood)) y",
              "insert into r values ('empty', 1), ('[1.0,2)', 1), ('(,)', 1), ('(3,)', 1)",
              "insert into b values ('a', 1), ('a  b', 1), ('', 1)");
      mirror.track("t", "n", "f", "w", "e", "r", "b").settle().assertEqual();

      mirror
          .master()
          .execute(
              "begin",
              "update t set k = upper(k)",
              "delete from t where k = 'b'",
              "insert into t values ('b', 2)",
              "delete from t where k = 'C'",
              "update n set k = 1.000 where k = 1",
              "delete from n where k = 2.00",
              "insert into n values (2.000, 2)",
              "delete from n where k = -1.1",
              "update f set k = 0 where k = 0",
              "delete from f where k = 1e-310",
              "update w set k = upper(k)",
              "update r set k = '[1,2.00)' where k = '[1,2)'",
              "delete from r where k = '(3.0,)'",
              "update b set k = 'c' where k = 'a '",
              "delete from b where k = '  '",
              "delete from e where k::mood = '' or v::mood = '\"ok\"'",
              "commit");
      mirror.settle().assertEqual();
    }
  }
}
