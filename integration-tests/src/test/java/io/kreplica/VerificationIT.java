package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code replica.verify} finds on a slave that was damaged, and on one that was not. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class VerificationIT {

  private final PostgresVersion version;

  VerificationIT(PostgresVersion version) {
    this.version = version;
  }

  /** Rows 10, 20, … on both sides, of which ten make a range. */
  private Mirror ofRows(int rows) throws Exception {
    var mirror = Mirror.on(version);
    mirror.onBoth("create table t (id int primary key, v text, n numeric)");
    mirror
        .master()
        .execute(
            "insert into t select i * 10, 'v' || i, i from generate_series(1, " + rows + ") i");
    return mirror.track("t").settle();
  }

  private static void verify(Mirror mirror) throws Exception {
    mirror.master().execute("select replica.verify('t', rows_per_range => 10)");
    mirror.settle();
  }

  private static String verdict(Mirror mirror, String table) throws SQLException {
    return Verdicts.of(mirror.slave(), table);
  }

  private static List<String> differences(Mirror mirror) throws SQLException {
    return mirror
        .slave()
        .rows(
            "select from_key->>'id', to_key->>'id', master_rows, slave_rows"
                + " from replica.differing_range order by (from_key->>'id')::int nulls first");
  }

  @Test
  void tablesThatTheSinkDoesNotTakeAreNeitherVerifiedNorRepaired() throws Exception {
    try (var mirror = ofRows(3)) {
      mirror.onBoth("create table u (id int primary key)", "create table w (id int primary key)");
      mirror.track("u").settle();
      mirror.slave().execute("insert into u values (1)", "insert into w values (1)");
      mirror.master().execute("select replica.verify('u')");
      mirror.settle();
      assertThat(verdict(mirror, "public.u")).isEqualTo("differs");
      var before = mirror.slave().rows("select * from replica.verification order by 1");

      mirror.sink("tables", "public.t").restartSink(0);
      mirror
          .master()
          .execute(
              "select replica.track('w', copy => false)",
              "select replica.verify(t), replica.repair(t) from unnest('{u, w}'::regclass[]) t");
      mirror.settle();

      assertThat(mirror.slave().rows("select id from u union all select id from w"))
          .containsExactly("1", "1");
      // Of a table that was taken, what was found then; of one that never was, nothing.
      assertThat(mirror.slave().rows("select * from replica.verification order by 1"))
          .isEqualTo(before)
          .noneMatch(row -> row.contains("public.w"));
      verify(mirror);
      assertThat(verdict(mirror, "public.t")).isEqualTo("equal");
    }
  }

  @Test
  void aTableThatIsEqualIsFoundEqual() throws Exception {
    try (var mirror = ofRows(25)) {
      assertThat(verdict(mirror, "public.t")).isEqualTo("not verified");

      verify(mirror);

      assertThat(
              mirror
                  .slave()
                  .rows(
                      "select verdict, rows_verified, good_at is not null, good_snapshot::text ="
                          + " (select snapshot::text from replica.replica_position), to_narrow"
                          + " from replica.verification"))
          .containsExactly("equal|25|t|t|null");
      assertThat(mirror.slave().rows("select ranges from replica.verification_run"))
          .containsExactly("3");
    }
  }

  private static final List<String> DAMAGES =
      List.of(
          // Missing: the first row, one in the middle, the last of a range, the last of all
          "delete from t where id = 10; null|100|10|9",
          "delete from t where id = 150; 100|200|10|9",
          "delete from t where id = 200; 100|200|10|9",
          "delete from t where id = 250; 200|null|5|4",
          // Extra: before the first, between two, beyond the end
          "insert into t values (-5, 'x', 1); null|100|10|11",
          "insert into t values (105, 'x', 1); 100|200|10|11",
          "insert into t values (99999, 'x', 1); 200|null|5|6",
          // Changed: a value, to null, from a value that is written otherwise, the key
          "update t set v = 'V1' where id = 10; null|100|10|10",
          "update t set v = null where id = 150; 100|200|10|10",
          "update t set n = 20.0 where id = 200; 100|200|10|10",
          "update t set v = '' where id = 250; 200|null|5|5",
          "update t set id = 11 where id = 10; null|100|10|10",
          "update t set id = 205 where id = 200; 100|200|10|9 200|null|5|6",
          // Values that have changed places, as a sum of columns would not see
          "update t set v = 'v' || 31 - id / 10 where id in (150, 160); 100|200|10|10",
          // All of them
          "truncate t; null|100|10|0 100|200|10|0 200|null|5|0");

  @Test
  void everyDamageIsLocated() throws Exception {
    try (var mirror = ofRows(25)) {
      verify(mirror);
      for (var damageAndRanges : DAMAGES) {
        var damage = damageAndRanges.split("; ", 2)[0];
        mirror.slave().execute(damage);
        assertThat(verdict(mirror, "public.t")).as("before anybody looked").isEqualTo("equal");

        verify(mirror);

        assertThat(differences(mirror))
            .as(damage)
            .containsExactly(damageAndRanges.split("; ", 2)[1].split(" "));
        assertThat(verdict(mirror, "public.t")).isEqualTo("differs");

        mirror.slave().execute("truncate t");
        mirror.master().execute("select replica.copy('t')");
        mirror.settle();
        verify(mirror);
        assertThat(differences(mirror)).as("copied again after %s", damage).isEmpty();
        assertThat(verdict(mirror, "public.t")).isEqualTo("equal");
      }
    }
  }

  @Test
  void emptyTablesAreEqualUntilOneSideHasARow() throws Exception {
    try (var mirror = ofRows(0)) {
      verify(mirror);
      assertThat(verdict(mirror, "public.t")).isEqualTo("equal");

      mirror.slave().execute("insert into t values (7, 'x', 1)");
      verify(mirror);

      assertThat(differences(mirror)).containsExactly("null|null|0|1");
    }
  }

  @Test
  void aDifferenceIsLocatedMoreExactlyByTheCommandThatTheSlaveOffers() throws Exception {
    try (var mirror = ofRows(1000)) {
      mirror.slave().execute("delete from t where id in (4250, 4260, 9990)");
      mirror.master().execute("select replica.verify('t', rows_per_range => 300)");
      mirror.settle();
      assertThat(differences(mirror)).containsExactly("3000|6000|300|298", "9000|null|100|99");

      var command = mirror.slave().rows("select to_narrow from replica.verification").get(0);
      mirror.master().execute(command.replace("=> 100", "=> 5"));
      mirror.settle();

      assertThat(differences(mirror))
          .containsExactly("4200|4250|5|4", "4250|4300|5|4", "9950|10000|5|4");
      assertThat(mirror.slave().rows("select rows from replica.verification_run"))
          .as("only the ranges that differed were read again")
          .containsExactly("400");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "table.map"})
  void aSlavesTableMayHaveAnotherOrderOfColumnsMoreOfThemAndAnotherName(String map)
      throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.master().execute("create table t (a int, b text, c date, d int, primary key (d, a))");
      var name = map.isEmpty() ? "t" : "copy_of_t";
      if (!map.isEmpty()) {
        mirror.sink(map, "public.t:public.copy_of_t");
      }
      mirror.onSlaves(
          "create table "
              + name
              + " (own text default 'x', c date, d bigint, b varchar(100), a int, primary key (a, d))");
      mirror
          .master()
          .execute(
              "insert into t select i, 'v' || i, date '2000-01-01' + i, i % 7"
                  + " from generate_series(1, 100) i");
      mirror.track("t").settle();
      verify(mirror);
      assertThat(verdict(mirror, "public." + name)).isEqualTo("equal");

      mirror.slave().execute("update " + name + " set own = 'y'");
      verify(mirror);
      assertThat(verdict(mirror, "public." + name)).as("columns of its own").isEqualTo("equal");

      mirror.slave().execute("update " + name + " set c = c + 1 where a = 50");
      verify(mirror);
      assertThat(mirror.slave().rows("select from_key, to_key from replica.differing_range"))
          .containsExactly("{\"a\": \"36\", \"d\": \"1\"}|{\"a\": \"2\", \"d\": \"2\"}");
    }
  }

  @Test
  void onlyTheSlaveThatIsNamedCompares() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .andTo(
              SlaveFixture.on(SharedPostgres.of(version)), "name", "second", "slave.name", "berlin")
          .onBoth("create table t (id int primary key)")
          .track("t")
          .settle();
      mirror.master().execute("select replica.verify('t', slave => 'berlin')");
      mirror.settle();

      assertThat(Verdicts.of(mirror.slave(0), "public.t")).isEqualTo("not verified");
      assertThat(Verdicts.of(mirror.slave(1), "public.t")).isEqualTo("equal");
    }
  }

  @Test
  void valuesOfAnySizeAreCompared() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth("create table t (id int primary key, v text, n int, b bytea, j json, a text[])")
          .track("t");
      mirror
          .master()
          .execute(
              "insert into t select i, repeat('ä', 30000), i, decode(repeat('ab', 30000), 'hex'),"
                  + " to_json(repeat('x', 2000)), array[repeat('y', 3000)] from generate_series(1, 3) i");
      mirror.settle();
      verify(mirror);
      assertThat(verdict(mirror, "public.t")).isEqualTo("equal");

      for (var column :
          List.of(
              "v = v || 'x'",
              "b = b || '\\x00'",
              "j = to_json(repeat('x', 2001))",
              "a = a || text 'x'")) {
        mirror.slave().execute("update t set " + column + " where id = 2");
        verify(mirror);
        assertThat(differences(mirror)).as(column).hasSize(1);
        mirror.master().execute("update t set n = n where id = 2");
        mirror.settle();
        verify(mirror);
        assertThat(differences(mirror)).as("after " + column).isEmpty();
      }
    }
  }

  @Test
  void aRequestThatCannotBeDoneIsRefused() throws Exception {
    try (var mirror = ofRows(1)) {
      var master = mirror.master();
      master.execute("create table other (id int primary key)");

      assertThatThrownBy(() -> master.execute("select replica.verify('other')"))
          .hasMessageContaining("Cannot verify public.other: it is not tracked")
          .hasMessageContaining("select replica.track('public.other')");
      assertThatThrownBy(() -> master.execute("select replica.verify('t', rows_per_range => 0)"))
          .hasMessageContaining("in ranges of 0 rows");
      for (var ranges :
          List.of(
              "[]",
              "{}",
              "[{\"from\": {\"id\": \"1\"}}]",
              "[{\"from\": {\"no\": \"1\"}, \"to\": null}]",
              "[{\"from\": {\"id\": null}, \"to\": null}]",
              "[{\"from\": 1, \"to\": null}]")) {
        assertThatThrownBy(
                () -> master.execute("select replica.verify('t', ranges => '" + ranges + "')"))
            .as(ranges)
            .hasMessageContaining("Cannot verify public.t in these ranges");
      }
    }
  }
}
