package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.record.EventHeaders;
import io.kreplica.sink.SlaveFixture;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code replica.repair} does to a slave that was damaged, and to rows that were not. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class RepairIT {

  private final PostgresVersion version;

  RepairIT(PostgresVersion version) {
    this.version = version;
  }

  /** A table with a key of two columns and a unique one; the slave has a column of its own. */
  private Mirror ofRows(int rows) throws Exception {
    var mirror = Mirror.on(version);
    var columns = "a text collate \"C\", b int, u int unique deferrable, v text, n numeric";
    mirror.master().execute("create table t (" + columns + ", primary key (b, a))");
    mirror.onSlaves(
        "create table t (own text default 'mine', " + columns + ", primary key (a, b))");
    mirror
        .master()
        .execute(
            "insert into t select 'k' || i % 3, i * 10, i, 'v' || i, i from generate_series(1, "
                + rows
                + ") i");
    return mirror.track("t").settle();
  }

  private static void verify(Mirror mirror) throws Exception {
    mirror.master().execute("select replica.verify('t', rows_per_range => 10)");
    mirror.settle();
  }

  /** Runs what the slave offers. */
  private static void repair(Mirror mirror) throws Exception {
    var command = mirror.slave().rows("select to_repair from replica.verification").get(0);
    assertThat(command).startsWith("select replica.repair('public.t', ranges =>");
    mirror.master().execute(command);
    mirror.settle();
  }

  private static String verdict(Mirror mirror) throws SQLException {
    return Verdicts.of(mirror.slave(), "public.t");
  }

  private static final List<String> DAMAGES =
      List.of(
          // Missing: the first, one in between, the last of a range, the last of all, all
          "delete from t where b = 10",
          "delete from t where b in (150, 160)",
          "delete from t where b = 100",
          "delete from t where b = 250",
          "truncate t",
          // Extra: before the first, in between, beyond the end, more than the master has
          "insert into t (a, b) values ('z', -5)",
          "insert into t (a, b) values ('k', 105), ('z', 100)",
          "insert into t (a, b) values ('z', 99999)",
          "insert into t (a, b) select 'z', i from generate_series(1, 300) i",
          // Changed: a value, to null, the scale, the key, unique values that have changed places
          "update t set v = 'V' where b = 10",
          "update t set v = null, n = null where b = 150",
          "update t set n = n * 1.0 where b = 200",
          "update t set b = b + 1",
          "update t set u = 31 - u where b in (150, 160)",
          "update t set u = u % 10 + 1 where b <= 100",
          // Everything at once
          "delete from t where b % 40 = 0; update t set v = '' where b % 50 = 0;"
              + " insert into t (a, b) select 'z', i from generate_series(5, 260, 50) i");

  @Test
  void everyDamageIsRepairedAndWhatIsEqualIsLeftAlone() throws Exception {
    try (var mirror = ofRows(25)) {
      for (var damage : DAMAGES) {
        mirror.slave().execute("update t set own = 'kept'", damage);
        verify(mirror);
        assertThat(verdict(mirror)).as(damage).isEqualTo("differs");

        repair(mirror);

        mirror.assertEqual("t");
        assertThat(verdict(mirror)).as(damage).isIn("equal", "parts equal");
        if (damage.startsWith("update t set u")) {
          assertThat(mirror.slave().rows("select count(*) from t where own = 'kept'"))
              .as("what only the slave has, of rows that were there")
              .containsExactly("25");
        }
        verify(mirror);
        assertThat(verdict(mirror)).as(damage).isEqualTo("equal");
      }
    }
  }

  @Test
  void onlyRangesThatDifferAreSentAndRowsThatAreEqualAreNotWritten() throws Exception {
    try (var mirror = ofRows(100)) {
      mirror.slave().execute("update t set v = 'x' where b in (150, 990)");
      verify(mirror);
      var before = mirror.sent().size();
      var writes = mirror.slave().rows("select xmin from t where b not between 101 and 200");
      repair(mirror);

      var rows =
          mirror.sent().subList(before, mirror.sent().size()).stream()
              .filter(r -> r.key() != null)
              .filter(r -> r.headers().lastWithName(EventHeaders.CHECK) != null)
              .count();
      assertThat(rows).isEqualTo(20);
      assertThat(
              mirror
                  .slave()
                  .rows(
                      "select ranges, rows, differing, repaired from replica.verification_run"
                          + " where kind = 'repair'"))
          .containsExactly("2|20|0|2");
      assertThat(writes).hasSize(90);
      mirror.assertEqual("t");

      // The whole table travels, but nothing of it is written
      var unwritten = mirror.slave().rows("select b, xmin from t order by b");
      mirror.master().execute("select replica.repair('t')");
      mirror.settle();
      assertThat(mirror.slave().rows("select b, xmin from t order by b")).isEqualTo(unwritten);
      assertThat(verdict(mirror)).isEqualTo("equal");
    }
  }

  @ParameterizedTest
  @CsvSource({"3", "50000"})
  void aRepairIsExactWhileApplicationsWriteAndTasksDie(int bufferRows) throws Exception {
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("RepairIT: -Dkreplica.seed=" + seed);
    var random = new Random(seed);
    try (var mirror = Mirror.on(version)) {
      mirror.sink("buffer.max.rows", String.valueOf(bufferRows)).onBoth(Applications.ddl());
      mirror.master().execute(Applications.rows());
      mirror.track(Applications.TABLES.toArray(String[]::new)).settle();
      // The damage is to stay in one table.
      mirror.slave().execute("set session_replication_role = replica");
      try (var applications = Applications.start(mirror.master()::connect, seed)) {
        for (var round = 0; round < 12; round++) {
          var table = Applications.TABLES.get(random.nextInt(3));
          mirror
              .slave()
              .execute(
                  "delete from "
                      + table
                      + " where ctid in (select ctid from "
                      + table
                      + " order by random() limit 2 for update skip locked)");
          mirror
              .master()
              .execute(
                  String.format(
                      "select replica.repair('%s', rows_per_range => %d, by_text => %b)",
                      table, 1 + random.nextInt(30), random.nextBoolean()));
          mirror.pump();
          mirror.applyAll();
          if (random.nextInt(3) == 0) {
            mirror.restartSource().restartSink(0);
          }
        }
        applications.stop();
      }
      mirror.settle();
      mirror.assertEqual();
    }
  }

  @Test
  void aSourceThatIsRestartedBetweenRowsAndTheirDigestSendsThemAgain() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("poll.rows", "10")
          .onBoth("create table t (id int primary key)")
          .master()
          .execute("insert into t select generate_series(1, 95)");
      mirror.track("t").settle();
      mirror.slave().execute("delete from t where id % 9 = 0");
      mirror.master().execute("select replica.repair('t', rows_per_range => 40)");
      for (var i = 0; i < 4; i++) {
        mirror.pump();
        mirror.restartSource();
      }
      mirror.settle();

      mirror.assertEqual("t");
      assertThat(verdict(mirror)).isEqualTo("equal");
      assertThat(
              mirror.sent().stream()
                  .filter(r -> r.headers().lastWithName(EventHeaders.CHECK) != null)
                  .filter(r -> r.key() != null)
                  .count())
          .as("rows sent, some of them twice")
          .isGreaterThan(95);
    }
  }

  @Test
  void rowsLargerThanARecordAreRepairedInParts() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .source("record.max.bytes", "65536")
          .sink("buffer.max.bytes", "1000000")
          .onBoth("create table t (id int primary key, v text)")
          .master()
          .execute(
              "insert into t select i, repeat(md5(i::text), 20000) from generate_series(1, 4) i");
      mirror.track("t").settle();
      mirror
          .slave()
          .execute("update t set v = v || 'x' where id = 2", "delete from t where id = 4");
      mirror.master().execute("select replica.repair('t')");
      mirror.settle();

      mirror.assertEqual("t");
      assertThat(verdict(mirror)).isEqualTo("equal");
    }
  }

  @Test
  void aRepairThatTheSlaveRefusesChangesNothingHoldsUpNothingAndIsNamed() throws Exception {
    try (var mirror = ofRows(25)) {
      mirror.slave().execute("delete from t where b = 10", "alter table t add check (b <> 10)");
      verify(mirror);
      repair(mirror);

      assertThat(verdict(mirror))
          .startsWith("differs: the rows of a range could not be repaired: ");
      assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("24");
      mirror.master().execute("update t set v = 'on' where b = 20");
      mirror.settle();
      assertThat(mirror.slave().rows("select v from t where b = 20")).containsExactly("on");
    }
  }

  @Test
  void rowsThatATransformDropsAreNotTakenForRowsToRemove() throws Exception {
    try (var mirror = ofRows(25)) {
      mirror.slave().execute("delete from t where b = 10");
      verify(mirror);
      mirror.transforming(
          record ->
              record.key() != null && record.headers().lastWithName(EventHeaders.CHECK) != null
                  ? null
                  : record);
      repair(mirror);

      assertThat(mirror.slave().rows("select count(*) from t")).containsExactly("24");
      assertThat(verdict(mirror)).startsWith("left out: ");
    }
  }

  @Test
  void onlyTheSlaveThatIsNamedIsRepaired() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .andTo(
              SlaveFixture.on(SharedPostgres.of(version)), "name", "second", "slave.name", "berlin")
          .onBoth("create table t (id int primary key)")
          .track("t")
          .settle();
      mirror.slave(0).execute("insert into t values (1)");
      mirror.slave(1).execute("insert into t values (1)");
      mirror.master().execute("select replica.repair('t', slave => 'berlin')");
      mirror.settle();

      assertThat(mirror.slave(0).rows("select id from t")).containsExactly("1");
      assertThat(mirror.slave(1).rows("select id from t")).isEmpty();
    }
  }

  private static final Map<String, String> KEYS =
      Map.of(
          "timestamp", "timestamp '2000-01-01' + i * interval '11 hours'",
          "char(9)", "'x' || i",
          "bytea", "sha256(i::text::bytea)",
          "numeric", "i / 8.0",
          "text collate \"de-x-icu\"", "chr(60 + i % 60) || i",
          "int[]", "array[i, -i]",
          "mood", "(array['sad','ok','happy']::mood[])[i]",
          "word", "'w' || i");

  @Test
  void rowsAreFoundByKeysOfAnyType() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror.onBoth(
          "create type mood as enum ('sad', 'ok', 'happy')",
          "create domain word as text collate \"C\"");
      var i = 0;
      for (var key : KEYS.entrySet()) {
        var t = "t" + i++;
        mirror
            .onBoth("create table " + t + " (k " + key.getKey() + ", n int, primary key (n, k))")
            .master()
            .execute(
                String.format(
                    "insert into %s select %s, i %% 2 from generate_series(1, 3) i",
                    t, key.getValue()));
        mirror.track(t);
      }
      mirror.settle();
      for (i = 0; i < KEYS.size(); i++) {
        mirror
            .slave()
            .execute(
                String.format("insert into t%1$d select k, n + 1 from t%1$d", i),
                String.format("delete from t%d where n = 0", i));
        mirror.master().execute("select replica.repair('t" + i + "')");
      }
      mirror.settle();

      mirror.assertEqual();
      assertThat(mirror.slave().rows("select distinct verdict from replica.verification"))
          .containsExactly("equal");
    }
  }

  @Test
  void aRequestThatCannotBeDoneIsRefused() throws Exception {
    try (var mirror = ofRows(1)) {
      var master = mirror.master();
      master.execute("create table other (id int primary key)");
      for (var request : List.of("'other'", "'t', ranges => '[]'", "'t', rows_per_range => 0")) {
        assertThatThrownBy(() -> master.execute("select replica.repair(" + request + ")"))
            .hasMessageContaining("Cannot repair ");
      }
    }
  }
}
