package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of rows that somebody else has written on the slave. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class ConflictsIT {

  private final PostgresVersion version;

  ConflictsIT(PostgresVersion version) {
    this.version = version;
  }

  /** A table t of three rows on both sides, complete on the slave. */
  private Mirror threeRows(String mode, String tracking, String... more) throws Exception {
    var mirror = Mirror.on(version).sink("conflict.mode", mode).sink(more);
    mirror.onBoth(
        "create table t (id int primary key, v text, at timestamptz default '2026-01-02 3:04+5')");
    mirror
        .master()
        .execute(
            "insert into t values (1, 'a'), (2, 'b'), (3, 'c')",
            "select replica.track('t'" + tracking + ")");
    return mirror.settle();
  }

  private static List<String> counted(Mirror mirror) throws SQLException {
    return mirror.slave().rows("select conflicts, last_conflict from replica.slave_table");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "delete from t where id = 2; update t set v = 'x' where id = 2; missing; id=2",
        "delete from t where id = 2; delete from t where id = 2; missing; id=2",
        "insert into t values (4, 'x'); insert into t values (4, 'y'); extra; id=4",
      })
  void eachConflictIsOverwrittenCountedOrRefused(
      String onSlave, String onMaster, String conflict, String key) throws Exception {
    try (var mirror = threeRows("overwrite", "")) {
      mirror.slave().execute(onSlave);
      mirror.master().execute(onMaster);
      mirror.settle().assertEqual();
      assertThat(counted(mirror)).containsExactly("0|null");
    }
    try (var mirror = threeRows("warn", "")) {
      mirror.slave().execute(onSlave);
      mirror.master().execute(onMaster);
      mirror.settle().assertEqual();
      assertThat(counted(mirror)).containsExactly("1|" + conflict + ": " + key);
    }
    try (var mirror = threeRows("fail", "")) {
      mirror.slave().execute(onSlave);
      var before = mirror.slave().rows("select * from t order by 1");
      mirror.master().execute("update t set v = 'first' where id = 1", onMaster);
      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("public.t (key " + key)
          .hasMessageContaining("conflict.mode");
      mirror.restartSink(0).pauseSink(0);
      assertThat(mirror.slave().rows("select * from t order by 1")).isEqualTo(before);
      mirror.sink("conflict.mode", "overwrite").restartSink(0).settle().assertEqual();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "update t set v = 'y' where id = 2",
        "delete from t where id = 2",
        "update t set id = 7 where id = 2",
        "update t set v = 'y' where id = 2| delete from t where id = 2",
      })
  void aRowThatWasChangedIsFoundWhereTheOldImageTravels(String onMaster) throws Exception {
    try (var mirror = threeRows("warn", ", old_image => true")) {
      mirror.slave().execute("update t set v = 'x' where id = 2");
      mirror.master().execute(onMaster.split("\\|"));
      mirror.settle().assertEqual();

      assertThat(counted(mirror)).containsExactly("1|changed: id=2");
    }
    try (var mirror = threeRows("fail", ", old_image => true")) {
      mirror.slave().execute("update t set at = at + interval '1us' where id = 2");
      mirror.master().execute(onMaster.split("\\|"));
      assertThatThrownBy(mirror::settle)
          .hasMessageContaining("key id=2")
          .hasMessageContaining("not what the master's was");
      mirror.slave().execute("update t set at = at - interval '1us' where id = 2");
      mirror.restartSink(0).settle().assertEqual();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 50000", "true, 50000", "false, 7", "true, 7"})
  void whatOnlyTheMasterWritesIsNeverInConflict(boolean oldImage, int buffer) throws Exception {
    try (var mirror =
        threeRows(
            "fail", ", old_image => " + oldImage, "buffer.max.rows", Integer.toString(buffer))) {
      var random = new Random(7);
      for (var i = 0; i < 40; i++) {
        var from = random.nextInt(60);
        var to = from + random.nextInt(30);
        mirror.master().session().setAutoCommit(false);
        for (var j = 0; j <= random.nextInt(3); j++) {
          mirror
              .master()
              .execute(
                  switch (random.nextInt(8)) {
                    case 0 -> "delete from t where id between " + from + " and " + to;
                    case 1 -> "update t set id = id + 1000 where id between " + from + " and " + to;
                    case 2 ->
                        "update t set id = id - 1000 where id > 1000 and not exists"
                            + " (select from t o where o.id = t.id - 1000)";
                    case 3 -> "truncate t";
                    case 4 -> "update t set v = v || 'x' where id between " + from + " and " + to;
                    default ->
                        "insert into t select i, 'n' from generate_series("
                            + from
                            + ", "
                            + to
                            + ") i on conflict (id) do update set v = 'u'";
                  });
        }
        mirror.master().session().commit();
        mirror.master().session().setAutoCommit(true);
        if (random.nextInt(5) == 0) {
          mirror.restartSink(0);
        }
        if (random.nextInt(3) == 0) {
          mirror.settle();
        }
      }
      mirror.settle().assertEqual();
    }
  }

  @Test
  void rowsThatTriggersChangeAndRowsOfACopyAreInNoConflict() throws Exception {
    try (var mirror =
        Mirror.on(version).sink("conflict.mode", "fail").source("snapshot.chunk.rows", "10")) {
      mirror.onBoth(
          "create table p (id int primary key, n int default 0)",
          "create table c (id int primary key, p int references p on delete cascade on update cascade)");
      mirror
          .master()
          .execute(
              "create function f() returns trigger language plpgsql as $$ begin"
                  + " update p set n = n + 1 where id = new.p; return null; end $$",
              "create trigger f after insert on c for each row execute function f()",
              "insert into p select generate_series(1, 100)");
      mirror.track("p", "c");
      mirror.pump();
      mirror
          .master()
          .execute(
              "update p set n = 5", "insert into c select i, i from generate_series(1, 100) i");
      mirror.settle().assertEqual();
      mirror
          .master()
          .execute(
              "insert into c select i, i - 100 from generate_series(101, 200) i",
              "update p set id = id + 1000",
              "delete from p where id < 1050");
      mirror.settle().assertEqual();
      mirror.master().execute("select replica.copy('p')", "update p set n = 7");
      mirror.settle().assertEqual();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "int, false, 50000",
    "int, true, 50000",
    "int, false, 1",
    "int, true, 1",
    "numeric, false, 1",
    "numeric, true, 50000"
  })
  void whatStatementsInsideOthersChangeIsInNoConflict(String type, boolean oldImage, int buffer)
      throws Exception {
    try (var mirror =
        Mirror.on(version)
            .sink("conflict.mode", "fail", "buffer.max.rows", Integer.toString(buffer))) {
      mirror.onBoth("create table t (id " + type + " primary key, v text)");
      mirror
          .master()
          .execute(
              "insert into t select i, 'first' from generate_series(1, 9) i",
              "select replica.track('t', old_image => " + oldImage + ")",
              """
              create function f() returns trigger language plpgsql as $$
              begin
                if coalesce(new.id, old.id) = 7 then
                  return null;
                elsif tg_op = 'DELETE' then
                  insert into t values (old.id, 'back');
                else
                  update t set id = id + 100, v = v || '!' where id = new.id;
                end if;
                return null;
              end $$
              """,
              "create trigger \"!f\" after insert or update or delete on t"
                  + " for each row when (pg_trigger_depth() = 0) execute function f()");
      mirror.settle();
      mirror.master().execute("insert into t values (11, 'x'), (12, 'y')");
      mirror.settle().assertEqual();
      mirror.master().execute("update t set v = 'z' where id < 4", "delete from t where id = 5");
      mirror.settle().assertEqual();

      if (type.equals("int")) {
        mirror.slave().execute("delete from t where id = 7");
        mirror
            .master()
            .execute(
                "begin",
                "update t set v = 'w' where id = 7",
                "update t set v = 'w' where id = 6",
                "delete from t where id = 8",
                "commit");
        assertThatThrownBy(mirror::settle).hasMessageContaining("key id=7");
      }
    }
  }

  @Test
  void aRowOfAnHeirIsNoneOfItsParent() throws Exception {
    try (var mirror = Mirror.on(version).sink("conflict.mode", "fail")) {
      mirror.onBoth(
          "create table p (id int primary key, v text)",
          "create table h (primary key (id)) inherits (p)");
      mirror.track("p", "h").settle();
      mirror.master().execute("insert into h values (1, 'heir')", "insert into p values (1, 'p')");
      mirror.settle().assertEqual();
      mirror.slave().execute("delete from only p");
      mirror.master().execute("delete from only p");
      assertThatThrownBy(mirror::settle).hasMessageContaining("no row of this key");
    }
  }

  @Test
  void aRowThatAnOldSnapshotShowsInATruncatedPartitionIsNotMissed() throws Exception {
    try (var mirror = Mirror.on(version).sink("conflict.mode", "fail")) {
      mirror.onBoth(
          "create table t (id int primary key) partition by range (id)",
          "create table leaf partition of t for values from (0) to (10)");
      mirror.master().execute("insert into t select generate_series(1, 9)");
      mirror.track("t").settle();
      try (var other = mirror.master().connect();
          var statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("set transaction isolation level repeatable read");
        statement.execute("select 1");
        mirror.master().execute("delete from t where id = 5");
        mirror.settle();
        statement.execute("truncate leaf");
        other.commit();
      }
      mirror.settle().assertEqual();
      assertThat(mirror.slave().rows("select * from t")).isEmpty();
    }
  }

  @Test
  void keysThatAreEqualInOtherWordsAreOne() throws Exception {
    try (var mirror = Mirror.on(version).sink("conflict.mode", "fail")) {
      mirror.onBoth("create table t (id numeric primary key, v text)").track("t");
      mirror.settle();
      mirror
          .master()
          .execute(
              "insert into t values (1.0, 'a')",
              "delete from t where id = 1",
              "insert into t values (1.000, 'b')");
      mirror.settle().assertEqual();
      mirror.slave().execute("insert into t values (2.0, 'a')");
      mirror.master().execute("insert into t values (2, 'a')");
      assertThatThrownBy(mirror::settle).hasMessageContaining("already");
    }
  }

  @Test
  void columnsThatOnlyTheSlaveHasAreNotCompared() throws Exception {
    try (var mirror = threeRows("fail", ", old_image => true")) {
      mirror.slave().execute("alter table t add column mine text", "update t set mine = 'x'");
      mirror.master().execute("update t set v = 'y'");
      mirror.settle();

      assertThat(mirror.slave().rows("select v, mine from t where id = 1")).containsExactly("y|x");
    }
  }
}
