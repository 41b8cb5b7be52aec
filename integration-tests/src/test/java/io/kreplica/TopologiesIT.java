package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kreplica.sink.SlaveFixture;
import io.kreplica.source.MasterFixture;
import io.kreplica.source.TaskRun;
import io.kreplica.stack.PostgresServer;
import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.Random;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More than one master and one slave: stars, chains, and two masters of each other. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class TopologiesIT {

  private final PostgresServer server;

  TopologiesIT(PostgresVersion version) {
    this.server = SharedPostgres.of(version);
  }

  @Test
  void ofThreeSlavesOneMayBeAwayAndOneMayBeCopiedAlone() throws Exception {
    try (var mirror = Mirror.between(MasterFixture.on(server), slave())) {
      mirror
          .andTo(slave(), "name", "second", "slave.name", "second")
          .andTo(slave(), "name", "third", "slave.name", "third")
          .onBoth("create table t (id int primary key, v text)")
          .track("t");
      mirror.master().execute("insert into t select i, 'a' from generate_series(1, 500) i");
      mirror.settle().pauseSink(1);
      for (var i = 0; i < 5; i++) {
        mirror.master().execute("update t set v = v || 'b' where id % 5 = " + i);
        mirror.settle().assertEqual();
      }
      assertThat(mirror.slave(1).rows("select count(*) from t where v = 'a'"))
          .containsExactly("500");
      mirror.restartSink(1).settle().assertEqual();

      mirror.slave(2).execute("update t set v = 'spoilt'");
      mirror.slave(0).execute("insert into t values (-1, 'kept')");
      mirror.master().execute("select replica.copy('t', slave => 'third')");
      mirror.settle();

      assertThat(mirror.slave(0).rows("select v from t where id < 0")).containsExactly("kept");
      mirror.slave(0).execute("delete from t where id < 0");
      mirror.assertEqual();
    }
  }

  @Test
  void aMasterIsRefusedAsItsOwnSlave() throws Exception {
    var both = slave();
    try (var mirror = Mirror.between(MasterFixture.in(server, both.database()), both)) {
      mirror.master().execute("create table t (id int primary key, v text)");
      both.grantEverything();
      mirror.track("t").master().execute("insert into t values (1, 'a')");

      assertThatThrownBy(mirror::settle)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("this database is the master that wrote it")
          .hasMessageContaining("Let connection.url name the slave");

      try (var other = slave()) {
        other.execute("create table t (id int primary key, v text)");
        other.grantEverything();
        mirror.sink("connection.url", server.url(other.database())).restartSink(0).settle();
        TableContents.assertEqual(mirror.master().session(), other.session(), "t");
        mirror.pauseSink(0);
      }
    }
  }

  private SlaveFixture slave() throws Exception {
    return SlaveFixture.on(server);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSlaveThatIsTheMasterOfAnotherHandsOnWhatItApplies(boolean oldImage) throws Exception {
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("TopologiesIT: -Dkreplica.seed=" + seed);
    var random = new Random(seed);
    var middle = slave();
    try (var first = Mirror.between(MasterFixture.on(server), middle);
        var second =
            Mirror.between(MasterFixture.in(server, middle.database()), slave())
                .sink("conflict.mode", "fail")) {
      first.onBoth(Applications.ddl());
      second.onSlaves(Applications.ddl());
      first.master().execute(Applications.rows());
      for (var table : Applications.TABLES) {
        first.track(table);
        second
            .master()
            .execute(
                "select replica.track('"
                    + table
                    + "', cascading => true, old_image => "
                    + oldImage
                    + ")");
      }
      second.settle();
      try (var applications = Applications.start(first.master()::connect, seed)) {
        for (var round = 0; round < 60; round++) {
          first.pump();
          first.applyAll();
          second.pump();
          second.applyAll();
          switch (random.nextInt(8)) {
            case 0 -> first.restartSource();
            case 1 -> first.restartSink(0);
            case 2 -> second.restartSource();
            case 3 -> second.restartSink(0);
            default -> {}
          }
        }
        applications.stop();
      }
      first.settle();
      second.settle();

      assertThat(first.master().value("select count(*) > 0 from purchase")).isEqualTo("t");
      first.assertEqual();
      second.assertEqual();
    }
  }

  /** Two databases, each the other's master. */
  private final class Pair implements AutoCloseable {

    private final Mirror there;
    private final Mirror back;

    Pair(String ddl, String... sinkSettings) throws Exception {
      var a = MasterFixture.on(server);
      var b = slave();
      there = Mirror.between(a, b).source("snapshot.mode", "never").sink(sinkSettings);
      back =
          Mirror.between(
                  MasterFixture.in(server, b.database()), SlaveFixture.in(server, a.database()))
              .source("snapshot.mode", "never")
              .sink(sinkSettings);
      there.onBoth(ddl);
      back.onSlaves();
    }

    MasterFixture a() {
      return there.master();
    }

    MasterFixture b() {
      return back.master();
    }

    Pair onBoth(String... statements) throws Exception {
      a().execute(statements);
      b().execute(statements);
      return this;
    }

    Pair exchange() throws Exception {
      there.settle();
      back.settle();
      return this;
    }

    @Override
    public void close() throws SQLException {
      there.close();
      back.close();
    }
  }

  @Test
  void twoMastersOfEachOtherExchangeChangesWithoutEcho() throws Exception {
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("TopologiesIT: -Dkreplica.seed=" + seed);
    var random = new Random(seed);
    try (var pair =
        new Pair(
            "create table t (id int primary key, side text, n int);"
                + " create table audit (id int primary key, side text)")) {
      pair.onBoth(
          "create function note() returns trigger language plpgsql as $$ begin"
              + " insert into public.audit values (new.id, new.side) on conflict (id)"
              + " do update set side = excluded.side; return null; end $$",
          "create trigger note_always after insert or update on t for each row"
              + " execute function note()",
          "alter table t enable always trigger note_always",
          "create function refuse() returns trigger language plpgsql as $$ begin"
              + " if current_setting('session_replication_role') = 'replica' then"
              + " raise 'fired for the sink'; end if; return null; end $$",
          "create trigger refuse after insert or update or delete on t for each row"
              + " execute function refuse()",
          "select replica.track('t', copy => false), replica.track('audit', copy => false)");
      for (var round = 0; round < 40; round++) {
        // Each side has rows of its own at a time: even keys and odd keys, taking turns.
        var turn = round % 2;
        for (var side = 0; side < 2; side++) {
          var key = 2 * random.nextInt(20) + (side + turn) % 2;
          var name = side == 0 ? "a" : "b";
          (side == 0 ? pair.a() : pair.b())
              .execute(
                  random.nextInt(5) == 0
                      ? "delete from t where id = " + key
                      : "insert into t values ("
                          + key
                          + ", '"
                          + name
                          + "', 1) on conflict (id) do update set side = '"
                          + name
                          + "', n = t.n + 1");
        }
        if (random.nextInt(4) == 0) {
          pair.there.restartSource().restartSink(0);
          pair.back.restartSource().restartSink(0);
        }
        pair.exchange();
      }
      pair.there.settleUntilIdle().assertEqual("t");
      pair.back.settleUntilIdle().assertEqual("t");

      assertSentBy("a", pair.there);
      assertSentBy("b", pair.back);
    }
  }

  private static void assertSentBy(String side, Mirror mirror) {
    var sides =
        TaskRun.data(mirror.sent()).stream()
            .filter(record -> record.value() != null)
            .map(record -> ((Struct) record.value()).getString("side"))
            .toList();
    assertThat(sides).isNotEmpty().containsOnly(side);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "update t set n = 1 where id = 1; update t set n = 2 where id = 1; changed; changed",
        "update t set n = 1 where id = 1; delete from t where id = 1; missing; changed",
        "insert into t values (2, 1); insert into t values (2, 2); extra; extra",
      })
  void changesOfOneRowOnBothSidesAreConflictsOnBoth(
      String onA, String onB, String foundOnB, String foundOnA) throws Exception {
    var ddl = "create table t (id int primary key, n int); insert into t values (1, 0)";
    try (var pair = new Pair(ddl, "conflict.mode", "warn")) {
      pair.onBoth("select replica.track('t', copy => false, old_image => true)").exchange();
      pair.a().execute(onA);
      pair.b().execute(onB);
      pair.exchange();

      assertThat(pair.b().value("select last_conflict from replica.slave_table"))
          .startsWith(foundOnB);
      assertThat(pair.a().value("select last_conflict from replica.slave_table"))
          .startsWith(foundOnA);
    }
    try (var pair = new Pair(ddl, "conflict.mode", "fail")) {
      pair.onBoth("select replica.track('t', copy => false, old_image => true)").exchange();
      pair.a().execute(onA);
      pair.b().execute(onB);

      assertThatThrownBy(pair.there::settle).hasMessageContaining("Cannot apply");
      assertThatThrownBy(pair.back::settle).hasMessageContaining("Cannot apply");
    }
    try (var pair = new Pair(ddl)) {
      pair.onBoth("select replica.track('t', copy => false, old_image => true)").exchange();
      pair.a().execute(onA);
      pair.b().execute(onB);
      var a = pair.a().rows("select * from t where n > 0");
      var b = pair.b().rows("select * from t where n > 0");
      pair.exchange();

      // Each has taken the other's row: they have changed places. Keep rows to one side.
      assertThat(pair.a().rows("select * from t where n > 0")).isEqualTo(b);
      assertThat(pair.b().rows("select * from t where n > 0")).isEqualTo(a);
    }
  }
}
