package io.kreplica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kreplica.stack.PostgresVersion;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** While applications write and tasks die, verification finds what differs, and nothing else. */
@ParameterizedClass
@EnumSource(PostgresVersion.class)
class VerificationUnderLoadIT {

  private final PostgresVersion version;

  VerificationUnderLoadIT(PostgresVersion version) {
    this.version = version;
  }

  @ParameterizedTest
  @CsvSource({"3, true", "50000, false"})
  void noDifferenceIsFoundWhereThereIsNoneAndEachWhereThereIsOne(
      int bufferRows, boolean withSchemas) throws Exception {
    var seed = Long.getLong("kreplica.seed", System.nanoTime());
    System.out.println("VerificationUnderLoadIT: -Dkreplica.seed=" + seed);
    var random = new Random(seed);
    try (var mirror = Mirror.on(version)) {
      mirror.sink("buffer.max.rows", String.valueOf(bufferRows)).onBoth(Applications.ddl());
      if (!withSchemas) {
        mirror.schemaless();
      }
      mirror.master().execute(Applications.rows());
      mirror.track(Applications.TABLES.toArray(String[]::new)).settle();
      try (var applications = Applications.start(mirror.master()::connect, seed)) {
        for (var round = 0; round < 20; round++) {
          askAndDisturb(mirror, random);
          mirror.pump();
          mirror.applyAll();
          assertThat(differing(mirror)).as("round %d", round).isZero();
        }
        applications.stop();
      }
      mirror.settle();
      assertThat(differing(mirror)).isZero();
      assertThat(
              mirror
                  .slave()
                  .rows(
                      "select distinct verdict from replica.verification where verdict <> 'equal'"))
          .isEmpty();
      mirror.assertEqual();

      mirror.slave().execute("update tally set purchases = purchases + 1 where id = 2");
      mirror.master().execute("select replica.verify('tally')");
      mirror.settle();
      assertThat(differing(mirror)).isEqualTo(1);
    }
  }

  private static void askAndDisturb(Mirror mirror, Random random) throws SQLException {
    if (random.nextInt(3) > 0) {
      mirror
          .master()
          .execute(
              String.format(
                  "select replica.verify('%s', rows_per_range => %d, by_text => %b)",
                  Applications.TABLES.get(random.nextInt(3)),
                  1 + random.nextInt(30),
                  random.nextBoolean()));
    }
    switch (random.nextInt(8)) {
      case 0 -> mirror.restartSource();
      case 1 -> mirror.restartSourceForgetting(random.nextInt(20));
      case 2 -> mirror.restartSink(0);
      default -> {}
    }
  }

  private static long differing(Mirror mirror) throws SQLException {
    return Long.parseLong(
        mirror.slave().rows("select count(*) from replica.differing_range").get(0));
  }

  @Test
  void rowsThatWaitForOthersAreThereWhenTheyAreCompared() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .sink("buffer.max.rows", "2")
          .onBoth("create table t (id int primary key, u int unique deferrable initially deferred)")
          .master()
          .execute("insert into t select i, i from generate_series(1, 20) i");
      mirror.track("t").settle();
      mirror
          .master()
          .execute(
              "update t set u = u % 20 + 1", "select replica.verify('t', rows_per_range => 3)");
      mirror.settle();

      assertThat(Verdicts.of(mirror.slave(), "public.t")).isEqualTo("equal");
      assertThat(mirror.slave().rows("select ranges from replica.verification_run"))
          .containsExactly("7");
    }
  }

  @Test
  void aVerificationGoesOnWhereItWasWhenEitherTaskIsKilled() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth("create table t (id int primary key)")
          .master()
          .execute("insert into t select generate_series(1, 230)");
      mirror.track("t").settle();
      mirror.slave().execute("delete from t where id in (3, 133, 230)");
      mirror.master().execute("select replica.verify('t', rows_per_range => 1)");
      for (var i = 0; i < 2; i++) {
        mirror.pump();
        mirror.restartSource();
        mirror.applyAll();
        mirror.restartSink(0);
      }
      mirror.settle();

      assertThat(Verdicts.differences(mirror.slave()))
          .containsExactly(
              "{\"id\": \"2\"}|{\"id\": \"3\"}|1|0",
              "{\"id\": \"132\"}|{\"id\": \"133\"}|1|0",
              "{\"id\": \"229\"}|{\"id\": \"230\"}|1|0");
      assertThat(mirror.slave().rows("select gapless, ranges, rows from replica.verification_run"))
          .as("each range once, and the empty one behind the last row")
          .containsExactly("t|231|230");
    }
  }

  @Test
  void aSourceThatDoesNotKnowWhatItHasSentComparesItAgain() throws Exception {
    try (var mirror = Mirror.on(version)) {
      mirror
          .onBoth("create table t (id int primary key)")
          .master()
          .execute("insert into t select generate_series(1, 60)");
      mirror.track("t").settle();
      mirror.slave().execute("delete from t where id = 7");
      mirror.master().execute("select replica.verify('t', rows_per_range => 1)");
      mirror.settle();
      mirror.restartSourceForgetting(50);
      mirror.master().execute("insert into t values (1000)");
      mirror.settleUntilIdle();

      assertThat(Verdicts.differences(mirror.slave()))
          .containsExactly("{\"id\": \"6\"}|{\"id\": \"7\"}|1|0");
    }
  }
}
