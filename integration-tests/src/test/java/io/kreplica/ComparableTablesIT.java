package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which tables verification can compare, in which order of keys, and what it says of others. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ComparableTablesIT {

  private final PostgresVersion version;

  ComparableTablesIT(PostgresVersion version) {
    this.version = version;
  }

  /** A table of these columns on both sides, of which the master has rows. */
  private Mirror of(String master, String slave, String rows) throws Exception {
    var mirror = Mirror.on(version);
    mirror.master().execute("create table t (" + master + ")", "insert into t " + rows);
    mirror.onSlaves("create table t (" + slave + ")");
    return mirror.track("t").settle();
  }

  private static String verify(Mirror mirror, String how) throws Exception {
    mirror.master().execute("select replica.verify('t', rows_per_range => 7" + how + ")");
    mirror.settle();
    return Verdicts.of(mirror.slave(), "public.t");
  }

  private static void assertDamageIsFound(Mirror mirror, String how) throws Exception {
    for (var place : new String[] {"min", "max"}) {
      mirror
          .slave()
          .execute("delete from t where ctid = (select " + place + "(ctid::text)::tid from t)");
      assertThat(verify(mirror, how)).isEqualTo("differs");
      assertThat(
              mirror
                  .slave()
                  .rows(
                      "select count(*), sum(master_rows - slave_rows) from replica.differing_range"))
          .containsExactly("1|1");
      mirror.master().execute("select replica.copy('t')");
      mirror.settle();
      assertThat(verify(mirror, how)).isEqualTo("equal");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "k text collate \"de-x-icu\"; case when i % 2 = 0 then 'Ä' else 'a' end || i",
        "k varchar(20) collate \"C\"; chr(60 + i % 40) || i",
        "k char(9); 'x' || i",
        "k timestamptz; timestamptz '1999-12-31 23:00:00+02' + i * interval '11 hours'",
        "k numeric(8,3); i / 3.0",
        "k bytea; sha256(i::text::bytea)",
        "k uuid; md5(i::text)::uuid",
        // Of these every server may have its own order
        "k mood; (array['sad','ok','happy']::mood[])[i]",
        "k int[]; array[i, -i]",
        "k int4range; int4range(i, i + 3)",
        "k word; 'w' || i",
        "k pair; (i % 3, 'p' || i)::pair",
      })
  void keysOfAnyTypeAreComparedInAnOrderThatBothSidesHave(String column, String value)
      throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth(
              "create type mood as enum ('sad', 'ok', 'happy')",
              "create domain word as text collate \"C\"",
              "create type pair as (a int, b text)")
          .onBoth("create table t (" + column + " primary key, v text)")
          .master()
          .execute(
              "insert into t select "
                  + value
                  + ", 'v' from generate_series(1, "
                  + (column.contains("mood") ? 3 : 30)
                  + ") i");
      mirror.track("t").settle();

      assertThat(verify(mirror, "")).isEqualTo("equal");
      assertThat(verify(mirror, ", by_text => true")).isEqualTo("equal");
      assertDamageIsFound(mirror, "");
      assertDamageIsFound(mirror, ", by_text => true");
    }
  }

  @Test
  void enumsThatSortOtherwiseOnTheSlaveAreNoDifference() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.master().execute("create type mood as enum ('a', 'b', 'c', 'd')");
      mirror.slave().execute("create type mood as enum ('d', 'b', 'c', 'a')");
      mirror
          .onBoth("create table t (k mood, n int, primary key (k, n))")
          .master()
          .execute(
              "insert into t select k, i from unnest(enum_range(null::mood)) k,"
                  + " generate_series(1, 9) i");
      mirror.track("t").settle();

      assertThat(verify(mirror, "")).isEqualTo("equal");
      assertDamageIsFound(mirror, "");
    }
  }

  @Test
  void textsThatSortOtherwiseOnTheSlaveAreNoDifferenceAndComparedByTextOnRequest()
      throws Exception {
    try (var mirror =
        of(
            "k text collate \"de-x-icu\" primary key",
            "k text collate \"C\" primary key",
            "select chr(60 + i % 60) || i from generate_series(1, 100) i")) {
      assertThat(verify(mirror, ""))
          .startsWith(
              "not compared: its key is sorted otherwise here, k as text C, on the master as")
          .contains("text icu de")
          .endsWith("verify it by_text => true");

      assertThat(verify(mirror, ", by_text => true")).isEqualTo("equal");
      assertDamageIsFound(mirror, ", by_text => true");
    }
  }

  @Test
  void databasesOfOtherEncodingsAreCompared() throws Exception {
    var server = SharedPostgres.of(version);
    var master = MasterFixture.on(server);
    master.execute(
        "create database latin encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
    try (var mirror = Mirror.between(master, SlaveFixture.in(server, "latin"))) {
      mirror
          .onBoth("create table t (k text primary key, v text)")
          .master()
          .execute(
              "insert into t select chr(230 + i) || i, repeat('é', 990 + i) from"
                  + " generate_series(1, 20) i");
      mirror.track("t").settle();

      assertThat(verify(mirror, ", by_text => true")).isEqualTo("equal");
      assertDamageIsFound(mirror, ", by_text => true");
    }
  }

  @Test
  void partitionedTablesAreComparedHoweverTheSlaveIsPartitioned() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .master()
          .execute(
              "create table t (id int primary key, v text) partition by hash (id)",
              "create table t0 partition of t for values with (modulus 2, remainder 0)",
              "create table t1 partition of t for values with (modulus 2, remainder 1)",
              "insert into t select i, 'v' from generate_series(1, 50) i");
      mirror.onSlaves(
          "create table t (id int primary key, v text) partition by range (id)",
          "create table low partition of t for values from (minvalue) to (20)",
          "create table high partition of t for values from (20) to (maxvalue)");
      mirror.track("t").settle();

      assertThat(verify(mirror, "")).isEqualTo("equal");
      mirror.slave().execute("delete from low where id = 19");
      assertThat(verify(mirror, "")).isEqualTo("differs");
      assertThat(mirror.slave().rows("select from_key, to_key from replica.differing_range"))
          .containsExactly("{\"id\": \"14\"}|{\"id\": \"21\"}");
    }
  }

  @Test
  void ofATableThatOthersInheritFromItsOwnRowsAreCompared() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth(
              "create table t (id int primary key)",
              "create table heir (primary key (id)) inherits (t)")
          .onSlaves(
              "create table of_the_slave (primary key (id)) inherits (t)",
              "insert into of_the_slave values (3), (77)")
          .track("t", "heir")
          .master()
          .execute(
              "insert into t select generate_series(1, 20)",
              "insert into heir select generate_series(11, 30)");
      mirror.settle();

      assertThat(verify(mirror, "")).isEqualTo("equal");
      mirror.slave().execute("delete from only t where id = 12");
      assertThat(verify(mirror, "")).isEqualTo("differs");
    }
  }

  @Test
  void generatedColumnsAndNamesOfThingsAreLeftOut() throws Exception {
    try (var mirror =
        of(
            "id int primary key, n int generated always as (id * 2) stored, r regclass",
            "id int primary key, n int generated always as (id * 3) stored, r regclass",
            "select i, default, 'pg_class' from generate_series(1, 9) i"
                .replace("select i, default,", "(id, r) select i,"))) {
      assertThat(verify(mirror, "")).isEqualTo("equal");
      assertThat(mirror.slave().rows("select n from t where id = 2")).containsExactly("6");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "alter table t drop column n; column n is missing here",
        "alter table t alter n type numeric(9,4); column n is of type numeric(9,4) here and numeric(8,2) on the master",
        "alter table t drop column n, add column n numeric(8,2) generated always as (id) stored; column n is generated here",
        "alter table t rename to other; the slave has no table public.t",
        "alter table t alter id type text; column id is of type text here and integer on the master",
      })
  void whatCannotBeComparedIsNamedAndHoldsUpNothing(String ddl, String reason) throws Exception {
    try (var mirror =
        of(
            "id int primary key, n numeric(8,2)",
            "id int primary key, n numeric(8,2)",
            "select i, i from generate_series(1, 20) i")) {
      mirror.onBoth("create table u (id int primary key)").track("u").settle();
      mirror.slave().execute(ddl);
      mirror.master().execute("insert into u values (1)");

      assertThat(verify(mirror, "")).isEqualTo("not compared: " + reason);
      mirror.assertEqual("u");
    }
  }

  @Test
  void aNumberWithoutScaleKeepsWhatTheMasterHas() throws Exception {
    try (var mirror =
        of(
            "id int primary key, n numeric(8,2), a numeric(8,2)[]",
            "id bigint primary key, n numeric, a numeric[]",
            "select i, i, array[i] from generate_series(1, 20) i")) {
      assertThat(verify(mirror, "")).isEqualTo("equal");
      assertDamageIsFound(mirror, "");
    }
  }

  @Test
  void aTableWhoseCopyIsNotCompleteIsNotCompared() throws Exception {
    try (var mirror =
        of("id int primary key", "id int primary key", "select generate_series(1, 20)")) {
      mirror
          .slave()
          .execute("update replica.slave_table set copy_ended_at = null", "delete from t");
      mirror.restartSink(0);

      assertThat(verify(mirror, "")).isEqualTo("not compared: its copy is not complete");

      mirror.master().execute("select replica.copy('t')");
      assertThat(verify(mirror, "")).isEqualTo("equal");
    }
  }

  @Test
  void whatTheMasterCannotReadIsSaidAndHoldsUpNothing() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key)").track("t").settle();
      // A digest that fails: nobody may do this, but what fails for other reasons must fail so too.
      mirror
          .master()
          .execute(
              "create or replace function replica.digest_range(relation regclass, keys text[],"
                  + " columns text[], by_text boolean, from_key jsonb, to_key jsonb)"
                  + " returns table (\"rows\" bigint, digest text) language plpgsql as"
                  + " 'begin raise ''secret''; end'",
              "insert into t values (1)");

      assertThat(verify(mirror, ""))
          .isEqualTo(
              "not compared: the master could not read it (SQLSTATE P0001); the log of the source's"
                  + " worker says why");
      mirror.assertEqual("t");
    }
  }

  @Test
  void whatTheSlaveCannotComputeIsSaidAndHoldsUpNothing() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth("create table t (id int primary key)").track("t").settle();
      mirror
          .slave()
          .execute(
              "create or replace function replica.digest_range(relation regclass, keys text[],"
                  + " columns text[], by_text boolean, from_key jsonb, to_key jsonb)"
                  + " returns table (\"rows\" bigint, digest text) language plpgsql as"
                  + " 'begin raise ''secret''; end'");
      mirror.master().execute("insert into t values (1)");

      assertThat(verify(mirror, ""))
          .isEqualTo(
              "not compared: computing it failed: an exception raised by a function (SQLSTATE P0001)");
      mirror.assertEqual("t");
    }
  }

  @Test
  void aTableThatBothSidesWriteIsNotCompared() throws Exception {
    try (var mirror = of("id int primary key", "id int primary key", "values (1)")) {
      try (var other = MasterFixture.in(SharedPostgres.of(version), mirror.slave().database())) {
        other.execute("select replica.track('t', copy => false)", "insert into t values (2)");
        assertThat(verify(mirror, ""))
            .isEqualTo(
                "not compared: it is tracked here too and not cascading, so that what is written"
                    + " here may not be on the master yet");

        other.execute("select replica.track('t', copy => false, cascading => true)");
        assertThat(verify(mirror, "")).isEqualTo("differs");
      }
    }
  }

  @Test
  void timesThatConnectCutsOffAreLeftOut() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("type.mapping", "connect")
          .onBoth(
              "create table t (id int primary key, t timestamp, ts timestamptz[], m time, d date,"
                  + " s timestamp(3))")
          .master()
          .execute(
              "insert into t select i, '2000-01-01 00:00:00.123456', array[now()],"
                  + " '12:00:00.654321', '2000-01-01', '2000-01-01 00:00:00.123' from"
                  + " generate_series(1, 9) i");
      mirror.track("t").settle();

      assertThat(verify(mirror, "")).isEqualTo("equal");
      assertThat(digestedColumns(mirror)).isEqualTo("[id, d, s]");
      mirror.slave().execute("update t set s = s + interval '1 ms' where id = 4");
      assertThat(verify(mirror, "")).isEqualTo("differs");
    }
  }

  private static String digestedColumns(Mirror mirror) throws SQLException {
    var last = mirror.sent().stream().filter(r -> r.value() != null).toList();
    for (var i = last.size() - 1; i >= 0; i--) {
      if (last.get(i).valueSchema().name().equals("io.kreplica.RangeDigest")) {
        return ((Struct) last.get(i).value()).get("columns").toString();
      }
    }
    throw new AssertionError("No digest was sent");
  }
}
